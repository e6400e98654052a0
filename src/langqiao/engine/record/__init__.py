"""The record as values: canonical text, hash chain, signed heads. Nothing here reads a clock, a key file or a database."""
