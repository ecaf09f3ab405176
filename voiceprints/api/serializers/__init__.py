"""What each endpoint takes and answers; a refusal names the field and what was expected."""
