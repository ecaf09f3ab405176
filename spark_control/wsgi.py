"""The gateway as a WSGI application."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "spark_control.settings")
django_application = get_wsgi_application()

from audio.api.uploads.request_body import ReadableUploads  # noqa: E402
from audio.journal import Journal  # noqa: E402 — they read settings

application = Journal(ReadableUploads(django_application))
