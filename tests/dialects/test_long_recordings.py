"""Recordings longer than an engine takes, whose labels begin anew with every call."""

import json
from typing import Any

import pytest

from tests.dialects import talk
from tests.dialects.conftest import Configure
from tests.dialects.scripted_engines import script
from tests.dialects.talk import known_voiceprints
from tests.dialects.test_transcripts import BLOCKS, MERGE
from tests.faults import Answer, Asked, FaultServer
from tests.faults.answers import as_json
from tests.gateway_process import Gateway

TIMES = 10
LONG = talk.recording(TIMES)
LIMIT_S = 50.0
BYTES_PER_S = 32_000
DIARIZE = "/turns/v1/audio/diarization"
SPEAKING_S = {
    name: TIMES * sum(one["end"] - one["start"] for one in talk.TURNS if one["speaker"] == label)
    for label, name in talk.NAMES.items()
}


def heard(asked: Asked) -> bytes:
    file = asked.form["file"]
    assert isinstance(file, bytes)
    return file


def hear_turns(faults: FaultServer, most_bytes: int) -> None:
    """Script a diarizer that hears the talk, counts labels by first turn, and has a limit."""

    def respond(asked: Asked) -> Answer:
        file = heard(asked)
        if len(file) > most_bytes:
            return as_json({"error": {"message": "too large"}}, status=413)
        labels: dict[int, str] = {}
        segments = [
            {
                "start": start,
                "end": end,
                "speaker": labels.setdefault(sentence % 2, f"SPEAKER_{len(labels):02}"),
            }
            for start, end, sentence in talk.turns_in(file)
        ]
        return as_json({"segments": segments})

    faults.respond(DIARIZE, respond)


def merged(gateway: Gateway, **fields: str) -> Any:
    known = json.dumps(known_voiceprints(192))
    answer = gateway.post(
        MERGE,
        files={"file": ("long.wav", LONG)},
        data={"timeline": "[]", "known_voiceprints": known, **fields},
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


def speaking_s(answer: Any) -> dict[str, float]:
    """Return how long each name talks."""
    seconds: dict[str, float] = {}
    for turn in answer["segments"]:
        length = turn["end_s"] - turn["start_s"]
        seconds[turn["speaker"]] = seconds.get(turn["speaker"], 0.0) + length
    return seconds


@pytest.mark.parametrize(
    "limit", [{"TURNS_MAX_S": LIMIT_S}, {"TURNS_MAX_BYTES": int(LIMIT_S * BYTES_PER_S)}]
)
def test_labels_of_several_calls_are_linked_by_voices(
    configure: Configure, faults: FaultServer, limit: dict[str, float]
) -> None:
    turns = script(faults, "turns", "localai.diarization.json")
    voices = script(faults, "voices", "localai.voice-embed.json")
    hear_turns(faults, int(LIMIT_S * BYTES_PER_S) + 44)

    answer = merged(configure(turns, voices, **limit))

    assert speaking_s(answer) == pytest.approx(SPEAKING_S, rel=0.02)
    diarized = [asked for asked in faults.asked if asked.path == DIARIZE]
    assert len(diarized) >= len(LONG) / BYTES_PER_S / LIMIT_S
    assert not [asked for asked in diarized if len(heard(asked)) > LIMIT_S * BYTES_PER_S + 44]


def test_without_voices_labels_are_not_linked_and_a_warning_says_so(
    configure: Configure, faults: FaultServer
) -> None:
    turns = script(faults, "turns", "localai.diarization.json")
    words = script(faults, "words", "openai.text.json")
    hear_turns(faults, len(LONG))

    answer = configure(turns, words, TURNS_MAX_S=LIMIT_S).post(
        BLOCKS, files={"file": ("long.wav", LONG)}
    )

    codes = [one["code"] for one in answer.json()["warnings"]]
    assert "labels_not_linked" in codes


def test_a_limit_that_the_settings_do_not_know_is_found(
    configure: Configure, faults: FaultServer
) -> None:
    turns = script(faults, "turns", "localai.diarization.json")
    voices = script(faults, "voices", "localai.voice-embed.json")
    hear_turns(faults, int(0.7 * len(LONG)))

    answer = merged(configure(turns, voices))

    assert speaking_s(answer) == pytest.approx(SPEAKING_S, rel=0.02)
