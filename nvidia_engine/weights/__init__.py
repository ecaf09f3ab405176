"""Which files the models are, and how they are fetched and checked."""
