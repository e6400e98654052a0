"""Contracts as values: clauses chosen by the terms, filled in two languages, checked against the law, compared version by version."""
