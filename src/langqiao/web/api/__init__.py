"""The API of the site under /api/v1: the same services and registers as the pages."""
