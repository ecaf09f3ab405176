"""The sources of the weights: one manifest, one cache, an ordered list of sources per file."""
