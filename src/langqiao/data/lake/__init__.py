"""The lake: Parquet tables with a written schema, every row with the file, hash and offset it came from."""
