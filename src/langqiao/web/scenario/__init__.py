"""The demonstration scenario: invented organizations, prices and deals on real patents, made by a seed through the same services as people's."""
