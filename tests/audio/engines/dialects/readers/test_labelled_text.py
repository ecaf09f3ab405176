"""Speakers' labels inside a transcript's text."""

import pytest

from audio.engines.dialects.readers.transcripts import read_labelled_text

LENGTH_S = 12.0


def spoken(answer: object) -> list[tuple[str, float, float]]:
    """Return the turns of an answer."""
    _, diarization = read_labelled_text(answer, LENGTH_S)
    return [(turn.speaker, turn.start, turn.end) for turn in diarization.turns]


def test_several_labels_in_one_segment_split_it() -> None:
    segment = {"start": 0, "end": 9, "text": "[S01]Hello. [S02]Hi"}

    assert spoken({"segments": [segment]}) == [("S01", 0.0, 6.3), ("S02", 6.3, 9.0)]


def test_the_text_has_no_labels() -> None:
    segment = {"start": 0, "end": 9, "text": "[S01]Hello. [S02]Hi"}

    transcription, _ = read_labelled_text(
        {"text": "[S01]Hello. [S02]Hi", "segments": [segment]}, 9
    )

    assert transcription.text == "Hello. Hi"


def test_a_label_holds_until_the_next_one_of_a_segment() -> None:
    segment = {"start": 0, "end": 9, "text": "Well. [S02]Hi there."}

    assert [speaker for speaker, *_ in spoken({"segments": [segment]})] == ["S02"]


def test_times_and_labels_of_one_text_are_read() -> None:
    assert spoken({"text": "[0.48][S01]Hello.[1.66][1.8][S02]Hi[2.5]"}) == [
        ("S01", 0.48, 1.66),
        ("S02", 1.8, 2.5),
    ]


def test_a_time_may_end_one_piece_and_begin_the_next() -> None:
    assert spoken({"text": "[0.5][S01]Hello.[1.5][S02]Hi[2.5]"}) == [
        ("S01", 0.5, 1.5),
        ("S02", 1.5, 2.5),
    ]


def test_what_is_before_the_first_header_is_dropped() -> None:
    transcription, _ = read_labelled_text({"text": "lo.[0.4][1.5][S02]Hi[2.5]"}, LENGTH_S)

    assert transcription.text == "Hi"


def test_an_open_last_piece_ends_with_the_recording_and_is_noted() -> None:
    transcription, diarization = read_labelled_text({"text": "[1.5][S02]Hi"}, LENGTH_S)

    assert (transcription.is_cut, diarization.turns[0].end) == (True, LENGTH_S)


def test_brackets_of_the_speech_stay_in_the_text() -> None:
    transcription, _ = read_labelled_text({"text": "[1.5][S02]Hi [sic] there[3]"}, LENGTH_S)

    assert transcription.text == "Hi [sic] there"


def test_labels_without_times_share_the_recording() -> None:
    assert spoken({"text": "[S01]Hello. [S02]Hi"}) == [("S01", 0.0, 8.4), ("S02", 8.4, 12.0)]


def test_a_text_without_labels_has_no_turns() -> None:
    transcription, diarization = read_labelled_text({"text": "Hello."}, LENGTH_S)

    assert (transcription.text, transcription.words, diarization.turns) == ("Hello.", (), ())


def test_a_piece_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(ValueError, match="an end is before its start"):
        read_labelled_text({"text": "[2.5][S01]Hello.[1.5]"}, LENGTH_S)
