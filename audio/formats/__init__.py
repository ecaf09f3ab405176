"""A result in the shape a client asked for. Pure functions."""
