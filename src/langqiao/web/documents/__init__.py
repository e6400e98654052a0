"""Contracts, certificates and packages as files, with signatures."""
