"""Recordings of two tracks: which speech of the mic track is the local user's, and the merge."""
