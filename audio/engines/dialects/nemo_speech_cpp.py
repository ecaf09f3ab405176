"""The dialect `nemo-speech-cpp`: NVIDIA's C++ server for its speech models.

Source: NVIDIA/NeMo-Speech.cpp 4f96762, server/http/http_server.cpp. It reads WAV alone, numbers
the speakers from 1, and gives no embeddings.
"""

from collections.abc import Mapping

from audio.engines.dialects.dialect import Capabilities, Dialect
from audio.engines.dialects.openai import speak_as_openai, spoken_fields
from audio.engines.dialects.readers.transcripts import (
    read_transcription,
    read_turns,
    read_words_and_turns,
)
from audio.engines.dialects.speech_stream import SpeechStream, Utterance
from audio.engines.role_engine import RoleEngine
from audio.media.recording import Recording
from audio.merge.values import Diarization, Transcription

_TRANSCRIBE = "/v1/audio/transcriptions"
_DIARIZE = "/v1/audio/diarizations"
_WORDS = {"response_format": "verbose_json"}
_TURNS = {"diarization": "true"}
# Its other mode ends after some six minutes.
_STREAMING = {"mode": "streaming"}
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
        with engine.reading():
            return read_transcription(answer, recording.seconds)

    def diarize(
        self, engine: RoleEngine, recording: Recording, *, embeddings: bool
    ) -> Diarization:
        """Find the turns."""
        answer = engine.post_recording("diarize", _DIARIZE, recording, _STREAMING)
        with engine.reading():
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
        with engine.reading():
            return read_words_and_turns(answer, recording.seconds)

    def speak(self, engine: RoleEngine, utterance: Utterance) -> SpeechStream:
        """Start speech; return with its first bytes."""
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
    fields = {**_WORDS, **asked, **spoken_fields(options, ("language",))}
    return engine.post_recording("transcribe", engine.path or _TRANSCRIBE, recording, fields)
