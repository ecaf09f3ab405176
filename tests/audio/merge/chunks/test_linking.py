"""The linking of chunks' labels into speakers."""

from collections.abc import Mapping

import numpy as np
import pytest

from audio.merge.chunks.chunk_overlaps import Chunk
from audio.merge.chunks.constrained_clustering import LinkingRule
from audio.merge.chunks.linking import LinkedRecording, link_chunks
from audio.merge.values import Diarization, Embedding
from tests.audio.merge.recordings import axis, diarization, turns

Spoken = tuple[float, float, str]


def chunk(
    start: float, *spoken: Spoken, embeddings: Mapping[str, Embedding] | None = None
) -> Chunk:
    """Return a chunk of 100 s."""
    return Chunk(start, start + 100.0, diarization(*spoken, embeddings=embeddings))


def leaning(cosine: float) -> Embedding:
    """Return an embedding with this cosine to the first axis."""
    return np.array([cosine, np.sqrt(1 - cosine**2), 0.0, 0.0])


def speakers(linked: LinkedRecording) -> dict[str, str]:
    """Return the speakers by ``chunk label``."""
    return {f"{at} {label}": speaker for (at, label), speaker in linked.labels.items()}


def test_labels_with_similar_embeddings_are_one_speaker() -> None:
    first = chunk(0.0, (0.0, 5.0, "A"), (5.0, 9.0, "B"), embeddings={"A": axis(0), "B": axis(1)})
    second = chunk(
        200.0, (0.0, 5.0, "A"), (5.0, 9.0, "B"), embeddings={"A": axis(1), "B": axis(0)}
    )

    linked = link_chunks([first, second])

    assert speakers(linked) == {
        "0 A": "Speaker_0",
        "0 B": "Speaker_1",
        "1 A": "Speaker_1",
        "1 B": "Speaker_0",
    }


def test_turns_are_in_the_recordings_time_under_its_speakers() -> None:
    first = chunk(0.0, (7.0, 9.0, "B"), (1.0, 5.0, "A"), embeddings={"A": axis(0), "B": axis(1)})
    second = chunk(200.0, (0.0, 5.0, "B"), embeddings={"B": axis(0)})

    linked = link_chunks([first, second])

    assert linked.diarization.turns == turns(
        (1.0, 5.0, "Speaker_0"), (7.0, 9.0, "Speaker_1"), (200.0, 205.0, "Speaker_0")
    )
    assert linked.diarization.speakers == ("Speaker_0", "Speaker_1")


@pytest.mark.parametrize(("cosine", "found"), [(0.3, 1), (0.29, 2)])
def test_a_distance_of_seven_tenths_is_the_last_that_links(cosine: float, found: int) -> None:
    first = chunk(0.0, (0.0, 5.0, "A"), embeddings={"A": axis(0, 3.0)})
    second = chunk(200.0, (0.0, 5.0, "A"), embeddings={"A": leaning(cosine)})

    assert len(link_chunks([first, second]).diarization.speakers) == found


def test_labels_that_talk_at_the_same_time_are_two_speakers_at_any_similarity() -> None:
    only = chunk(0.0, (0.0, 5.0, "A"), (4.0, 9.0, "B"), embeddings={"A": axis(0), "B": axis(0)})

    assert speakers(link_chunks([only])) == {"0 A": "Speaker_0", "0 B": "Speaker_1"}


def test_labels_of_one_chunk_that_only_touch_may_be_one_speaker() -> None:
    only = chunk(0.0, (0.0, 5.0, "A"), (5.0, 9.0, "B"), embeddings={"A": axis(0), "B": axis(0)})

    assert set(link_chunks([only]).labels.values()) == {"Speaker_0"}


def test_a_label_of_two_people_does_not_link_them() -> None:
    two = {"A": axis(0), "B": axis(1)}
    first = chunk(0.0, (0.0, 5.0, "A"), (5.0, 9.0, "B"), embeddings=two)
    second = chunk(200.0, (0.0, 9.0, "A"), embeddings={"A": leaning(0.8)})

    linked = link_chunks([first, second])

    assert speakers(linked) == {"0 A": "Speaker_0", "0 B": "Speaker_1", "1 A": "Speaker_0"}


def test_people_whom_a_chunk_separates_are_one_where_only_one_is_requested() -> None:
    two = {"A": axis(0), "B": axis(1)}
    only = chunk(0.0, (0.0, 5.0, "A"), (5.0, 9.0, "B"), embeddings=two)

    linked = link_chunks([only], rule=LinkingRule(max_speakers=1))

    assert linked.diarization.speakers == ("Speaker_0",)


def test_a_recording_has_more_speakers_than_any_chunk() -> None:
    four = [(float(at), at + 1.0, f"Speaker_{at}") for at in range(4)]
    embeddings = [np.eye(8)[at : at + 4] for at in (0, 4)]
    first, second = [
        chunk(200.0 * at, *four, embeddings={f"Speaker_{i}": rows[i] for i in range(4)})
        for at, rows in enumerate(embeddings)
    ]

    linked = link_chunks([first, second])

    assert linked.diarization.speakers == tuple(f"Speaker_{at}" for at in range(8))


def test_labels_without_embeddings_are_linked_by_talking_at_the_same_moments() -> None:
    first = chunk(0.0, (91.0, 95.0, "A"), (96.0, 99.0, "B"))
    second = chunk(90.0, (1.0, 5.5, "X"), (6.0, 20.0, "Y"))

    linked = link_chunks([first, second])

    assert speakers(linked)["0 A"] == speakers(linked)["1 X"]
    assert linked.diarization.speakers == ("Speaker_0", "Speaker_1")


def test_agreement_links_a_chain_of_chunks_without_embeddings() -> None:
    first = chunk(0.0, (91.0, 98.0, "A"))
    second = chunk(90.0, (1.0, 8.0, "A"), (91.0, 98.0, "A"))
    third = chunk(180.0, (1.0, 8.0, "A"))

    assert set(link_chunks([first, second, third]).labels.values()) == {"Speaker_0"}


def test_agreement_of_a_half_takes_a_quarter_off_the_distance() -> None:
    # Both talk in 2 s of the 4 s in which either does: a distance of 0.9 becomes 0.675.
    first = chunk(0.0, (92.0, 95.0, "A"), embeddings={"A": axis(0)})
    second = chunk(90.0, (3.0, 6.0, "A"), embeddings={"A": leaning(0.1)})

    assert len(link_chunks([first, second]).diarization.speakers) == 1


def test_agreement_does_not_link_labels_that_are_not_similar() -> None:
    # Both talk in all of 6 s: a distance of 1.6 becomes 0.8.
    first = chunk(0.0, (92.0, 98.0, "A"), embeddings={"A": axis(0)})
    second = chunk(90.0, (2.0, 8.0, "A"), embeddings={"A": leaning(-0.6)})

    assert len(link_chunks([first, second]).diarization.speakers) == 2


def test_agreement_of_a_fifth_of_a_second_may_be_chance() -> None:
    first = chunk(0.0, (94.9, 95.1, "A"))
    second = chunk(90.0, (4.9, 5.1, "A"))

    assert len(link_chunks([first, second]).diarization.speakers) == 2


def test_agreement_of_half_a_second_links_labels_without_embeddings() -> None:
    first = chunk(0.0, (94.75, 95.25, "A"))
    second = chunk(90.0, (4.75, 5.25, "A"))

    assert len(link_chunks([first, second]).diarization.speakers) == 1


def test_agreement_does_not_link_two_labels_that_talk_at_the_same_time() -> None:
    first = chunk(0.0, (90.0, 100.0, "A"), (94.0, 96.0, "B"))
    second = chunk(90.0, (0.0, 10.0, "X"))

    linked = link_chunks([first, second])

    assert speakers(linked) == {"0 A": "Speaker_0", "0 B": "Speaker_1", "1 X": "Speaker_0"}


def test_overlapping_speech_does_not_count_as_agreement() -> None:
    both = {"A": axis(0), "B": axis(1)}
    first = chunk(0.0, (90.0, 100.0, "A"), (90.0, 100.0, "B"), embeddings=both)
    second = chunk(90.0, (0.0, 10.0, "B"), (0.0, 10.0, "A"), embeddings=both)

    linked = link_chunks([first, second])

    assert speakers(linked)["0 A"] == speakers(linked)["1 A"]
    assert speakers(linked)["0 B"] == speakers(linked)["1 B"]


def test_a_turn_over_the_border_of_two_chunks_is_one_turn() -> None:
    first = chunk(0.0, (80.0, 100.0, "A"))
    second = chunk(90.0, (0.0, 20.0, "B"))

    assert link_chunks([first, second]).diarization.turns == turns((80.0, 110.0, "Speaker_0"))


def test_a_label_that_talks_only_in_the_neighbours_time_is_ignored() -> None:
    first = chunk(0.0, (1.0, 2.0, "A"), (97.0, 98.0, "Blip"), embeddings={"Blip": axis(3)})

    linked = link_chunks([first, chunk(90.0)])

    assert linked.labels == {(0, "A"): "Speaker_0"}
    assert linked.diarization.embeddings == {}


def test_a_detected_label_without_turns_is_ignored() -> None:
    diarized = Diarization((), ("A",), {"A": axis(0)})

    assert link_chunks([Chunk(0.0, 9.0, diarized)]).labels == {}


def test_a_speakers_embedding_is_the_mean_by_speaking_time_at_length_1() -> None:
    first = chunk(0.0, (0.0, 4.0, "A"), embeddings={"A": axis(0, 9.0)})
    second = chunk(200.0, (0.0, 3.0, "A"), embeddings={"A": axis(1)})

    linked = link_chunks([first, second], rule=LinkingRule(cut=1.0))

    assert linked.diarization.embeddings["Speaker_0"].tolist() == [0.8, 0.6, 0.0, 0.0]


def test_embeddings_of_different_length_are_not_compared() -> None:
    first = chunk(0.0, (0.0, 4.0, "A"), embeddings={"A": np.ones(4)})
    second = chunk(200.0, (0.0, 3.0, "A"), embeddings={"A": np.ones(3)})

    assert len(link_chunks([first, second]).diarization.speakers) == 2


def test_a_zero_embedding_does_not_count() -> None:
    first = chunk(0.0, (0.0, 4.0, "A"), embeddings={"A": np.zeros(4)})
    second = chunk(200.0, (0.0, 4.0, "A"), embeddings={"A": np.zeros(4)})

    linked = link_chunks([first, second])

    assert len(linked.diarization.speakers) == 2
    assert linked.diarization.embeddings == {}


def test_a_number_of_speakers_can_be_requested() -> None:
    embeddings = {"A": axis(0), "B": axis(1), "C": leaning(0.2)}
    only = chunk(0.0, (0.0, 5.0, "A"), (5.0, 9.0, "B"), (9.0, 12.0, "C"), embeddings=embeddings)

    linked = link_chunks([only], rule=LinkingRule(min_speakers=2, max_speakers=2))

    assert speakers(linked) == {"0 A": "Speaker_0", "0 B": "Speaker_1", "0 C": "Speaker_1"}


def test_a_recording_is_as_long_as_its_last_chunk_and_names_all_models() -> None:
    diarized = Diarization((), (), models={"diarization": "sortformer"})

    linked = link_chunks([Chunk(0.0, 9.0, diarized), Chunk(8.0, 15.5, diarization())])

    assert (linked.diarization.duration, linked.diarization.models) == (
        15.5,
        {"diarization": "sortformer"},
    )


def test_without_chunks_the_recording_is_empty() -> None:
    linked = link_chunks([])

    assert (linked.diarization.turns, linked.labels) == ((), {})
    assert linked.diarization.duration == 0.0


@pytest.mark.parametrize(("longer", "shorter"), [("A", "X"), ("X", "A")])
def test_a_word_inside_a_long_turn_is_too_little_agreement(longer: str, shorter: str) -> None:
    # Both talk in 2 s of the 8 s in which either does.
    speech = {longer: (90.0, 98.0), shorter: (94.0, 96.0)}
    first = chunk(0.0, (*speech["A"], "A"))
    second = chunk(90.0, (speech["X"][0] - 90.0, speech["X"][1] - 90.0, "X"))

    assert len(link_chunks([first, second]).diarization.speakers) == 2


def test_labels_with_equal_embeddings_are_one_speaker_at_the_smallest_cut() -> None:
    similar = [chunk(at, (0.0, 5.0, "A"), embeddings={"A": axis(0)}) for at in (0.0, 200.0)]

    assert len(link_chunks(similar, rule=LinkingRule(cut=0.0)).diarization.speakers) == 1


def test_speakers_without_a_pause_between_them_agree_too() -> None:
    first = chunk(0.0, (10.0, 12.0, "B"), (90.0, 95.0, "A"), (95.0, 100.0, "B"))
    second = chunk(90.0, (0.0, 5.5, "X"), (5.5, 10.0, "Y"))

    linked = link_chunks([first, second])

    assert speakers(linked)["0 A"] == speakers(linked)["1 X"]
    assert speakers(linked)["0 B"] == speakers(linked)["1 Y"]


def test_two_fifths_of_agreement_link_labels_without_embeddings() -> None:
    first = chunk(0.0, (91.0, 96.0, "A"))
    second = chunk(90.0, (4.0, 6.0, "X"))

    assert len(link_chunks([first, second]).diarization.speakers) == 1


def test_speech_where_the_other_chunk_is_silent_agrees_with_no_label() -> None:
    first = chunk(0.0, (0.0, 5.0, "A"))
    second = chunk(90.0, (1.0, 9.0, "X"), (50.0, 60.0, "Y"))

    assert len(link_chunks([first, second]).diarization.speakers) == 3
    assert len(link_chunks([second, chunk(180.0, (50.0, 60.0, "Z"))]).diarization.speakers) == 3
