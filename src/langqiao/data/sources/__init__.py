"""The sources room of the data floor."""
