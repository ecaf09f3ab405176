"""Speech on its way from an engine to a client: read, resampled and encoded block by block."""
