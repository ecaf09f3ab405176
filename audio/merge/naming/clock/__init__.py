"""The offset of a timeline's clock, and the evidence that it follows the speakers at all."""
