"""The same work on a bare WSGI application: what of the added time is not the gateway's own.

gunicorn's threads, a form parsed to a file on disk, one call with httpx, its answer passed on. No
Django, no checks, no names, no journal, no places, no deadlines.
"""

import os
from collections.abc import Iterable
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING

import httpx
from multipart import MultipartSegment, PushMultipartParser

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

BLOCK = 1024 * 1024
JSON = [("Content-Type", "application/json")]
MODELS = b'{"object": "list", "data": []}'
client = httpx.Client(base_url=os.environ["ENGINE_URL"], timeout=60, trust_env=False)


def application(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
    """Answer the three calls that are compared, and say that one is alive."""
    match environ["PATH_INFO"]:
        case "/v1/audio/speech":
            return _speech(environ, start)
        case "/v1/audio/transcriptions":
            return _transcription(environ, start)
    start("200 OK", JSON)
    return [MODELS]


def _speech(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
    body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
    request = client.build_request("POST", "/v1/audio/speech", content=body)
    response = client.send(request, stream=True)
    start("200 OK", [("Content-Type", "audio/wav")])
    return response.iter_raw()


def _transcription(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
    with TemporaryFile() as file:
        _receive(environ, file)
        file.seek(0)
        answer = client.post("/v1/audio/transcriptions", files={"file": ("audio.wav", file)})
    start("200 OK", JSON)
    return [answer.content]


def _receive(environ: "WSGIEnvironment", file: IO[bytes]) -> None:
    boundary = environ["CONTENT_TYPE"].partition("boundary=")[2]
    is_file = False
    with PushMultipartParser(boundary) as parser:
        while not parser.closed:
            for event in parser.parse(environ["wsgi.input"].read(BLOCK)):
                if isinstance(event, MultipartSegment):
                    is_file = event.filename is not None
                elif event and is_file:
                    file.write(event)
