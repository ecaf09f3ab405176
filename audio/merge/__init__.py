"""Who said what, by name: pure functions over words, turns, hints, tracks and voices."""
