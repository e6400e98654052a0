"""What a patent is worth: cost, market, income, options, renewal behavior, simulation, and the opinion that sets them side by side."""
