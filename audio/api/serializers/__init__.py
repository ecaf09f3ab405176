"""The fields of each request; a refusal names the field and what was expected."""
