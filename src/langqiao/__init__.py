"""Langqiao (廊桥): turns patents into capital on evidence."""

__version__ = "0.1.0"
