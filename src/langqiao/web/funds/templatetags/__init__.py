"""The template words of the funds."""
