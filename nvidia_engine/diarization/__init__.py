"""Who spoke when: a streaming diarizer with a speaker cache."""
