"""Transcripts in the formats that clients ask for, as pure functions; `renderer` comes first."""
