"""Speech from a text, and the list of voices that can speak it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from audio.engines import roles
from audio.engines.dialects.speech_stream import Utterance
from audio.engines.speech_voices import VOICES
from audio.media.encoding import SPEECH_TYPES, silence

# Another content type could not be sent on as a header.
_AUDIO_TYPE = re.compile(r"audio/[\w.+-]+( *;[\w .,;=+-]*)?", re.ASCII)


class Audio(Protocol):
    """Encoded audio, block by block; its holder closes it."""

    def __iter__(self) -> Iterator[bytes]: ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Speech:
    """Audio, and its content type."""

    audio: Audio
    content_type: str


@dataclass(frozen=True, slots=True)
class Silence:
    """Audio that is encoded already."""

    encoded: bytes

    def __iter__(self) -> Iterator[bytes]:
        yield self.encoded

    def close(self) -> None:
        """Do nothing: a silence holds no connection."""


def speak(utterance: Utterance) -> Speech:
    """Return speech from its first bytes on; a silence for text without letters and digits."""
    usual = SPEECH_TYPES[utterance.format]
    if not any(map(str.isalnum, utterance.text)):
        # Engines refuse such text, but clients send "." to find out whether their key works.
        return Speech(Silence(silence(utterance.format)), usual)
    stream = roles.speak(utterance)
    given = stream.content_type
    return Speech(stream, given if _AUDIO_TYPE.fullmatch(given) else usual)


def voices() -> tuple[str, ...]:
    """Return the speech engine's voices; none while it has not listed them."""
    return VOICES.all()
