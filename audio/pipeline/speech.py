"""Text in, speech out."""

from collections.abc import Mapping

from audio.engines import kokoro
from audio.engines.client import EngineError


def speak(body: Mapping[str, object]) -> kokoro.SpeechStream:
    """Speech, from its first bytes on."""
    return kokoro.speak(body)


def voices() -> list[str]:
    """The speech engine's voices; none while it does not answer."""
    try:
        return kokoro.voices()
    except EngineError:
        return []
