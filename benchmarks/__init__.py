"""Every figure the docs claim, and the command that measures it."""
