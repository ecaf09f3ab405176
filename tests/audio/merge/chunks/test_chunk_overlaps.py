"""The turns of overlapping chunks."""

import pytest

from audio.merge.chunks.chunk_overlaps import Chunk, cut_turns, join_turns
from audio.merge.values import Turn
from tests.audio.merge.recordings import diarization, turns

NOBODY = diarization()


def times(spoken: list[Turn]) -> list[tuple[float, float]]:
    return [(turn.start, turn.end) for turn in spoken]


def test_the_border_of_two_chunks_is_the_middle_of_their_overlap() -> None:
    first = Chunk(0.0, 100.0, diarization((80.0, 100.0, "A")))
    second = Chunk(90.0, 190.0, diarization((0.0, 20.0, "B")))

    assert [times(own) for own in cut_turns([first, second])] == [[(80.0, 95.0)], [(95.0, 110.0)]]


def test_a_turn_in_the_neighbours_half_appears_once() -> None:
    first = Chunk(0.0, 100.0, diarization((96.0, 99.0, "A")))
    second = Chunk(90.0, 190.0, diarization((6.0, 9.0, "B")))

    assert [times(own) for own in cut_turns([first, second])] == [[], [(96.0, 99.0)]]


def test_chunks_with_a_gap_keep_all_their_turns() -> None:
    first = Chunk(0.0, 10.0, diarization((0.0, 10.2, "A")))
    second = Chunk(20.0, 30.0, diarization((0.0, 5.0, "A")))

    assert [times(own) for own in cut_turns([first, second])] == [[(0.0, 10.2)], [(20.0, 25.0)]]


def test_a_turn_without_length_is_left_out() -> None:
    assert cut_turns([Chunk(0.0, 10.0, diarization((3.0, 3.0, "A")))]) == [[]]


def test_a_turn_keeps_its_confidence() -> None:
    diarized = diarization((1.0, 2.0, "A"))

    assert cut_turns([Chunk(5.0, 9.0, diarized)]) == [list(turns((6.0, 7.0, "A")))]


@pytest.mark.parametrize("second", [Chunk(4.0, 30.0, NOBODY), Chunk(6.0, 9.0, NOBODY)])
def test_chunks_out_of_order_are_refused(second: Chunk) -> None:
    with pytest.raises(ValueError, match="in order"):
        cut_turns([Chunk(5.0, 10.0, NOBODY), second])


def test_adjacent_turns_of_one_speaker_are_joined() -> None:
    spoken = turns((0.0, 5.0, "A"), (5.0, 9.0, "A"), (9.0, 20.0, "A"))

    assert join_turns(spoken) == turns((0.0, 20.0, "A"))


def test_adjacent_turns_of_two_speakers_are_not_joined() -> None:
    spoken = turns((0.0, 5.0, "A"), (5.0, 9.0, "B"))

    assert join_turns(spoken) == spoken


def test_another_speaker_in_between_does_not_split_a_turn() -> None:
    spoken = turns((0.0, 5.0, "A"), (2.0, 3.0, "B"), (5.0, 9.0, "A"))

    assert join_turns(spoken) == turns((0.0, 9.0, "A"), (2.0, 3.0, "B"))


def test_turns_of_one_speaker_with_a_pause_are_not_joined() -> None:
    spoken = turns((0.0, 5.0, "A"), (5.1, 9.0, "A"))

    assert join_turns(spoken) == spoken


def test_a_turn_of_two_parts_has_the_confidence_of_the_longer() -> None:
    spoken = [Turn(0.0, 1.0, "A", 0.5), Turn(1.0, 9.0, "A", 0.75)]

    assert join_turns(spoken) == (Turn(0.0, 9.0, "A", 0.75),)


def test_chunks_may_start_or_end_together() -> None:
    diarized = diarization((0.0, 1.0, "A"))

    assert len(cut_turns([Chunk(0.0, 9.0, diarized), Chunk(0.0, 9.5, diarized)])) == 2
    assert len(cut_turns([Chunk(0.0, 9.0, diarized), Chunk(0.5, 9.0, diarized)])) == 2
