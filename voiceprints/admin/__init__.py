"""The voice library for people who are no developers: pages of Django's admin."""

from voiceprints.admin import audit, jobs, people, print_map, spaces, transcripts

__all__ = ["audit", "jobs", "people", "print_map", "spaces", "transcripts"]
