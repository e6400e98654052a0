"""How good a patent is under a published scheme: facts in, a score with coverage and evidence for every leaf out."""
