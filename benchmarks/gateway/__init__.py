"""What the gateway adds to an engine's own time and memory, as `make bench` measures it."""
