"""The endpoints: read the request, ask the models, answer as the contract says."""

import select
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import wraps
from pathlib import Path

from django.core.files.uploadedfile import TemporaryUploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse

from nvidia_engine import settings
from nvidia_engine.engine import Diarization, Engine, Recording
from nvidia_engine.http.errors import BadRequest, TooLarge, WrongMethod
from nvidia_engine.http.metrics import MEDIA_TYPE, render
from nvidia_engine.service import NotReady, Service, model_names

View = Callable[[HttpRequest], HttpResponseBase]

# As proxies do: a client that ended its side of the connection is taken to have left.
_GONE = select.POLLRDHUP | select.POLLHUP | select.POLLERR | select.POLLNVAL


_running: list[Service] = []


def start_service(give_up: Callable[[str], None]) -> None:
    """Start the engine of this process; `give_up` ends the program with a status that is not 0."""
    service = Service(give_up)
    service.start()
    _running.append(service)


def stop_service() -> None:
    """End the engine of this process, if it was started."""
    for service in _running:
        service.stop()


def service() -> Service:
    """The engine of this process."""
    if not _running:
        raise NotReady("loading")
    return _running[-1]


def only(method: str) -> Callable[[View], View]:
    """Refuse every other method."""

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(request: HttpRequest) -> HttpResponseBase:
            if request.method != method:
                raise WrongMethod(method)
            return view(request)

        return checked

    return decorate


@only("GET")
def health(_: HttpRequest) -> HttpResponseBase:
    """Say whether this engine can infer."""
    running = service()
    body = running.health()
    return JsonResponse(body, status=200 if body["status"] == "healthy" else 503)


@only("GET")
def metrics(_: HttpRequest) -> HttpResponseBase:
    """Say what was done, for Prometheus."""
    return HttpResponse(render(service()), content_type=MEDIA_TYPE)


@only("GET")
def list_models(_: HttpRequest) -> HttpResponseBase:
    """List the models in OpenAI's shape."""
    data = [
        {"id": name, "object": "model", "created": 0, "owned_by": "nvidia_engine"}
        for name in model_names().values()
    ]
    return JsonResponse({"object": "list", "data": data})


@only("POST")
def transcriptions(request: HttpRequest) -> HttpResponseBase:
    """Transcribe with word times; always in the shape of verbose_json."""
    with taken_on(request) as (engine, recording):
        words = engine.transcribe(recording)
        return JsonResponse(
            {
                "text": " ".join(word.text for word in words),
                "duration": round(recording.duration, 3),
                "model": model_names()["transcription"],
                "words": [
                    {
                        "start": word.start,
                        "end": word.end,
                        "text": word.text,
                        "confidence": round(word.confidence, 3),
                    }
                    for word in words
                ],
            }
        )


@only("POST")
def diarize(request: HttpRequest) -> HttpResponseBase:
    """Return who spoke when."""
    with taken_on(request) as (engine, recording):
        return JsonResponse(described(recording, engine.diarize(recording)))


@only("POST")
def diarize_chunk(request: HttpRequest) -> HttpResponseBase:
    """Return who spoke when, and one embedding for each speaker who can be heard alone."""
    with taken_on(request) as (engine, recording):
        diarization = engine.diarize(recording)
        embeddings = engine.embed(recording, diarization)
        names = model_names()
        return JsonResponse(
            {
                **described(recording, diarization),
                "models": {key: names[key] for key in ("diarization", "embedding")},
                "fingerprints": {
                    label: [round(float(number), 6) for number in vector]
                    for label, vector in embeddings.items()
                },
            }
        )


def taken_on(request: HttpRequest) -> AbstractContextManager[tuple[Engine, Recording]]:
    """Take on the recording of a request, until it is answered or its client has left."""
    return service().recording(uploaded(request), departure_check(request))


def described(recording: Recording, diarization: Diarization) -> dict[str, object]:
    """Put the turns into the contract's words."""
    segments = [
        {
            "start_s": turn.start,
            "end_s": turn.end,
            "speaker": turn.speaker,
            "confidence": turn.confidence,
        }
        for turn in diarization.turns
    ]
    return {
        "duration": round(recording.duration, 3),
        "segments": segments,
        "speakers_detected": diarization.labels,
        "model": model_names()["diarization"],
    }


def uploaded(request: HttpRequest) -> Path:
    """Find the recording on disk."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > settings.MAX_UPLOAD_BYTES:
        raise TooLarge
    file = request.FILES.get("file")
    if not isinstance(file, TemporaryUploadedFile):
        raise BadRequest("The field 'file' is missing.")
    return Path(file.temporary_file_path())


def departure_check(request: HttpRequest) -> Callable[[], bool]:
    """Return a function that reports whether the client has closed its connection."""
    connection = request.META.get("gunicorn.socket")
    if connection is None:
        return lambda: False

    def is_gone() -> bool:
        if connection.fileno() < 0:
            return True
        poll = select.poll()
        poll.register(connection.fileno(), _GONE)
        return bool(poll.poll(0))

    return is_gone
