"""Parakeet, streaming diarization and TitaNet through onnxruntime: a program of its own."""
