"""The record nobody can alter: append-only, hash-chained, with signed tree heads."""
