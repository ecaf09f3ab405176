"""A speech request → a stream that has begun to speak and can be closed at any time."""

import json
from collections.abc import Generator, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cpu_engine.http.errors import BadRequest, Unspeakable
from cpu_engine.http.inference_queue import Queued
from cpu_engine.speech.engine_voices import Voice, parse_voice
from cpu_engine.speech.sentences import sentences
from cpu_engine.speech.stream_encoding import FORMATS, Format, encode
from cpu_engine.speech.synthesis import Speaker

DEFAULT_VOICE = "af_heart"
DEFAULT_FORMAT = "mp3"
SLOWEST, FASTEST = 0.25, 4.0

Blocks = Generator[NDArray[np.float32], None, None]


@dataclass(frozen=True, slots=True)
class SpeechRequest:
    """What to say, in which voice, how fast, in which format."""

    text: str
    voice: Voice
    speed: float
    form: Format


def parse_request(body: bytes, known_voices: list[str], longest: int) -> SpeechRequest:
    """Read a JSON request; fields it does not know are ignored.

    Raises
    ------
    BadRequest
        When a field is missing or wrong.
    """
    try:
        fields = json.loads(body)
    except ValueError as error:
        raise BadRequest("The body is not JSON.") from error
    if not isinstance(fields, dict):
        raise BadRequest("The body is not a JSON object.")
    return SpeechRequest(
        text=_text(fields.get("input"), longest),
        voice=parse_voice(_name(fields, "voice", DEFAULT_VOICE), known_voices),
        speed=_speed(fields.get("speed")),
        form=_form(_name(fields, "response_format", DEFAULT_FORMAT)),
    )


class SpeechStream:
    """Encoded speech; made only when the first sentence has been said.

    An object and not a generator, because a generator that was never started does not clean
    up, and Django closes what has a ``close``.
    """

    def __init__(self, request: SpeechRequest, speaker: Queued[Speaker]) -> None:
        self._sentences = _spoken(request, speaker)
        first = next(self._sentences, None)
        if first is None:
            raise Unspeakable("The input contains nothing that can be spoken.")
        self._encoded = encode(_resumed(first, self._sentences), request.form)

    def __iter__(self) -> Iterator[bytes]:
        return self._encoded

    def close(self) -> None:
        """Stop speaking and give up the place in the queue."""
        self._encoded.close()
        self._sentences.close()


def _spoken(request: SpeechRequest, speaker: Queued[Speaker]) -> Blocks:
    with speaker.place():
        for sentence in sentences(request.text):
            with speaker.turn() as say:
                audio = say(sentence, request.voice, request.speed)
            if len(audio):
                yield audio


def _resumed(first: NDArray[np.float32], rest: Blocks) -> Blocks:
    yield first
    yield from rest


def _text(value: object, longest: int) -> str:
    if not isinstance(value, str) or not value.strip():
        raise BadRequest("The field 'input' must be a text that is not empty.")
    if len(value) > longest:
        raise BadRequest(f"The field 'input' is longer than {longest} characters.")
    return value


def _name(fields: dict[str, object], name: str, default: str) -> str:
    value = fields.get(name)
    if value is None:
        return default
    if not isinstance(value, str):
        raise BadRequest(f"The field {name!r} must be a text.")
    return value


def _speed(value: object) -> float:
    if value is None:
        return 1.0
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadRequest("The field 'speed' must be a number.")
    if not SLOWEST <= value <= FASTEST:
        raise BadRequest(f"The field 'speed' must be between {SLOWEST:g} and {FASTEST:g}.")
    return float(value)


def _form(name: str) -> Format:
    if name not in FORMATS:
        raise BadRequest(f"The field 'response_format' must be one of {', '.join(FORMATS)}.")
    return FORMATS[name]
