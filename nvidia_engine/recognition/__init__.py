"""Speech to words: windows of a recording, TDT decoding, words with times."""
