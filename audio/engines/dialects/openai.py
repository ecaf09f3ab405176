"""The dialect `openai`: any server of OpenAI's transcriptions and speech.

Among them OpenAI, Groq, vLLM, speaches, LocalAI, LiteLLM, NVIDIA NIM, and whisper.cpp with
WORDS_PATH=/inference. Sources: the servers' code, as `docs/how-to/engines.md` lists it.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from audio.engines.dialects.answer_formats import AnswerFormats, Fields
from audio.engines.dialects.dialect import Capabilities, Dialect, WordTimes
from audio.engines.dialects.readers.transcripts import read_transcription
from audio.engines.dialects.speech_stream import SpeechStream, Utterance
from audio.engines.failures import (
    EngineCannotTranslate,
    EngineMisconfigured,
    EngineRefused,
)
from audio.engines.http.deadlines import allowed_s
from audio.engines.role_engine import RoleEngine
from audio.media.recording import Recording
from audio.merge.values import Transcription

PATH = "/v1/audio/transcriptions"
_TRANSCRIPTIONS, _TRANSLATIONS = "/transcriptions", "/translations"
# OpenAI's, Groq's and vLLM's limit; vLLM decodes at most ten minutes.
MAX_BYTES = 25 * 1024 * 1024
MAX_S = 600.0
# The path of whisper.cpp's own, which knows no granularities.
_WHISPER_CPP_PATH = "/inference"
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
_LACKS_ROUTE = (404, 405, 501)
_NAMES_TRANSLATION = re.compile(r"translat", re.IGNORECASE)
# As for Kokoro: the rate of slow speech.
_CHARACTERS_PER_S = 10


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
            sent = {**fields, **model_field(engine), **spoken_fields(options)}
            return engine.post_recording("transcribe", engine.path or PATH, recording, sent)

        answer = _FORMATS.ask(engine, send, at_least=_least(engine))
        with engine.reading():
            transcription = read_transcription(answer, recording.seconds)
        if transcription.text:
            self._shown[engine.key] = word_times(transcription)
        return transcription

    def can_translate(self, engine: RoleEngine) -> bool:
        """Whether the engine may translate: it has a path for it, and its model is no other."""
        has_path = _translation_path(engine) is not None
        return self.capabilities.translates and has_path and not _TEXT_ONLY.match(engine.model)

    def translate(
        self, engine: RoleEngine, recording: Recording, options: Mapping[str, str]
    ) -> Transcription:
        """Translate into English, with the times of segments where the engine gives them."""
        path = _translation_path(engine)
        if path is None:
            raise EngineCannotTranslate

        def send(fields: Fields) -> object:
            spoken = spoken_fields(options, ("prompt", "temperature"))
            asked = {"translate": "true"} if path == _WHISPER_CPP_PATH else {}
            sent = {**fields, **model_field(engine), **spoken, **asked}
            return engine.post_recording("transcribe", path, recording, sent)

        with translation_refusals():
            answer = _TRANSLATED.ask(engine, send)
        with engine.reading():
            return read_transcription(answer, recording.seconds)

    def speak(self, engine: RoleEngine, utterance: Utterance) -> SpeechStream:
        """Start speech; return with its first bytes."""
        return speak_as_openai(engine, utterance)

    def list_voices(self, engine: RoleEngine) -> tuple[str, ...]:
        """Return no voices: OpenAI has no route that lists them."""
        return ()


def speak_as_openai(engine: RoleEngine, utterance: Utterance) -> SpeechStream:
    """Start speech; return with its first bytes.

    Raises
    ------
    EngineError
    """
    body = {
        **utterance.extra,
        **model_field(engine),
        "input": utterance.text,
        "voice": utterance.voice,
        "response_format": utterance.format,
    }
    silence_s = allowed_s(len(utterance.text) / _CHARACTERS_PER_S)
    try:
        stream = engine.open_stream("speak", "/v1/audio/speech", body, silence_s=silence_s)
    except EngineRefused as refused:
        raise refused.about(None, body) from refused
    return SpeechStream(engine, stream)


def model_field(engine: RoleEngine) -> dict[str, str]:
    """Return the field of the model that the settings name; the caller's names are OpenAI's."""
    return {"model": engine.model} if engine.model else {}


def spoken_fields(
    options: Mapping[str, str], names: tuple[str, ...] = ("language", "prompt", "temperature")
) -> dict[str, str]:
    """Return what the caller said about the speech."""
    return {name: options[name] for name in names if options.get(name)}


@contextmanager
def translation_refusals() -> Iterator[None]:
    """Report an engine without the request, or whose model refuses it, as unable to translate."""
    try:
        yield
    except EngineMisconfigured as error:
        raise EngineCannotTranslate(str(error)) from error
    except EngineRefused as error:
        if error.status in _LACKS_ROUTE or _NAMES_TRANSLATION.search(error.reason):
            raise EngineCannotTranslate(error.reason.removeprefix(f"{error.param}: ")) from error
        raise


def _translation_path(engine: RoleEngine) -> str | None:
    """Return the path beside that of transcriptions; whisper.cpp has one path for both."""
    path = engine.path or PATH
    if path == _WHISPER_CPP_PATH:
        return path
    if not path.endswith(_TRANSCRIPTIONS):
        return None
    return path.removesuffix(_TRANSCRIPTIONS) + _TRANSLATIONS


def word_times(transcription: Transcription) -> WordTimes:
    """Return how exact the times of a transcription's words are."""
    if not transcription.words:
        return "text"
    return "segments" if all(word.segment for word in transcription.words) else "words"


def _least(engine: RoleEngine) -> int:
    if _TEXT_ONLY.match(engine.model):
        return _TEXT
    return _WITHOUT_GRANULARITIES if engine.path == _WHISPER_CPP_PATH else 0
