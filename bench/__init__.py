"""Benchmarks against peers and plain baselines, side by side in one run: `make bench`."""
