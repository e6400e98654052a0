"""The filters of this room."""
