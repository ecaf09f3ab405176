"""The WSGI application."""

import os

from django.core.wsgi import get_wsgi_application

from cpu_engine import settings
from cpu_engine.http.chunked_uploads import ChunkedBodies

# Assigned and not defaulted: the gateway that starts this process has settings of its own.
os.environ["DJANGO_SETTINGS_MODULE"] = "cpu_engine.settings"

application = ChunkedBodies(get_wsgi_application(), settings.MAX_UPLOAD_BYTES)
