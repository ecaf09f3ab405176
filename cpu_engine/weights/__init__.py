"""Where the weights come from: one manifest, one cache, an ordered list of sources per file."""
