"""Filters of the matching pages."""
