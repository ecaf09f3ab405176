"""Names and jargon, spelled as the reader of a transcript spells them."""
