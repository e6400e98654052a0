"""The reference room of the data floor."""
