"""The indicators room of the data floor."""
