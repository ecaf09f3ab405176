"""One embedding for each speaker, from seconds in which only that speaker talks."""
