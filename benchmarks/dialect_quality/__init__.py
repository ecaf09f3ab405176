"""The built-in engine behind a shim of each dialect: what is lost in translation, and in time."""
