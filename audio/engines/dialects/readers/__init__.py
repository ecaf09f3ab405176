"""Readers of foreign engines' answers: pure, shared by the dialects."""
