"""Django's set-up; import it before the library's models."""

import os
import sys

import django

if not os.environ.get("DATABASE_URL"):
    sys.exit("DATABASE_URL is not set: run this through python -m spark_control.laptop")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "spark_control.settings")
django.setup()
