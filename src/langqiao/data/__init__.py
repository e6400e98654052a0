"""The data floor: files, Parquet, indicators and search; it knows no web framework and no user."""
