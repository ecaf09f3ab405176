"""The WSGI application."""

import os

from django.core.wsgi import get_wsgi_application

# Assigned and not defaulted: a gateway that starts this process has settings of its own.
os.environ["DJANGO_SETTINGS_MODULE"] = "nvidia_engine.settings"

application = get_wsgi_application()
