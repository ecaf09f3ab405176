"""The routes of the gateway: the audio API, and with a database the library's API and admin."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path, re_path
from django.views.decorators.csrf import csrf_exempt

from audio.api import errors

urlpatterns: list[URLPattern | URLResolver] = [path("", include("audio.api.urls"))]
if settings.LIBRARY:
    from django.contrib import admin
    from django.views.generic import RedirectView

    urlpatterns += [path("api/", include("voiceprints.api.urls"))]
    # People type this address, often without its slash.
    urlpatterns += [path("admin", RedirectView.as_view(pattern_name="admin:index"))]
    urlpatterns += [path("admin/", admin.site.urls)]

# Django's own 404 pages are HTML, and differ with DEBUG.
urlpatterns += [re_path("", csrf_exempt(errors.not_found))]

_HANDLERS = "voiceprints.admin.failure_pages" if settings.LIBRARY else "audio.api.errors"
handler400, handler500 = f"{_HANDLERS}.bad_request", f"{_HANDLERS}.server_error"
if settings.LIBRARY:
    handler403, handler404 = f"{_HANDLERS}.permission_denied", f"{_HANDLERS}.not_found"
