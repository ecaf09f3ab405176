"""Tests that only names are replaced in a stored result."""

from typing import Any

import pytest

from voiceprints.transcripts.result_names import name_replacer, replace_names

SUPPORT = {"name": "Yes", "exclusive_s": 2.0}
RESULT: dict[str, Any] = {
    "mode": "mono",
    "speakers": [
        {
            "cluster": "Yes",
            "name": "Yes",
            "source": "visual",
            "evidence": {"winner": SUPPORT, "runner_up": SUPPORT, "shared_with": "Yes"},
        }
    ],
    "segments": [{"start_ms": 0, "end_ms": 9, "speaker": "YES", "text": "Yes"}],
}


def test_every_name_is_replaced() -> None:
    result = replace_names(RESULT, name_replacer({"yes": "A"}))

    named = result["speakers"][0]
    assert (named["name"], result["segments"][0]["speaker"]) == ("A", "A")
    assert named["evidence"]["winner"] == named["evidence"]["runner_up"] == SUPPORT | {"name": "A"}


def test_labels_and_text_are_not_replaced() -> None:
    result = replace_names(RESULT, name_replacer({"yes": "A"}))

    named = result["speakers"][0]
    assert (named["cluster"], named["evidence"]["shared_with"]) == ("Yes", "Yes")
    assert result["segments"][0]["text"] == "Yes"


@pytest.mark.parametrize("name", ["Segments", "Mono", "visual", "Speakers", "Name", "text"])
def test_keys_and_modes_of_a_result_are_not_replaced(name: str) -> None:
    assert replace_names(RESULT, name_replacer({name: "A"})) == RESULT


def test_a_result_without_speakers_stays() -> None:
    assert replace_names({}, name_replacer({"Ana": "A"})) == {}


def test_the_readings_of_a_replaced_name_are_left_out() -> None:
    result = {"speakers": [{"cluster": "S", "name": "Ana Ruiz", "name_readings": ["Ana Rulz"]}]}

    replaced = replace_names(result, name_replacer({"ana ruiz": "A"}))

    assert replaced == {"speakers": [{"cluster": "S", "name": "A"}]}


def test_the_readings_of_another_name_stay() -> None:
    result = {"speakers": [{"cluster": "S", "name": "Ana Ruiz", "name_readings": ["Ana"]}]}

    assert replace_names(result, name_replacer({"ben": "B"})) == result
