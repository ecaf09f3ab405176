"""The dialect `openai`: any server of OpenAI's transcriptions and speech.

Among them OpenAI, Groq, vLLM, speaches, LocalAI, LiteLLM, NVIDIA NIM, and whisper.cpp with
WORDS_PATH=/inference. Sources: the servers' code, as `docs/how-to/engines.md` lists it.
"""

import re
from collections.abc import Mapping

from audio.engines.dialects.answer_formats import AnswerFormats, Fields
from audio.engines.dialects.dialect import Capabilities, Dialect, WordTimes
from audio.engines.dialects.readers.transcripts import read_transcription
from audio.engines.dialects.speech_stream import SpeechStream, Utterance, speak_as_openai
from audio.engines.dialects.translation import (
    WHISPER_CPP_PATH,
    translation_path,
    translation_refusals,
)
from audio.engines.failures import EngineCannotTranslate
from audio.engines.role_engine import RoleEngine
from audio.media.recording import Recording
from audio.merge.values import Transcription

PATH = "/v1/audio/transcriptions"
# OpenAI's, Groq's and vLLM's limit; vLLM decodes at most ten minutes.
MAX_BYTES = 25 * 1024 * 1024
MAX_S = 600.0
# Models that answer text alone: OpenAI refuses more of its own, speaches fails.
_TEXT_ONLY = re.compile(r"gpt-4o(?:-mini)?-transcribe\b(?!-diarize)|.*parakeet.*-onnx\b")
_FORMATS = AnswerFormats(
    {
        "response_format": "verbose_json",
        "timestamp_granularities[]": ["word", "segment"],
    },
    {"response_format": "verbose_json"},
    {"response_format": "json"},
)
_WITHOUT_GRANULARITIES, _TEXT = 1, 2
# A translation has no times of words.
_TRANSLATED = AnswerFormats({"response_format": "verbose_json"}, {"response_format": "json"})


class OpenAI(Dialect):
    """Servers of OpenAI's transcriptions and speech."""

    name = "openai"
    capabilities = Capabilities(
        words="words",
        speech=True,
        translates=True,
        max_bytes=MAX_BYTES,
        max_s=MAX_S,
    )

    def __init__(self) -> None:
        self._shown: dict[tuple[str, ...], WordTimes] = {}

    def known_words(self, engine: RoleEngine) -> WordTimes:
        """Return what the engine's last answer had; before the first, what its model can."""
        if max(_least(engine), _FORMATS.level(engine)) == _TEXT:
            return "text"
        return self._shown.get(engine.key, self.capabilities.words)

    def transcribe(
        self, engine: RoleEngine, recording: Recording, options: Mapping[str, str]
    ) -> Transcription:
        """Transcribe a recording; an engine that cannot give times of words gives less."""

        def send(fields: Fields) -> object:
            sent = {**fields, **engine.model_field, **spoken_fields(options)}
            return engine.post_recording("transcribe", engine.path or PATH, recording, sent)

        answer = _FORMATS.ask(engine, send, at_least=_least(engine))
        with engine.reading(answer):
            transcription = read_transcription(answer, recording.seconds)
        if transcription.text:
            self._shown[engine.key] = word_times(transcription)
        return transcription

    def can_translate(self, engine: RoleEngine) -> bool:
        """Whether the engine may translate: it has a path for it, and its model is no other."""
        has_path = translation_path(engine.path or PATH) is not None
        return self.capabilities.translates and has_path and not _TEXT_ONLY.match(engine.model)

    def translate(
        self, engine: RoleEngine, recording: Recording, options: Mapping[str, str]
    ) -> Transcription:
        """Translate into English, with the times of segments where the engine gives them."""
        path = translation_path(engine.path or PATH)
        if path is None:
            raise EngineCannotTranslate

        def send(fields: Fields) -> object:
            spoken = spoken_fields(options, ("prompt", "temperature"))
            asked = {"translate": "true"} if path == WHISPER_CPP_PATH else {}
            sent = {**fields, **engine.model_field, **spoken, **asked}
            return engine.post_recording("transcribe", path, recording, sent)

        with translation_refusals():
            answer = _TRANSLATED.ask(engine, send)
        with engine.reading(answer):
            return read_transcription(answer, recording.seconds)

    def speak(self, engine: RoleEngine, utterance: Utterance) -> SpeechStream:
        """Start speech; return with its first bytes."""
        return speak_as_openai(engine, utterance)

    def list_voices(self, engine: RoleEngine) -> tuple[str, ...]:
        """Return no voices: OpenAI has no route that lists them."""
        return ()


def spoken_fields(
    options: Mapping[str, str], names: tuple[str, ...] = ("language", "prompt", "temperature")
) -> dict[str, str]:
    """Return what the caller said about the speech."""
    return {name: options[name] for name in names if options.get(name)}


def word_times(transcription: Transcription) -> WordTimes:
    """Return how exact the times of a transcription's words are."""
    if not transcription.words:
        return "text"
    return "segments" if all(word.segment for word in transcription.words) else "words"


def _least(engine: RoleEngine) -> int:
    if _TEXT_ONLY.match(engine.model):
        return _TEXT
    return _WITHOUT_GRANULARITIES if engine.path == WHISPER_CPP_PATH else 0
