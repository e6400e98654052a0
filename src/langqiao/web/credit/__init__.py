"""Loans on patents and the compensation pool."""
