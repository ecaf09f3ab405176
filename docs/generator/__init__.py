"""Reference pages that are written from the code when the docs are built."""
