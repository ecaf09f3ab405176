"""The NVIDIA engine beside NeMo and transformers, on tiny untrained twins of the networks."""
