"""Speech from a text, and the list of voices that can speak it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from audio.engines import roles
from audio.engines.dialects.speech_stream import Utterance
from audio.engines.speech_voices import VOICES
from audio.media.speech.speech_encoding import SILENCE_RATE, SPEECH_TYPES, encode, silence
from audio.media.speech.wav_stream import WavStream

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


def speak(utterance: Utterance, *, rate: int | None = None) -> Speech:
    """Return speech from its first bytes on; a silence for text without letters and digits.

    With a `rate` (Hz) it is resampled and encoded here.

    Raises
    ------
    EngineError
    """
    usual = SPEECH_TYPES[utterance.format]
    if utterance.format == "pcm" and rate is not None:
        usual = f"{usual};rate={rate};channels=1"
    if not is_spoken(utterance.text):
        # Engines refuse such text, but clients send "." to find out whether their key works.
        return Speech(Silence(silence(utterance.format, rate or SILENCE_RATE)), usual)
    if rate is not None:
        return Speech(ResampledSpeech(utterance, rate), usual)
    stream = roles.speak(utterance)
    given = stream.content_type
    return Speech(stream, given if _AUDIO_TYPE.fullmatch(given) else usual)


def is_spoken(text: str) -> bool:
    """Whether a text has a letter or a digit."""
    return any(map(str.isalnum, text))


class SampleStream:
    """Speech as samples, from the first on; its holder closes it."""

    def __init__(self, utterance: Utterance) -> None:
        self._stream = roles.speak(replace(utterance, format="wav"))
        try:
            self._wav = WavStream(self._stream)
        except ValueError as error:
            self.close()
            raise self._stream.bad_answer(str(error)) from error
        except BaseException:
            self.close()
            raise

    @property
    def rate(self) -> int:
        """Samples a second."""
        return self._wav.rate

    def __iter__(self) -> Iterator[NDArray[np.int16]]:
        return self._wav.samples()

    def close(self) -> None:
        """Stop the engine's work."""
        self._stream.close()


class ResampledSpeech:
    """Speech at a rate of the client's choice; its holder closes it."""

    def __init__(self, utterance: Utterance, rate: int) -> None:
        self._samples = SampleStream(utterance)
        self._encoded = encode(self._samples, self._samples.rate, rate, utterance.format)

    def __iter__(self) -> Iterator[bytes]:
        return self._encoded

    def close(self) -> None:
        """Stop the engine's work."""
        self._encoded.close()
        self._samples.close()


def voices() -> tuple[str, ...]:
    """Return the speech engine's voices; none while it has not listed them."""
    return VOICES.all()
