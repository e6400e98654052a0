"""Listings, demands, interest, purchase windows."""
