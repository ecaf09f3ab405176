"""Text in, speech out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from audio.engines.dialects import kokoro
from audio.engines.dialects.kokoro import Utterance
from audio.engines.speech_voices import VOICES
from audio.media.encoding import SPEECH_TYPES, silence

# What does not look like one could not be sent on as a header.
_AUDIO_TYPE = re.compile(r"audio/[\w.+-]+( *;[\w .,;=+-]*)?", re.ASCII)


class Audio(Protocol):
    """Encoded audio, piece by piece; whoever holds it closes it."""

    def __iter__(self) -> Iterator[bytes]: ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Speech:
    """Audio, and what it is."""

    audio: Audio
    content_type: str


@dataclass(frozen=True, slots=True)
class Silence:
    """Audio that is there already."""

    encoded: bytes

    def __iter__(self) -> Iterator[bytes]:
        yield self.encoded

    def close(self) -> None:
        """Nothing is held."""


def speak(utterance: Utterance) -> Speech:
    """Speech, from its first bytes on; of nothing but punctuation a silence."""
    usual = SPEECH_TYPES[utterance.form]
    if not any(map(str.isalnum, utterance.text)):
        # Engines refuse it, and clients ask for the speech of "." to see whether their key works.
        return Speech(Silence(silence(utterance.form)), usual)
    spoken = kokoro.speak(utterance)
    told = spoken.content_type
    return Speech(spoken, told if _AUDIO_TYPE.fullmatch(told) else usual)


def voices() -> tuple[str, ...]:
    """The speech engine's voices; none while it has told none."""
    return VOICES.all()
