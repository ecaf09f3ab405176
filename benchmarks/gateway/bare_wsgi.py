"""A bare WSGI application that does the same work as the gateway: a lower bound of the added time.

It runs on gunicorn's threads, parses the form to a file on disk, makes the engine calls with httpx
and returns their answers. It has no Django, checks, names, request log, slots or deadlines.
"""

import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING

import httpx
from multipart import MultipartSegment, PushMultipartParser

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

BLOCK = 1024 * 1024
JSON = [("Content-Type", "application/json")]
MODELS = b'{"object": "list", "data": []}'
HEARD = ("/v1/audio/transcriptions", "/v1/audio/diarize-chunk")
threads = ThreadPoolExecutor(4 * 64)
client = httpx.Client(base_url=os.environ["ENGINE_URL"], timeout=60, trust_env=False)


def application(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
    """Answer the compared calls and the health check."""
    match environ["PATH_INFO"]:
        case "/v1/audio/speech":
            return _speech(environ, start)
        case "/v1/audio/transcriptions":
            return _transcription(environ, start)
        case "/api/audio/label-merge":
            return _label_merge(environ, start)
    start("200 OK", JSON)
    return [MODELS]


def _speech(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
    body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
    request = client.build_request("POST", "/v1/audio/speech", content=body)
    response = client.send(request, stream=True)
    start("200 OK", [("Content-Type", "audio/wav")])
    return response.iter_raw()


def _transcription(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
    with ExitStack() as opened:
        [file] = _received(environ, opened)
        answer = _heard("/v1/audio/transcriptions", file)
    start("200 OK", JSON)
    return [answer]


def _label_merge(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
    """Make a merge's engine calls without merging."""
    with ExitStack() as opened:
        asked = [(path, file) for file in _received(environ, opened) for path in HEARD]
        # Two calls read each file, so each has its own descriptor.
        files = [opened.enter_context(open(f"/dev/fd/{file.fileno()}", "rb")) for _, file in asked]
        answers = list(threads.map(_heard, (path for path, _ in asked), files))
    start("200 OK", JSON)
    return answers[:1]


def _heard(path: str, file: IO[bytes]) -> bytes:
    file.seek(0)
    return client.post(path, files={"file": ("audio.wav", file)}).content


def _received(environ: "WSGIEnvironment", opened: ExitStack) -> list[IO[bytes]]:
    boundary = environ["CONTENT_TYPE"].partition("boundary=")[2]
    files: list[IO[bytes]] = []
    is_file = False
    with PushMultipartParser(boundary) as parser:
        while not parser.closed:
            for event in parser.parse(environ["wsgi.input"].read(BLOCK)):
                if isinstance(event, MultipartSegment):
                    is_file = event.filename is not None
                    files += [opened.enter_context(TemporaryFile())] if is_file else []  # noqa: SIM115
                elif event and is_file:
                    files[-1].write(event)
    for file in files:
        file.flush()
    return files
