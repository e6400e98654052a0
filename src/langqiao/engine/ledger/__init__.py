"""The books as values: accounts and their chart, entries, canonical rows with their hash, and the plain ledger that serves as the model."""
