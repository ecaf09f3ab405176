"""How the answers for chunks become one transcription and one diarization."""
