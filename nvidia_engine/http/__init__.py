"""The HTTP face: the contract of the engines."""
