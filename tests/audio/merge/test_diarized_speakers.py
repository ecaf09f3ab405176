"""The speakers of a diarization, their time, and the limit of the engine."""

from audio.merge.diarized_speakers import check_speaker_limit, speakers_of, speaking_time
from audio.merge.values import (
    Diarization,
)
from tests.audio.merge.recordings import diarization, turns


def test_a_label_outside_the_detected_ones_is_a_speaker_after_them() -> None:
    diarized = diarization((0.0, 4.0, "C"), (4.0, 9.0, "A"), speakers=["A", "B"])

    assert speakers_of(diarized) == ("A", "B", "C")


def test_the_shortest_turn_counts_with_its_own_length() -> None:
    assert speaking_time(turns((0.0, 0.25, "A"), (2.0, 2.0, "A"), (3.0, 2.0, "B"))) == {
        "A": 0.25,
        "B": 0.0,
    }


def test_four_speakers_in_one_answer_give_a_warning() -> None:
    few, four = Diarization((), ("A",)), Diarization((), ("A", "B", "C", "D"))

    [notice] = check_speaker_limit(few, four)

    assert notice.code == "speaker_limit_reached"
    assert "found 4 speakers" in notice.message


def test_a_fourth_speaker_outside_the_detected_ones_counts() -> None:
    diarized = diarization((0.0, 1.0, "D"), speakers=["A", "B", "C"])

    assert len(check_speaker_limit(diarized)) == 1


def test_an_engine_that_found_more_has_another_limit() -> None:
    assert check_speaker_limit(Diarization((), ("A", "B", "C", "D", "E"))) == ()


def test_three_speakers_in_each_of_two_answers_give_no_warning() -> None:
    assert check_speaker_limit(Diarization((), ("A", "B", "C")), Diarization((), ("X", "Y"))) == ()
