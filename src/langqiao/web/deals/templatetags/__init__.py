"""The words that templates of deals use."""
