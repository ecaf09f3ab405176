"""The quality of names on hard meetings: `python -m benchmarks.naming_quality`."""
