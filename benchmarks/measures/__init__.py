"""What the benchmarks measure with: error rates, scores, memory and timed requests."""
