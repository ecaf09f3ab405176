"""Engines' answers with one bad or missing fact, and what a client gets of the recording."""

import json
from typing import Any

import httpx
import pytest

from tests.engine_answers import DIARIZE, DIARIZE_TURNS, TRANSCRIBE
from tests.faults import FaultServer
from tests.gateway_process import Gateway
from tests.recordings import square_wave, wav

BLOCKS = "/api/audio/transcribe-with-speakers"
MERGE = "/api/audio/label-merge"
RECORDING = wav(square_wave(4000, 12.0))
TIMELINE = json.dumps(
    [{"start": 0, "end": 6, "name": "Ann"}, {"start": 6, "end": 12, "name": "Bob"}]
)
TURNS = ((0.0, 6.0, "Speaker_0"), (6.0, 12.0, "Speaker_1"))
Body = dict[str, Any]


def script_turns(faults: FaultServer, *turns: object, **answer: object) -> None:
    """Script a diarizer; a turn is a start, an end and a label."""
    keys = ("start_s", "end_s", "speaker")
    listed = [dict(zip(keys, turn, strict=True)) for turn in turns or TURNS]  # type: ignore[call-overload]
    body = {"duration": 12.0, "segments": listed, "speakers_detected": [], **answer}
    faults.answer(DIARIZE, body)
    faults.answer(DIARIZE_TURNS, body)


def script_words(faults: FaultServer, *words: object, **answer: object) -> None:
    """Script a recogniser; a word is a text, a start and an end, or any item of a list."""
    keys = ("word", "start", "end")
    listed = [
        dict(zip(keys, word, strict=True)) if isinstance(word, tuple) else word for word in words
    ]
    faults.answer(TRANSCRIBE, {"text": "", "words": listed, **answer})


def merged(gateway: Gateway) -> Body:
    """Return the answer of label-merge for a recording of 12 s."""
    data = {"timeline": TIMELINE, "transcribe": "true"}
    answer = gateway.post(MERGE, files={"file": RECORDING}, data=data)
    assert answer.status_code == 200, answer.text
    body: Body = answer.json()
    return body


def said(answer: Body) -> list[tuple[str, str]]:
    return [(block["speaker"], block["text"]) for block in answer["segments"]]


def warned(answer: Body) -> list[str]:
    return [warning["code"] for warning in answer.get("warnings", [])]


def transcribed(gateway: Gateway, form: str) -> httpx.Response:
    return gateway.post(TRANSCRIBE, files={"file": RECORDING}, data={"response_format": form})


def test_a_word_without_times_is_used_and_a_warning_says_so(
    scripted: Gateway, faults: FaultServer
) -> None:
    script_turns(faults)
    script_words(faults, ("room", 1.0, 1.4), {"word": "2266"}, ("please", 4.0, 4.4))

    answer = merged(scripted)

    assert said(answer) == [("Ann", "room 2266"), ("Ann", "please")]
    assert warned(answer) == ["word_times_estimated"]


def test_subtitles_carry_the_warning_in_a_header(scripted: Gateway, faults: FaultServer) -> None:
    script_words(faults, ("room", 1.0, 1.4), ("please", 4.0, None))

    answer = transcribed(scripted, "srt")

    assert answer.headers["x-warnings"].startswith("word_times_estimated: The engine gave no")


def test_complete_times_have_no_warning(scripted: Gateway, faults: FaultServer) -> None:
    script_turns(faults)
    script_words(faults, ("room", 1.0, 1.4), ("please", 8.0, 8.4))

    assert warned(merged(scripted)) == []


def test_a_duration_of_the_speech_alone_does_not_move_the_words(
    scripted: Gateway, faults: FaultServer
) -> None:
    script_words(faults, ("one", 1.0, 1.5), ("four", 9.0, 9.5), duration=6.5)

    answer = transcribed(scripted, "verbose_json").json()

    assert [cue["start"] for cue in answer["segments"]] == [1.0, 9.0]
    assert answer["duration"] == 12.0


def test_a_turn_that_ends_before_it_starts_is_left_out_and_a_warning_says_so(
    scripted: Gateway, faults: FaultServer
) -> None:
    script_turns(faults, *TURNS, (6.0001, 6.0, "Speaker_1"))
    script_words(faults, ("one", 1.0, 1.5), ("four", 9.0, 9.5))

    answer = merged(scripted)

    assert said(answer) == [("Ann", "one"), ("Bob", "four")]
    assert warned(answer) == ["turns_left_out"]


@pytest.mark.parametrize("missing", ["start_s", "end_s", "speaker"])
def test_a_turn_with_a_null_is_left_out(
    scripted: Gateway, faults: FaultServer, missing: str
) -> None:
    turns = [{"start_s": a, "end_s": b, "speaker": who} for a, b, who in TURNS]
    faults.answer(DIARIZE, {"segments": [*turns, {**turns[0], missing: None}]})

    answer = scripted.post("/api/audio/diarize-chunk", files={"file": RECORDING})

    assert len(answer.json()["segments"]) == 2
    assert warned(answer.json()) == ["turns_left_out"]


def test_speakers_with_numbers_for_labels_are_named(
    scripted: Gateway, faults: FaultServer
) -> None:
    turns = [(start, end, number) for number, (start, end, _) in enumerate(TURNS)]
    vectors = {"0": [1.0, 0.0], "1": [0.0, 1.0]}
    script_turns(faults, *turns, speakers_detected=[0, 1], fingerprints=vectors)
    script_words(faults, ("one", 1.0, 1.5), ("four", 9.0, 9.5))

    answer = merged(scripted)

    assert [(one["cluster"], one["name"]) for one in answer["speakers"]] == [
        ("0", "Ann"),
        ("1", "Bob"),
    ]
    assert answer["fingerprints"]["Bob"] == [0.0, 1.0]


def test_turns_whose_times_are_texts_are_read(scripted: Gateway, faults: FaultServer) -> None:
    script_turns(faults, *((str(a), str(b), who) for a, b, who in TURNS))
    script_words(faults, ("one", "1.0", "1.5"), ("four", "9.0", "9.5"))

    answer = merged(scripted)

    assert said(answer) == [("Ann", "one"), ("Bob", "four")]
    assert warned(answer) == []


def test_segments_without_words_are_blocks_under_their_own_turns(
    scripted: Gateway, faults: FaultServer
) -> None:
    script_turns(faults)
    segments = [
        {"start": 1.0, "end": 6.2, "text": "Good morning from here."},
        {"start": 6.2, "end": 9.0, "text": "Good morning."},
    ]
    faults.answer(TRANSCRIBE, {"text": "", "segments": segments})

    answer = merged(scripted)

    assert [(block["start_ms"], block["end_ms"]) for block in answer["segments"]] == [
        (1000, 6200),
        (6200, 9000),
    ]
    assert said(answer) == [("Ann", "Good morning from here."), ("Bob", "Good morning.")]
    assert warned(answer) == ["word_times_estimated"]


def test_segments_without_words_are_cues_with_their_own_times(
    scripted: Gateway, faults: FaultServer
) -> None:
    segments = [
        {"start": 1.0, "end": 3.5, "text": "Good morning"},
        {"start": 3.5, "end": 5.0, "text": "from here"},
    ]
    faults.answer(TRANSCRIBE, {"text": "Good morning from here", "segments": segments})

    answer = transcribed(scripted, "vtt")

    assert "00:00:01.000 --> 00:00:03.500\nGood morning\n" in answer.text
    assert "00:00:03.500 --> 00:00:05.000\nfrom here\n" in answer.text


def test_a_drawn_out_last_word_stays_with_its_speaker(
    scripted: Gateway, faults: FaultServer
) -> None:
    script_turns(faults, (0.0, 4.4, "Speaker_0"), (4.6, 12.0, "Speaker_1"))
    script_words(faults, ("the", 3.4, 3.8), ("cast.", 3.9, 6.54), ("Yeah.", 6.6, 7.0))

    answer = merged(scripted)

    assert said(answer) == [("Ann", "the cast."), ("Bob", "Yeah.")]
    assert answer["segments"][0]["end_ms"] == 4400


def test_words_without_any_speaker_are_a_warning(scripted: Gateway, faults: FaultServer) -> None:
    faults.answer(DIARIZE_TURNS, {"segments": [], "duration": 12.0})
    script_words(faults, ("one", 1.0, 1.5), text="one")

    answer = scripted.post(BLOCKS, files={"file": RECORDING}).json()

    assert said(answer) == [("Speaker_unknown", "one")]
    assert warned(answer) == ["no_speakers_found"]


def test_silence_without_any_speaker_has_no_warning(
    scripted: Gateway, faults: FaultServer
) -> None:
    faults.answer(DIARIZE_TURNS, {"segments": [], "duration": 12.0})
    script_words(faults)

    assert warned(scripted.post(BLOCKS, files={"file": RECORDING}).json()) == []


@pytest.mark.parametrize(
    "segments",
    [
        [{"start_s": 1.0, "end_s": 2.0}],
        [{"speaker": "Speaker_0"}],
        [{"start_s": "soon", "end_s": 2.0, "speaker": "Speaker_0"}],
        [7],
    ],
)
def test_turns_of_which_none_is_one_are_a_bad_answer(
    scripted: Gateway, faults: FaultServer, segments: object
) -> None:
    faults.answer(DIARIZE, {"segments": segments})

    answer = scripted.post("/api/audio/diarize-chunk", files={"file": RECORDING})

    assert answer.json()["error"]["code"] == "engine_bad_answer"
