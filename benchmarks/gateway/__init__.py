"""The gateway's share of time and memory beside an engine's own: `make bench`."""
