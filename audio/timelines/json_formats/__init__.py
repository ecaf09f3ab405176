"""Exports in JSON: one module for each platform, and one for any other list of objects."""
