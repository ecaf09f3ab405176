"""Each dialect through the whole gateway: the right words, blocks and names."""

import json
from typing import Any

import pytest

from tests.audio.engines.dialects.samples import EXPECTED, FOREIGN
from tests.dialects.conftest import Configure
from tests.dialects.scripted_engines import script
from tests.dialects.talk import NAMES, known_voiceprints, recording
from tests.faults import FaultServer
from tests.gateway_process import Gateway

TALK = recording()
TRANSCRIBE = "/v1/audio/transcriptions"
BLOCKS = "/api/audio/transcribe-with-speakers"
MERGE = "/api/audio/label-merge"
WORDS = [name for name, right in FOREIGN.items() if right["role"] == "words"]
TURNS = [name for name, right in FOREIGN.items() if right["role"] == "turns"]
BOTH = [name for name, right in FOREIGN.items() if right["role"] == "words+turns"]
VOICES = ["parakeet.diarize-chunk.json", "localai.voice-embed.json", "speaches.embedding.json"]
ANY_TURNS = "localai.diarization.json"
ANY_WORDS = "openai.words.json"
ANY_VOICES = "localai.voice-embed.json"
DIMENSIONS = {"speaches.embedding.json": 256}
# An engine with text alone is asked turn by turn: its words have the times of its sentences.
TOLERANCE_MS = {"openai.text.json": 150}


def post(gateway: Gateway, path: str, **fields: object) -> Any:
    """Return the answer for the talk."""
    answer = gateway.post(path, files={"file": ("talk.wav", TALK)}, data=fields)
    assert answer.status_code == 200, answer.text
    return answer.json()


def said(answer: Any) -> list[tuple[str, str]]:
    return [(block["speaker"], block["text"]) for block in answer["segments"]]


def right_blocks(people: dict[str, str]) -> list[tuple[str, str]]:
    return [(people[one["speaker"]], one["text"]) for one in EXPECTED["talk"]["blocks"]]


def is_talk(answer: Any) -> bool:
    """Whether the blocks are those of the talk, by two anonymous speakers in turn."""
    labels = [speaker for speaker, _ in said(answer)]
    people = dict(zip("AB", labels, strict=False))
    return said(answer) == right_blocks(people) and len(set(labels)) == 2


@pytest.mark.parametrize("name", WORDS)
def test_words_are_transcribed(configure: Configure, faults: FaultServer, name: str) -> None:
    gateway = configure(script(faults, "words", name))

    answer = post(gateway, TRANSCRIBE, response_format="verbose_json")

    assert answer["text"] == FOREIGN[name]["text"]
    assert answer["language"] == "english"


@pytest.mark.parametrize("name", [name for name in WORDS if name != "openai.text.json"])
def test_words_have_times(configure: Configure, faults: FaultServer, name: str) -> None:
    gateway = configure(script(faults, "words", name))
    asked = {"response_format": "verbose_json", "timestamp_granularities[]": "word"}

    answer = post(gateway, TRANSCRIBE, **asked)

    right = FOREIGN[name]
    starts = [word["start"] for word in answer["words"]]
    assert starts == pytest.approx([word["start"] for word in right["words"]], abs=0.002)
    assert answer.get("words_interpolated", False) is right["interpolated"]


@pytest.mark.parametrize("turns", TURNS)
@pytest.mark.parametrize("words", WORDS)
def test_any_words_meet_any_turns(
    configure: Configure, faults: FaultServer, words: str, turns: str
) -> None:
    gateway = configure(script(faults, "words", words), script(faults, "turns", turns))

    answer = post(gateway, BLOCKS)

    assert is_talk(answer)
    edges = [(block["start_ms"], block["end_ms"]) for block in answer["segments"]]
    right = [(block["start_ms"], block["end_ms"]) for block in EXPECTED["talk"]["blocks"]]
    tolerance = TOLERANCE_MS.get(words, 2)
    assert sum(edges, ()) == pytest.approx(sum(right, ()), abs=tolerance)


@pytest.mark.parametrize("name", BOTH)
def test_words_and_turns_of_one_engine_are_one_call(
    configure: Configure, faults: FaultServer, name: str
) -> None:
    words = script(faults, "words", name, place="both")
    turns = script(faults, "turns", name, place="both")

    answer = post(configure(words, turns), BLOCKS)

    assert is_talk(answer)
    assert {asked.path for asked in faults.asked} == {faults.asked[0].path}


@pytest.mark.parametrize("voices", VOICES)
@pytest.mark.parametrize("turns", TURNS)
def test_any_turns_are_named_by_any_voices(
    configure: Configure, faults: FaultServer, turns: str, voices: str
) -> None:
    gateway = configure(
        script(faults, "words", ANY_WORDS),
        script(faults, "turns", turns),
        script(faults, "voices", voices),
    )
    known = json.dumps(known_voiceprints(DIMENSIONS.get(voices, 192)))

    answer = post(gateway, MERGE, timeline="[]", known_voiceprints=known, transcribe="true")

    assert said(answer) == right_blocks(NAMES)
    assert {one["source"] for one in answer["speakers"]} == {"voiceprint"}


@pytest.mark.parametrize("name", BOTH)
def test_speakers_of_one_call_are_named_by_voices(
    configure: Configure, faults: FaultServer, name: str
) -> None:
    gateway = configure(
        script(faults, "words", name, place="both"),
        script(faults, "turns", name, place="both"),
        script(faults, "voices", ANY_VOICES),
    )
    known = json.dumps(known_voiceprints(192))

    answer = post(gateway, MERGE, timeline="[]", known_voiceprints=known, transcribe="true")

    assert said(answer) == right_blocks(NAMES)


def test_embeddings_of_a_fork_name_its_speakers(configure: Configure, faults: FaultServer) -> None:
    name = "asr-webservice.whisperx-embeddings.json"
    roles = ("words", "turns", "voices")
    gateway = configure(*(script(faults, role, name, place="fork") for role in roles))
    known = json.dumps(known_voiceprints(256))

    answer = post(gateway, MERGE, timeline="[]", known_voiceprints=known, transcribe="true")

    assert said(answer) == right_blocks(NAMES)
    assert len(faults.asked) == 1


@pytest.mark.parametrize("name", [*TURNS, *BOTH])
def test_a_timeline_names_the_speakers(
    configure: Configure, faults: FaultServer, name: str
) -> None:
    is_both = name in BOTH
    words = script(faults, "words", name if is_both else ANY_WORDS, place="both" * is_both)
    turns = script(faults, "turns", name, place="both" * is_both)
    timeline = [{**turn, "name": NAMES[turn["speaker"]]} for turn in EXPECTED["talk"]["turns"]]

    answer = post(configure(words, turns), MERGE, timeline=json.dumps(timeline), transcribe="true")

    assert said(answer) == right_blocks(NAMES)
