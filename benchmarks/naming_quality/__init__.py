"""How often names are right on hard meetings: `python -m benchmarks.naming_quality`."""
