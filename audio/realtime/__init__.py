"""Realtime transcription: sessions over WebSockets, in a process of their own."""
