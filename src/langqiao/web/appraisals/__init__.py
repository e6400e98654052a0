"""Grades and opinions of value as recorded: immutable, hashed, re-computable."""
