"""Engines of every dialect, scripted: they answer about one talk; each voice is a tone."""

import base64
import io
import wave
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from audio.engines.role_settings import Role
from audio.merge.values import Voices
from tests.audio.engines.dialects.exchanges import answer_of, path_of
from tests.audio.engines.dialects.samples import EXPECTED, LENGTH_S, sample
from tests.faults import Answer, Asked, FaultServer
from tests.faults.answers import as_json
from tests.recordings import SAMPLE_RATE, wav

TALK = EXPECTED["talk"]
BLOCKS = [(one["speaker"], one["text"]) for one in TALK["blocks"]]
TONES_HZ = {"A": 300.0, "B": 1200.0}
BETWEEN_HZ = 700.0
VECTORS = {"A": [1.0, 0.0, 0.0, 0.0], "B": [0.0, 1.0, 0.0, 0.0]}
KNOWN = Voices(("Ann", "Ben"), np.array(list(VECTORS.values())))
NAMES = {"A": "Ann", "B": "Ben"}
Respond = Callable[[Asked], Answer]


def talk_wav() -> bytes:
    """The talk: in each turn the tone of its speaker."""
    samples = np.zeros(int(LENGTH_S * SAMPLE_RATE))
    for turn in TALK["turns"]:
        start, end = (int(turn[edge] * SAMPLE_RATE) for edge in ("start", "end"))
        times = np.arange(start, end) / SAMPLE_RATE
        samples[start:end] = np.sin(2 * np.pi * TONES_HZ[turn["speaker"]] * times)
    return wav((samples * 8000).astype(np.int16))


def heard(content: bytes) -> tuple[str, float]:
    """Who talks most in a clip, and how long the clip is, in seconds."""
    with wave.open(io.BytesIO(content)) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), dtype=np.int16)
        rate = file.getframerate()
    spectrum = np.abs(np.fft.rfft(samples))
    peak_hz = np.fft.rfftfreq(len(samples), 1 / rate)[spectrum.argmax()]
    return ("A" if peak_hz < BETWEEN_HZ else "B"), len(samples) / rate


def recording_of(asked: Asked) -> bytes:
    """The recording of a request: a file of a form, or base64 in JSON."""
    if asked.headers["Content-Type"].startswith("application/json"):
        return base64.b64decode(str(asked.json["audio"]).partition(",")[2])
    found = next(value for value in asked.form.values() if isinstance(value, bytes))
    return found


@dataclass(frozen=True)
class Scripted:
    """One way in which an engine answers in one role."""

    dialect: str
    paths: tuple[str, ...]
    respond: Respond

    def at(self, server: FaultServer) -> FaultServer:
        for path in self.paths:
            server.respond(path, self.respond)
        return server


def as_sample(name: str, *more_paths: str) -> Scripted:
    """An engine that answers a sample, whatever it hears."""
    exchange = sample(name)
    answer = answer_of(exchange["response"])
    paths = (path_of(exchange["request"]), *more_paths)
    return Scripted(name.split(".")[0], paths, lambda _asked: answer)


def _span_text(asked: Asked) -> Answer:
    """Answer a text alone: the whole talk, or the speaker's block that is as long as the clip."""
    speaker, seconds = heard(recording_of(asked))
    if seconds > LENGTH_S - 1.0:
        return as_json({"text": TALK["text"]})
    blocks = [one for one in TALK["blocks"] if one["speaker"] == speaker]
    lengths = [(one["end_ms"] - one["start_ms"]) / 1000 + 0.3 for one in blocks]
    nearest = min(range(len(lengths)), key=lambda at: abs(lengths[at] - seconds))
    return as_json({"text": blocks[nearest]["text"]})


def _clip_voice(body_of: Callable[[str], Any]) -> Respond:
    return lambda asked: as_json(body_of(heard(recording_of(asked))[0]))


def _whisperx(speaker: str) -> Mapping[str, object]:
    segment = {"start": 0.0, "end": 1.0, "text": "a", "speaker": speaker}
    return {"segments": [segment], "speaker_embeddings": {speaker: VECTORS[speaker]}}


def _diarized(speaker: str) -> Mapping[str, object]:
    turn = {"start_s": 0.0, "end_s": 1.0, "speaker": speaker}
    models = {"diarization": "sortformer", "embedding": "tones@1"}
    return {"segments": [turn], "fingerprints": {speaker: VECTORS[speaker]}, "models": models}


_OPENAI = "/v1/audio/transcriptions"
WORDS = {
    "parakeet": as_sample("parakeet.transcriptions.json"),
    "words": as_sample("openai.words.json"),
    "segments": as_sample("openai.segments.json"),
    "text": Scripted("openai", (_OPENAI,), _span_text),
    "diarized": as_sample("openai-diarized.vllm.json"),
    "localai": Scripted("localai", (_OPENAI,), as_sample("openai.localai.json").respond),
    "speaches": as_sample("speaches.transcriptions.json"),
    "asr-webservice": as_sample("asr-webservice.faster-whisper.json"),
    "nemo-speech-cpp": as_sample("nemo-speech-cpp.transcriptions.json"),
}
# Engines of more roles than turns; `tests.dialects` has those of turns alone.
TURNS = {
    "parakeet": as_sample("parakeet.diarize-chunk.json", "/v1/audio/diarize"),
    "diarized": as_sample("openai-diarized.coro.json"),
    "asr-webservice": as_sample("asr-webservice.whisperx.json"),
}
VOICES = {
    "parakeet": Scripted("parakeet", ("/v1/audio/diarize-chunk",), _clip_voice(_diarized)),
    "localai": Scripted(
        "localai",
        ("/v1/voice/embed",),
        _clip_voice(lambda speaker: {"embedding": VECTORS[speaker], "model": "tones"}),
    ),
    "speaches": Scripted(
        "speaches",
        ("/v1/audio/speech/embedding",),
        _clip_voice(lambda speaker: {"data": [{"embedding": VECTORS[speaker]}]}),
    ),
    "asr-webservice": Scripted(
        "asr-webservice",
        (path_of(sample("asr-webservice.whisperx-embeddings.json")["request"]),),
        _clip_voice(_whisperx),
    ),
}


def settings_of(role: Role, scripted: Scripted, server: FaultServer) -> dict[str, str]:
    """The settings that have a server in a role."""
    name = role.upper()
    return {
        f"{name}_URL": scripted.at(server).url,
        f"{name}_DIALECT": scripted.dialect,
        # Dialects remember what a model can, also from one test to the next.
        f"{name}_MODEL": f"tones-{id(scripted)}",
    }
