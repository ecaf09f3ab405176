"""The parameters of the endpoints that OpenAI withdraws, as its SDKs of November 2026 have them.

From the types of openai-python 3.54.0; frozen, because later versions drop them.
"""

from typing import Any

# A value of each, and whether it has an effect here.
TRANSCRIPTIONS: dict[str, tuple[Any, bool]] = {
    "file": (None, True),
    "model": ("whisper-1", True),
    "chunking_strategy": ('{"type": "server_vad"}', False),
    "include": ("logprobs", False),
    "keywords": ("Ana", True),
    "known_speaker_names": (None, True),
    "known_speaker_references": (None, True),
    "language": ("en", True),
    "languages": (["en", "fr"], False),
    "prompt": ("A talk.", True),
    "response_format": ("verbose_json", True),
    "temperature": ("0", True),
    "timestamp_granularities": ("word", False),
    "stream": ("true", True),
}
TRANSLATIONS: dict[str, tuple[str | None, bool]] = {
    "file": (None, True),
    "model": ("whisper-1", True),
    "prompt": ("A talk.", True),
    "response_format": ("verbose_json", True),
    "temperature": ("0", True),
}
SPEECH: dict[str, tuple[Any, bool]] = {
    "input": ("Hi", True),
    "model": ("tts-1", True),
    "voice": ("marin", True),
    "instructions": ("Cheerfully.", False),
    "response_format": ("mp3", True),
    "speed": (1.5, True),
    "stream_format": ("sse", True),
}
ARRAYS = frozenset({"include", "keywords", "languages", "timestamp_granularities"})
