"""A stand-in for the GPU containers: the same HTTP contract, real models on the CPU."""
