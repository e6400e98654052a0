"""Filters of the templates of the operational record."""
