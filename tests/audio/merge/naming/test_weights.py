"""The weights of timeline and voice for every name of every speaker."""

import numpy as np

from audio.merge.naming.timeline_evidence import Timeline, read_timeline
from audio.merge.naming.weights import Weighed, weigh
from audio.merge.values import NO_VOICES, TimelineEntry, Voices
from tests.audio.merge.recordings import axis, diarization

DIARIZED = diarization(
    (0.0, 10.0, "A"),
    (10.0, 20.0, "B"),
    embeddings={"A": axis(0), "B": np.array([3.0, 4.0, 0.0, 0.0])},
)
FOLLOWING = [TimelineEntry(0.0, 10.0, "Ann"), TimelineEntry(10.0, 20.0, "Bob")]


def timeline_of(*entries: TimelineEntry) -> Timeline:
    return read_timeline(DIARIZED.speakers, DIARIZED.turns, entries)


def weighed(timeline: Timeline, voices: Voices = NO_VOICES) -> Weighed:
    return weigh(DIARIZED.speakers, DIARIZED, timeline, [voices], threshold=0.5)


def test_shares_are_of_the_speakers_time_and_of_the_names() -> None:
    brief = [
        TimelineEntry(0.0, 4.0, "Ann"),
        TimelineEntry(4.0, 6.0, "Bob"),
        TimelineEntry(6.0, 10.0, "Ann"),
    ]

    found = weighed(timeline_of(*brief, TimelineEntry(10.0, 20.0, "Bob")))

    assert found.speaker_share.tolist() == [[0.8, 0.2], [0.0, 1.0]]
    assert found.name_share[:, 0].tolist() == [1.0, 1.0]


def test_speakers_with_similar_voices_count_together_in_a_names_time() -> None:
    entries = [TimelineEntry(0.0, 10.0, "Ann"), TimelineEntry(10.0, 15.0, "Ann")]

    together = weighed(timeline_of(*entries))

    assert together.speaker_similarity.round(9).tolist() == [[1.0, 0.6], [0.6, 1.0]]
    assert together.name_share.tolist() == [[1.0], [1.0]]


def test_a_margin_is_over_the_next_persons_voice() -> None:
    known = Voices(("Ann", "Bob"), np.stack([axis(0), axis(1)]))

    found = weighed(timeline_of(), known)

    assert found.similarity.round(9).tolist() == [[1.0, 0.0], [0.6, 0.8]]
    assert found.margin.round(9).tolist() == [[1.0, -1.0], [-0.2, 0.2]]


def test_a_shown_name_without_a_known_voice_has_no_similarity() -> None:
    found = weighed(timeline_of(*FOLLOWING), Voices(("Ann",), axis(0)[None]))

    assert found.similarity[:, 1].tolist() == [-np.inf, -np.inf]


def test_only_the_two_nearest_voices_of_each_speaker_are_names() -> None:
    known = Voices(("Ann", "Bob", "Cleo"), np.stack([axis(0), axis(1), axis(2)]))

    assert weighed(timeline_of(), known).names == ("Ann", "Bob")


def test_without_entries_and_voices_the_names_are_empty() -> None:
    assert weighed(timeline_of()).total.shape == (2, 0)
