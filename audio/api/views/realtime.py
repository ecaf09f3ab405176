"""GET /v1/realtime, which a process of its own serves over WebSockets."""

from http import HTTPStatus
from typing import NoReturn

from rest_framework.request import Request
from rest_framework.views import APIView

from audio.api.request_errors import InvalidRequest
from audio.api.schema import transcription_pages


class UpgradeRequired(InvalidRequest):
    """A request without a WebSocket, or one that did not reach the process of sessions."""

    status_code = HTTPStatus.UPGRADE_REQUIRED
    headers = {"Upgrade": "websocket", "Connection": "Upgrade"}

    def __init__(self) -> None:
        super().__init__(
            "expected a WebSocket, at the address of `manage.py realtime`: it serves this path.",
            code="upgrade_required",
        )


class Realtime(APIView):
    """GET /v1/realtime: transcription while audio arrives, over a WebSocket."""

    @transcription_pages.REALTIME
    def get(self, request: Request) -> NoReturn:
        raise UpgradeRequired
