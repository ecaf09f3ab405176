"""Similarity of voices, and the people whose voices are known."""
