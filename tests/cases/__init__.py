"""Small inputs that once came out wrong, each with the right answer, over HTTP."""
