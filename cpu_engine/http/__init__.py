"""The HTTP face of the engine: endpoints, errors and the queue in front of each model."""
