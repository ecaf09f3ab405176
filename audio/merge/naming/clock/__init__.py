"""How late a timeline is, and whether it follows the speakers at all."""
