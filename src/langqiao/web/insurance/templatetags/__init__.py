"""Template tags of insurance."""
