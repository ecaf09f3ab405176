"""Which name belongs to each speaker: the two rules, and what they weigh."""
