"""Voices, and speech as a stream that can be closed."""

import time
from collections.abc import Iterator, Mapping

import httpx
from django.conf import settings

from audio import journal
from audio.engines.client import Engine, engine


def kokoro() -> Engine:
    """The engine that KOKORO_URL names."""
    return engine("kokoro", settings.KOKORO_URL)


def voices() -> list[str]:
    """Ask for the catalogue: a list of strings or of objects with `id`, by the server's age."""
    answer = kokoro().ask("voices", "/v1/audio/voices")
    listed = answer.get("voices") if isinstance(answer, Mapping) else None
    if not isinstance(listed, list):
        raise kokoro().nonsense("voices is not a list")
    ids = (v.get("id") or v.get("name") if isinstance(v, Mapping) else v for v in listed)
    return [voice for voice in ids if isinstance(voice, str) and voice]


def speak(body: Mapping[str, object]) -> "SpeechStream":
    """Start speech; return with its first bytes, so that what fails before can be told."""
    started = time.monotonic()
    response = kokoro().open_stream("speak", "/v1/audio/speech", body)
    return SpeechStream(kokoro(), response, started)


class SpeechStream:
    """Audio as it is being spoken.

    An object with `close`, not a generator: a generator that never started would never give its
    connection back.
    """

    def __init__(self, spoken_by: Engine, response: httpx.Response, started: float) -> None:
        self._engine, self._response, self._started = spoken_by, response, started
        self._chunks = response.iter_raw()
        self.content_type = response.headers.get("content-type", "application/octet-stream")
        self._first = self._read_first()

    def __iter__(self) -> Iterator[bytes]:
        yield self._first
        try:
            yield from self._chunks
        except httpx.HTTPError as error:
            # Raising cuts the connection to the client: a clean end would pass for the whole
            # speech.
            raise self._engine.translate(error) from error

    def close(self) -> None:
        """Stop the engine's work and give the connection back."""
        if not self._response.is_closed:
            self._response.close()
        journal.note_engine_call(self._started, time.monotonic())

    def _read_first(self) -> bytes:
        try:
            first = next((chunk for chunk in self._chunks if chunk), b"")
        except httpx.HTTPError as error:
            self.close()
            raise self._engine.translate(error) from error
        if not first:
            self.close()
            raise self._engine.nonsense("it spoke nothing of this text")
        return first
