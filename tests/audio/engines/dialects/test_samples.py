"""Every sample of a dialect: its request is sent exactly, its answer is read as expected."""

import base64
from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from audio.media.recording import Recording
from audio.merge.values import Diarization, Transcription
from tests.audio.engines.dialects.exchanges import answering, request_of
from tests.audio.engines.dialects.samples import EXPECTED, FOREIGN, body, sample
from tests.faults import FaultServer

TOLERANCE_S = EXPECTED["rules"]["tolerance_s"]
WORDS = [name for name, right in FOREIGN.items() if "words" in right["role"]]
TURNS = [name for name, right in FOREIGN.items() if "turns" in right["role"]]
BOTH = [name for name in WORDS if name in TURNS]
VOICES = [name for name, right in FOREIGN.items() if right["role"] == "voices"]
# The gateway asks for less than these name: a format that it reads, but does not need, or one that
# it asks for only after the engine refused a better one.
OTHERWISE_ASKED = {
    "localai.diarization-rttm.json",
    "speaches.diarization-rttm.json",
    "openai-diarized.sglang.json",
    "openai-diarized.moss-raw.json",
}
EXACTLY_ASKED = [name for name in FOREIGN if name not in OTHERWISE_ASKED]


def ask(faults: FaultServer, name: str, talk: Recording) -> tuple[Transcription, Diarization, Any]:
    """Ask the engine of a sample for all that the sample has."""
    role = FOREIGN[name]["role"]
    words, turns, voice = Transcription("", ()), Diarization((), ()), None
    with answering(faults, name, "words" if "words" in role else role) as (dialect, engine):
        match role:
            case "words":
                words = dialect.transcribe(engine, talk, {})
            case "turns":
                turns = dialect.diarize(engine, talk, embeddings=True)
            case "voices":
                voice = dialect.embed(engine, talk)
            case _:
                has_voices = bool(FOREIGN[name].get("voices"))
                words, turns = dialect.analyse(engine, talk, {}, embeddings=has_voices)
    return words, turns, voice


def times(items: Iterable[Mapping[str, Any]]) -> list[float]:
    return [item[edge] for item in items for edge in ("start", "end")]


@pytest.mark.parametrize("name", EXACTLY_ASKED)
def test_the_request_is_the_sample_s(faults: FaultServer, talk: Recording, name: str) -> None:
    ask(faults, name, talk)

    sent = request_of(faults.asked[0], wav=talk.path.read_bytes())
    assert sent == filled(sample(name)["request"], talk)


def filled(request: dict[str, Any], talk: Recording) -> dict[str, Any]:
    """Return a sample's request with the recording where it has audio inside of JSON."""
    if "json" in request:
        encoded = base64.b64encode(talk.path.read_bytes()).decode()
        request["json"]["audio"] = request["json"]["audio"].replace("(base64)", encoded)
    return request


@pytest.mark.parametrize("name", WORDS)
def test_the_words_are_right(faults: FaultServer, talk: Recording, name: str) -> None:
    right = FOREIGN[name]

    words, *_ = ask(faults, name, talk)

    assert words.text == right.get("text", EXPECTED["talk"]["text"])
    assert [word.text for word in words.words] == [word["text"] for word in right["words"]]
    read = [time for word in words.words for time in (word.start, word.end)]
    assert read == pytest.approx(times(right["words"]), abs=TOLERANCE_S)
    assert any(word.is_estimated for word in words.words) is right["interpolated"]


@pytest.mark.parametrize("name", TURNS)
def test_the_turns_are_right(faults: FaultServer, talk: Recording, name: str) -> None:
    right = FOREIGN[name]

    _, turns, _ = ask(faults, name, talk)

    people = [right["labels"][turn.speaker] for turn in turns.turns]
    assert people == [turn["speaker"] for turn in right["turns"]]
    read = [time for turn in turns.turns for time in (turn.start, turn.end)]
    assert read == pytest.approx(times(right["turns"]), abs=TOLERANCE_S)


@pytest.mark.parametrize("name", VOICES)
def test_the_embedding_of_a_clip_is_right(faults: FaultServer, talk: Recording, name: str) -> None:
    right = FOREIGN[name]

    *_, voice = ask(faults, name, talk)

    assert len(voice.embedding) == right["dimension"]
    assert right["space"] in voice.space


def test_the_embeddings_of_a_fork_are_right(faults: FaultServer, talk: Recording) -> None:
    name = "asr-webservice.whisperx-embeddings.json"

    _, turns, _ = ask(faults, name, talk)

    given = body(name)["speaker_embeddings"]
    assert {label: list(vector) for label, vector in turns.embeddings.items()} == given
