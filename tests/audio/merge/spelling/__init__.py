"""The spelling of names and jargon."""
