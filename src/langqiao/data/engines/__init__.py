"""The engines room of the data floor."""
