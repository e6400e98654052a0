"""Finding patents: a text index in Chinese and English, facets, similar patents and sentence vectors."""
