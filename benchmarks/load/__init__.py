"""The load test: sixty-four clients while one engine at a time fails in each way."""
