"""Engines of every dialect on the fault server, each below a path of its own.

They answer the samples; what depends on the file, the words of a span or the voice of a clip, they
hear in it.
"""

from base64 import b64decode
from dataclasses import dataclass
from typing import Any

from tests.audio.engines.dialects.exchanges import answer_of, dialect_of, model_of, path_of
from tests.audio.engines.dialects.samples import sample
from tests.dialects import talk
from tests.faults import Answer, Asked, FaultServer
from tests.faults.answers import as_json

# Shorter files are spans of the talk, which an engine without times is asked for one by one.
_WHOLE_BYTES = 300_000


@dataclass(frozen=True)
class ScriptedEngine:
    """An engine in a role, and the settings that name it."""

    role: str
    dialect: str
    settings: dict[str, str]


def script(faults: FaultServer, role: str, name: str, *, place: str = "") -> ScriptedEngine:
    """Script an engine that answers a sample, below the path `place`, by default its role's."""
    exchange = sample(name)
    request, place = exchange["request"], place or role
    faults.answers[f"/{place}{path_of(request)}"] = answer_of(exchange["response"])
    if request.get("query", {}).pop("return_speaker_embeddings", None):
        # The gateway asks for embeddings only where a role needs them.
        faults.answers[f"/{place}{path_of(request)}"] = answer_of(exchange["response"])
    if name == "openai.text.json":
        faults.respond(f"/{place}{path_of(request)}", _spoken)
    if name in _VOICES:
        faults.respond(f"/{place}{path_of(request)}", _VOICES[name])
    prefix, dialect = role.upper(), dialect_of(name)
    settings = {
        f"{prefix}_URL": f"{faults.url}/{place}",
        f"{prefix}_DIALECT": dialect,
        f"{prefix}_MODEL": model_of(request),
        f"{prefix}_KEY": request.get("headers", {}).get("Authorization", "").partition(" ")[2],
    }
    if role == "words" and dialect == "openai":
        settings["WORDS_PATH"] = request["path"]
    return ScriptedEngine(role, dialect, settings)


def _spoken(asked: Asked) -> Answer:
    """Answer with the text alone, the whole talk's or that of the sentence in a span."""
    file = asked.form["file"]
    assert isinstance(file, bytes)
    sentence = talk.sentence_in(file)
    whole = " ".join(talk.TEXTS)
    text = "" if sentence is None else talk.TEXTS[sentence]
    return as_json({"text": whole if len(file) > _WHOLE_BYTES else text})


def _fingerprints(asked: Asked) -> Answer:
    person = talk.person_in(_file(asked))
    label = "Speaker_0"
    turn = {"start_s": 0.0, "end_s": 1.0, "speaker": label}
    body: dict[str, Any] = {
        "duration": 1.0,
        "segments": [turn],
        "models": {"embedding": "titanet"},
    }
    return as_json(body | {"fingerprints": {label: person.embeddings[192]} if person else {}})


def _localai_voice(asked: Asked) -> Answer:
    data = asked.json["audio"]
    assert isinstance(data, str)
    person = talk.person_in(b64decode(data.partition(",")[2]))
    assert person is not None
    return as_json({"embedding": person.embeddings[192], "dim": 192, "model": asked.json["model"]})


def _speaches_voice(asked: Asked) -> Answer:
    person = talk.person_in(_file(asked))
    assert person is not None
    data = [{"object": "embedding", "index": 0, "embedding": person.embeddings[256]}]
    return as_json({"object": "list", "data": data, "model": asked.form["model"]})


def _file(asked: Asked) -> bytes:
    file = asked.form["file"]
    assert isinstance(file, bytes)
    return file


_VOICES = {
    "parakeet.diarize-chunk.json": _fingerprints,
    "localai.voice-embed.json": _localai_voice,
    "speaches.embedding.json": _speaches_voice,
}
