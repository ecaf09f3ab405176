"""Readings of one name that are one person."""
