"""Timelines as clients and platforms write them, one pure module per format."""
