"""What a model counts and what a token costs, since when, says who."""
