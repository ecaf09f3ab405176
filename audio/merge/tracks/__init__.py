"""Two-track recordings: what belongs to the microphone, what to the system."""
