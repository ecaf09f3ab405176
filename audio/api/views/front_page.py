"""The front page for a person: what the gateway is, the state of its engines, and a try."""

from django.conf import settings
from django.http import HttpResponse
from django.template.loader import render_to_string
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from audio.api.authentication import Client
from audio.api.headers import FRONT_PAGE
from audio.api.serializers.speakers import default_rule
from audio.merge.defaults import DEFAULT_SELF_NAME, RULE_NAMES


class FrontPage(APIView):
    """GET /: the page itself needs no key; it asks for one where the endpoints do."""

    permission_classes = []

    @extend_schema(exclude=True)
    def get(self, request: Request) -> HttpResponse:
        facts = {
            "needs_key": not isinstance(request.user, Client),
            "has_library": settings.LIBRARY,
            "keep_audio": settings.KEEP_AUDIO,
            "default_voice": settings.DEFAULT_VOICE,
            "max_upload_mb": settings.MAX_UPLOAD_MB,
            "self_name": DEFAULT_SELF_NAME,
            "rules": RULE_NAMES,
            "default_rule": default_rule(),
        }
        headers = {"Content-Security-Policy": FRONT_PAGE, "Cache-Control": "no-cache"}
        return HttpResponse(render_to_string("audio/front_page.html", facts), headers=headers)
