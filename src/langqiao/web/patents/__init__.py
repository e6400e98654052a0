"""The pages of one patent and of many: search, tabs, evidence, sources."""
