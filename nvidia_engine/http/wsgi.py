"""The WSGI application."""

import os

from django.core.wsgi import get_wsgi_application

from nvidia_engine import settings
from nvidia_engine.http.chunked_uploads import ChunkedBodies

# Assigned and not defaulted: a gateway that starts this process has settings of its own.
os.environ["DJANGO_SETTINGS_MODULE"] = "nvidia_engine.settings"

application = ChunkedBodies(
    get_wsgi_application(), settings.MAX_UPLOAD_BYTES, settings.FILE_UPLOAD_TEMP_DIR
)
