"""The names room of the data floor."""
