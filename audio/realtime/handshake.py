"""What opens a session: a path, a key, an origin and a model; or the refusal, as HTTP."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import parse_qs, urlsplit

from django.http import HttpRequest, HttpResponse
from rest_framework.exceptions import NotFound, PermissionDenied
from rest_framework.request import Request as ApiRequest
from rest_framework.response import Response as ApiResponse
from websockets.datastructures import Headers
from websockets.http11 import Request, Response

from audio.api.authentication import (
    VOICES_READ,
    BearerKey,
    Client,
    HasScope,
    client_of,
    is_from_another_site,
)
from audio.api.errors import problem_of
from audio.api.request_errors import InvalidRequest, ModelNotFound
from audio.api.views.realtime import UpgradeRequired
from audio.api.views.status import Alive, Metrics
from audio.library import NoLibrary, library
from audio.realtime.session_settings import (
    SessionSettings,
    TranscriptionSettings,
    model_problem,
)

PATH = "/v1/realtime"
SUBPROTOCOL = "realtime"
_KEY_PROTOCOL = "openai-insecure-api-key."
_BETA_PROTOCOL = "openai-beta.realtime-v1"
# Models for conversations: clients of the beta API have to name one, whatever they want.
_CONVERSATIONS = ("gpt-realtime", "gpt-4o-realtime", "gpt-4o-mini-realtime")
_PLAIN_VIEWS = {"/healthz": Alive, "/metrics": Metrics}


@dataclass(frozen=True, slots=True)
class Admission:
    """A client that may open a session, and how it begins."""

    client: Client
    settings: SessionSettings
    is_beta: bool

    @property
    def reader(self) -> str | None:
        """The name of a key that may read the voices of a library; None without one."""
        may_read = VOICES_READ in self.client.scopes and not isinstance(library(), NoLibrary)
        return self.client.name if may_read else None


def admit(request: Request, address: tuple[str, int]) -> Admission:
    """Return who may open a session.

    Raises
    ------
    APIException, SuspiciousOperation
        As the endpoints of the gateway do.
    """
    django_request = _django_request(request, address)
    django_request.get_host()
    asked = ApiRequest(django_request, authenticators=[BearerKey()])
    if is_from_another_site(asked):
        raise PermissionDenied("Pages of other sites may not open sessions.")
    HasScope().has_permission(asked, None)
    query = {name: values[-1] for name, values in parse_qs(urlsplit(request.path).query).items()}
    return Admission(client_of(asked), _settings(query), _is_beta(request))


def plain_answer(request: Request, address: tuple[str, int]) -> Response | None:
    """Return the answer to a request that is not for a session; None for one that is."""
    path = urlsplit(request.path).path
    if view := _PLAIN_VIEWS.get(path):
        return _answer(view.as_view()(_django_request(request, address)))
    if path.rstrip("/") != PATH:
        return refusal(NotFound(f"Unknown request URL: GET {path[:200]}."))
    if request.headers.get("Upgrade", "").lower() != "websocket":
        return refusal(UpgradeRequired())
    return None


def refusal(failure: Exception) -> Response:
    """Return the error envelope for a failure."""
    return _answer(problem_of(failure).response())


def protocols_of(request: Request) -> Iterator[str]:
    """Yield the subprotocols that a client offers."""
    for line in request.headers.get_all("Sec-WebSocket-Protocol"):
        yield from map(str.strip, line.split(","))


def _settings(query: Mapping[str, str]) -> SessionSettings:
    if query.get("intent", "transcription") != "transcription":
        raise InvalidRequest(
            f"intent: expected transcription, got {query['intent'][:60]!r}.", param="intent"
        )
    model = query.get("model", "")
    if not model or ("intent" in query and model.startswith(_CONVERSATIONS)):
        return SessionSettings()
    if problem := model_problem(model):
        raise ModelNotFound(model, problem)
    return SessionSettings(transcription=TranscriptionSettings(model))


def _is_beta(request: Request) -> bool:
    return request.headers.get(
        "OpenAI-Beta", ""
    ) == "realtime=v1" or _BETA_PROTOCOL in protocols_of(request)


def _django_request(request: Request, address: tuple[str, int]) -> HttpRequest:
    """Return the handshake as Django sees requests; a header with an underscore is dropped."""
    django_request = HttpRequest()
    django_request.method, django_request.path = "GET", urlsplit(request.path).path
    meta = {"REMOTE_ADDR": address[0], "SERVER_NAME": "localhost", "SERVER_PORT": "0"}
    for name, value in request.headers.raw_items():
        if "_" not in name:
            key = f"HTTP_{name.upper().replace('-', '_')}"
            meta[key] = f"{meta[key]},{value}" if key in meta else value
    keys = (one for one in protocols_of(request) if one.startswith(_KEY_PROTOCOL))
    if key := next(keys, ""):
        meta.setdefault("HTTP_AUTHORIZATION", f"Bearer {key.removeprefix(_KEY_PROTOCOL)}")
    django_request.META = meta
    return django_request


def _answer(response: HttpResponse) -> Response:
    if isinstance(response, ApiResponse):
        response.render()
    headers = Headers(response.headers.items())
    headers["Content-Length"] = str(len(response.content))
    headers["Connection"] = "close"
    status = HTTPStatus(response.status_code)
    return Response(status.value, status.phrase, headers, response.content)
