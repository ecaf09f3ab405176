"""The engines' analysis of recordings of any length."""
