"""Decoding apart: hostile recordings meet a process that can be lost."""
