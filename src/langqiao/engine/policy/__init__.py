"""Measures of policy programs: growth and the rules of support."""
