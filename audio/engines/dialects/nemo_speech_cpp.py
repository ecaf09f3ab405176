"""The dialect `nemo-speech-cpp`: NVIDIA's C++ server for its speech models.

Source: NVIDIA/NeMo-Speech.cpp 4f96762, server/http/http_server.cpp. It reads WAV alone, numbers
the speakers from 1, and gives no embeddings.
"""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from audio.engines.dialects.dialect import Capabilities, Dialect
from audio.engines.dialects.keywords import keywords_in
from audio.engines.dialects.openai import spoken_fields
from audio.engines.dialects.readers.transcripts import (
    read_transcription,
    read_turns,
    read_words_and_turns,
)
from audio.engines.dialects.speech_stream import SpeechStream, Utterance, speak_as_openai
from audio.engines.failures import EngineFailed, EngineMisconfigured
from audio.engines.role_engine import RoleEngine
from audio.media.recording import Recording
from audio.merge.values import Diarization, Transcription

_TRANSCRIBE = "/v1/audio/transcriptions"
_DIARIZE = "/v1/audio/diarizations"
_WORDS = {"response_format": "verbose_json"}
_TURNS = {"diarization": "true"}
# Its other mode ends after some six minutes.
_STREAMING = {"mode": "streaming"}
# How strongly keywords are expected: RNNT models take 2 to 3 and at most 5, CTC models up to 10;
# above, words that were not said appear.
_BOOST = 3.0
# What it also calls `server_error` though its models are loaded.
_BROKEN = re.compile(
    r"cuda|cublas|cudnn|ggml|vulkan|metal|gpu|device|memory|alloc|unknown|request failed",
    re.IGNORECASE,
)
# `http.threads`: more connections than these wait, and are closed after 30 s.
_THREADS = 4


class NemoSpeechCpp(Dialect):
    """NVIDIA's C++ server; its `prompt` is one boosted phrase, so the caller's is not sent."""

    name = "nemo-speech-cpp"
    capabilities = Capabilities(
        words="words",
        turns=True,
        speech=True,
        one_call=True,
        max_bytes=512 * 1024 * 1024,
        max_parallel=_THREADS,
        wav_only=True,
        health_path="/ready",
    )

    def transcribe(
        self, engine: RoleEngine, recording: Recording, options: Mapping[str, str]
    ) -> Transcription:
        """Transcribe a recording."""
        answer = _transcribe(engine, recording, options, {})
        with engine.reading(answer):
            return read_transcription(answer, recording.seconds)

    def diarize(
        self, engine: RoleEngine, recording: Recording, *, embeddings: bool
    ) -> Diarization:
        """Find the turns."""
        with _translated():
            answer = engine.post_recording("diarize", _DIARIZE, recording, _STREAMING)
        with engine.reading(answer):
            return read_turns(answer, recording.seconds)

    def analyse(
        self,
        engine: RoleEngine,
        recording: Recording,
        options: Mapping[str, str],
        *,
        embeddings: bool = False,
    ) -> tuple[Transcription, Diarization]:
        """Transcribe and diarize in one call; turns are runs of one speaker's words."""
        answer = _transcribe(engine, recording, options, _TURNS)
        with engine.reading(answer):
            return read_words_and_turns(answer, recording.seconds)

    def speak(self, engine: RoleEngine, utterance: Utterance) -> SpeechStream:
        """Start speech; return with its first bytes."""
        with _translated():
            return speak_as_openai(engine, utterance)

    def list_voices(self, engine: RoleEngine) -> tuple[str, ...]:
        """Return no voices: no route lists them."""
        return ()


def _transcribe(
    engine: RoleEngine,
    recording: Recording,
    options: Mapping[str, str],
    asked: Mapping[str, str],
) -> object:
    fields = {**_WORDS, **asked, **spoken_fields(options, ("language",)), **_contexts(options)}
    with _translated():
        return engine.post_recording("transcribe", engine.path or _TRANSCRIBE, recording, fields)


def _contexts(options: Mapping[str, str]) -> dict[str, str]:
    phrases = keywords_in(options)
    if not phrases:
        return {}
    contexts = [{"phrases": phrases, "boost": _BOOST}]
    return {"speech_contexts": json.dumps(contexts, ensure_ascii=False, separators=(",", ":"))}


@contextmanager
def _translated() -> Iterator[None]:
    """Read a `server_error` as a model that is not loaded, unless it names what broke."""
    try:
        yield
    except EngineFailed as failed:
        if failed.kind == "server_error" and failed.reason and not _BROKEN.search(failed.reason):
            raise EngineMisconfigured(failed.reason) from failed
        raise
