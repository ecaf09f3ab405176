"""Makers of recordings, libraries and engines for the benchmarks: the same for the same seed."""
