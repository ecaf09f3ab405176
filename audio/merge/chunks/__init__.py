"""The join of the answers for chunks into one transcription and one diarization."""
