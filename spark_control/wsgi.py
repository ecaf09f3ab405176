"""The gateway as a WSGI application."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "spark_control.settings")
django_application = get_wsgi_application()

from audio.api.request_log import RequestLog  # noqa: E402 — after the settings
from audio.api.uploads.request_body import LimitedBodies  # noqa: E402

application = RequestLog(LimitedBodies(django_application))
