"""Operation funds: partners, calls, pipeline, committee, distributions."""
