"""Decoding in separate processes, which a hostile recording may break without other harm."""
