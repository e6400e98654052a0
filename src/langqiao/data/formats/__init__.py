"""Readers of office files and vendor exports, one module a format; each yields Publication, Conveyance, LegalEvent or Problem values."""
