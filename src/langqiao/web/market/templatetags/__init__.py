"""The template words of the market."""
