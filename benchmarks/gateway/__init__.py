"""What does the gateway add to an engine's own time and memory? `make bench` says it."""
