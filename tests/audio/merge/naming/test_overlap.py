"""The rule overlap: names from the timeline, else from known voices."""

import numpy as np

from audio.merge.naming.overlap import OverlapRule, ShownName, find_shown_names, name_by_overlap
from audio.merge.values import NO_VOICES, NamedSpeaker, TimelineEntry, Voices
from tests.audio.merge.recordings import axis, diarization, turns

SAM = NamedSpeaker("mic", "Sam", "mic_channel", axis(3))


def test_confidence_is_at_most_1_when_entries_repeat() -> None:
    diarized = diarization((0.0, 10.0, "A"))

    [ann] = name_by_overlap(
        diarized, [TimelineEntry(0.0, 10.0, "Ann"), TimelineEntry(0.0, 10.0, "Ann")], NO_VOICES
    )

    assert ann.overlap_confidence == 1.0


def test_a_tenth_of_a_second_of_timeline_wins_over_a_voice_by_default() -> None:
    diarized = diarization((0.0, 10.0, "A"), embeddings={"A": axis(0)})

    [ann] = name_by_overlap(
        diarized, [TimelineEntry(0.0, 0.1, "Ann")], Voices(("Bob",), axis(0)[None])
    )

    assert (ann.name, ann.source) == ("Ann", "visual")


def test_a_label_outside_the_detected_ones_is_named_like_the_others() -> None:
    diarized = diarization(
        (0.0, 4.0, "C"), (4.0, 9.0, "A"), speakers=["A"], embeddings={"C": axis(0)}
    )

    named = name_by_overlap(diarized, [TimelineEntry(0.0, 4.0, "Cleo")], NO_VOICES)

    assert [(one.speaker, one.name) for one in named] == [("A", "Unknown_0"), ("C", "Cleo")]
    assert named[1].embedding is diarized.embeddings["C"]


def test_a_number_that_is_already_a_name_is_skipped() -> None:
    diarized = diarization((0.0, 4.0, "A"), (4.0, 9.0, "B"))

    named = name_by_overlap(diarized, [TimelineEntry(4.0, 9.0, "Unknown_0")], NO_VOICES)

    assert [one.name for one in named] == ["Unknown_1", "Unknown_0"]


def test_the_local_users_own_tile_names_no_speaker_of_the_system_track() -> None:
    diarized = diarization((0.0, 10.0, "A"))
    entries = [TimelineEntry(0.0, 9.0, "Sam"), TimelineEntry(0.0, 3.0, "Ann")]

    [ann] = name_by_overlap(diarized, entries, NO_VOICES, mic=SAM)

    assert (ann.name, ann.overlap_confidence) == ("Ann", 0.3)


def test_a_user_dialled_in_twice_is_identified_by_the_mics_embedding() -> None:
    diarized = diarization((0.0, 10.0, "A"), embeddings={"A": axis(3)})

    [sam] = name_by_overlap(diarized, [], NO_VOICES, mic=SAM)

    assert (sam.name, sam.source, sam.match_similarity) == ("Sam", "voiceprint", 1.0)


def test_the_callers_embedding_of_the_user_decides() -> None:
    diarized = diarization(
        (0.0, 5.0, "A"), (5.0, 9.0, "B"), embeddings={"A": axis(3), "B": axis(0)}
    )

    named = name_by_overlap(diarized, [], Voices(("Sam",), axis(0)[None]), mic=SAM)

    assert [one.name for one in named] == ["Unknown_0", "Sam"]


def test_a_known_embedding_of_the_user_of_another_length_is_ignored() -> None:
    diarized = diarization((0.0, 5.0, "A"), embeddings={"A": axis(3)})

    [sam] = name_by_overlap(diarized, [], Voices(("Sam",), np.ones((1, 2))), mic=SAM)

    assert sam.name == "Sam"


def test_an_unnamed_speaker_does_not_take_the_users_name() -> None:
    unnamed = NamedSpeaker("mic", "Unknown_0", "mic_channel")

    [speaker] = name_by_overlap(diarization((0.0, 5.0, "A")), [], NO_VOICES, mic=unnamed)

    assert speaker.name == "Unknown_1"


def test_a_share_exactly_at_min_overlap_is_enough() -> None:
    rule = OverlapRule(min_overlap=1 / 3)

    [ann] = name_by_overlap(
        diarization((0.0, 0.9, "A")), [TimelineEntry(0.6, 0.9, "Ann")], NO_VOICES, rule=rule
    )

    assert ann.name == "Ann"


def test_two_speakers_may_get_one_name() -> None:
    diarized = diarization((0.0, 5.0, "A"), (5.0, 9.0, "B"))

    named = name_by_overlap(diarized, [TimelineEntry(0.0, 9.0, "Ann")], NO_VOICES)

    assert [(one.speaker, one.name) for one in named] == [("A", "Ann"), ("B", "Ann")]


def test_entries_of_one_name_that_overlap_count_once() -> None:
    entries = [
        TimelineEntry(0.0, 6.0, "Ann"),
        TimelineEntry(2.0, 8.0, "Ann"),
        TimelineEntry(0.0, 6.0, "Ann"),
    ]

    assert find_shown_names(turns((0.0, 10.0, "A")), entries) == {"A": ShownName("Ann", 0.8)}


def test_a_name_repeated_often_does_not_beat_one_shown_longer() -> None:
    entries = [
        TimelineEntry(0.0, 4.0, "Ann"),
        TimelineEntry(0.0, 4.0, "Ann"),
        TimelineEntry(4.0, 9.0, "Bob"),
    ]

    assert find_shown_names(turns((0.0, 10.0, "A")), entries) == {"A": ShownName("Bob", 0.5)}


def test_a_tie_between_names_goes_to_the_one_shown_first() -> None:
    entries = [TimelineEntry(5.0, 10.0, "Bob"), TimelineEntry(0.0, 5.0, "Ann")]

    assert find_shown_names(turns((0.0, 10.0, "A")), entries) == {"A": ShownName("Ann", 0.5)}


def test_being_shown_before_the_speaker_talks_is_not_being_first() -> None:
    entries = [
        TimelineEntry(0.0, 5.0, "Ann"),
        TimelineEntry(5.0, 6.0, "Bob"),
        TimelineEntry(6.0, 7.0, "Ann"),
    ]

    assert find_shown_names(turns((5.0, 7.0, "A")), entries) == {"A": ShownName("Bob", 0.5)}


def test_a_tie_between_names_shown_together_goes_to_the_one_listed_first() -> None:
    entries = [TimelineEntry(0.0, 5.0, "Bob"), TimelineEntry(0.0, 5.0, "Ann")]

    assert find_shown_names(turns((0.0, 10.0, "A")), entries) == {"A": ShownName("Bob", 0.5)}


def test_equal_sums_in_binary_fractions_are_equal() -> None:
    entries = [
        TimelineEntry(0.0, 0.3, "Ann"),
        TimelineEntry(0.3, 0.4, "Bob"),
        TimelineEntry(0.4, 0.6, "Bob"),
    ]

    assert find_shown_names(turns((0.0, 0.6, "A")), entries)["A"].name == "Ann"


def test_an_entry_that_only_touches_a_turn_shows_no_name() -> None:
    assert find_shown_names(turns((1.0, 2.0, "A")), [TimelineEntry(2.0, 3.0, "Ann")]) == {}


def test_without_entries_no_name_is_shown() -> None:
    assert find_shown_names(turns((1.0, 2.0, "A")), []) == {}


def test_a_turn_without_length_shows_no_name() -> None:
    assert find_shown_names(turns((1.0, 1.0, "A")), [TimelineEntry(0.0, 3.0, "Ann")]) == {}


def test_two_voices_within_the_margin_give_no_name() -> None:
    diarized = diarization((0.0, 9.0, "A"), embeddings={"A": axis(0)})
    near = Voices(("Ann", "Bob"), np.stack([axis(0), axis(0) + 0.1 * axis(1)]))

    without, within = (
        name_by_overlap(diarized, [], near, rule=OverlapRule(min_margin=margin))[0].source
        for margin in (0.0, 0.05)
    )

    assert (without, within) == ("voiceprint", "unmatched")


def test_two_rows_of_one_person_have_no_margin_between_them() -> None:
    diarized = diarization((0.0, 9.0, "A"), embeddings={"A": axis(0)})
    one = Voices(("Ann", "Ann"), np.stack([axis(0), axis(0)]))

    [speaker] = name_by_overlap(diarized, [], one, rule=OverlapRule(min_margin=0.05))

    assert speaker.name == "Ann"
