"""The search room of the data floor."""
