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

handler400 = errors.bad_request
handler500 = errors.server_error
