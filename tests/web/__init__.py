"""Tests of Langqiao."""
