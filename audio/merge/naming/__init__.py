"""Names for the speakers: the rules ``overlap`` and ``evidence``, and what they weigh."""
