"""The books: accounts, immutable transfers, two-phase holds, to the fen."""
