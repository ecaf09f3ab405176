"""What each endpoint takes; a refusal names the field and what was expected."""
