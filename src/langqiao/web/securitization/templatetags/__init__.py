"""The template words of securitization."""
