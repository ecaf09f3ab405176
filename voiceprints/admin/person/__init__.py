"""People in the admin: list, page and actions."""
