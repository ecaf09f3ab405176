"""Measures of the benchmarks: error rates, scores, memory and timed requests."""
