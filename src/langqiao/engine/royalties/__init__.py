"""Royalties, the split of income with inventors, and the recognition of revenue."""
