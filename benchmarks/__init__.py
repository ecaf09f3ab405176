"""Every figure the docs claim, and the command that measures it."""

import os

# Decoding reads its limits from the settings.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "spark_control.settings")
