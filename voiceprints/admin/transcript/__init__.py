"""Transcripts in the admin: list, page and speakers."""
