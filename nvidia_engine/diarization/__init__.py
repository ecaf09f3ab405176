"""A streaming diarizer with a speaker cache."""
