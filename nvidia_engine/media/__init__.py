"""Recordings of any format → samples in a file."""
