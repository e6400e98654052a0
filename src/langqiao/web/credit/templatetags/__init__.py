"""The template words of loans."""
