"""Date formats of the admin, by language."""
