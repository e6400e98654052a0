"""The record as values."""
