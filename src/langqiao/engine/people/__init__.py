"""Rules about people and organizations that need no database."""
