"""Matching as pure rules: what is sought, what a patent is, how well the one fits the other and why."""
