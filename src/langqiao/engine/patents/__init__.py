"""A patent as an asset: its numbers, its term, its fees, its status as a replay of dated events."""
