"""The template words of the site."""
