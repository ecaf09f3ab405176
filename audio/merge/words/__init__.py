"""Words: their spaces, their times, and the speakers that they belong to."""
