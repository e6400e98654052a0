"""Faults on purpose: processes killed at random moments, writers at the same account, on SQLite and on PostgreSQL."""
