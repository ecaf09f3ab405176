"""Speech synthesis: voices, sentences, and a stream of encoded audio."""
