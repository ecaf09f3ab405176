"""Which name belongs to each speaker."""

import numpy as np

from audio.merge.diarized_speakers import speakers_of, speaking_time
from audio.merge.naming.name_embeddings import embeddings_by_name
from audio.merge.naming.overlap import OverlapRule, name_by_overlap
from audio.merge.values import NO_VOICES, NamedSpeaker, TimelineEntry, Voices
from tests.audio.merge.recordings import axis, diarization, turns

SAM = NamedSpeaker("mic", "Sam", "mic_channel", axis(3))


def test_confidence_is_at_most_1_when_hints_repeat() -> None:
    heard = diarization((0.0, 10.0, "A"))

    [ann] = name_by_overlap(
        heard, [TimelineEntry(0.0, 10.0, "Ann"), TimelineEntry(0.0, 10.0, "Ann")], NO_VOICES
    )

    assert ann.overlap_confidence == 1.0


def test_a_tenth_of_a_second_of_timeline_wins_over_a_voice_by_default() -> None:
    heard = diarization((0.0, 10.0, "A"), prints={"A": axis(0)})

    [ann] = name_by_overlap(
        heard, [TimelineEntry(0.0, 0.1, "Ann")], Voices(("Bob",), axis(0)[None])
    )

    assert (ann.name, ann.source) == ("Ann", "visual")


def test_a_label_outside_the_detected_ones_is_a_speaker_after_them() -> None:
    heard = diarization((0.0, 4.0, "C"), (4.0, 9.0, "A"), speakers=["A", "B"])

    assert speakers_of(heard) == ("A", "B", "C")


def test_a_label_outside_the_detected_ones_is_named_like_the_others() -> None:
    heard = diarization((0.0, 4.0, "C"), (4.0, 9.0, "A"), speakers=["A"], prints={"C": axis(0)})

    named = name_by_overlap(heard, [TimelineEntry(0.0, 4.0, "Cleo")], NO_VOICES)

    assert [(one.speaker, one.name) for one in named] == [("A", "Unknown_0"), ("C", "Cleo")]
    assert named[1].embedding is heard.embeddings["C"]


def test_a_number_that_somebody_bears_is_skipped() -> None:
    heard = diarization((0.0, 4.0, "A"), (4.0, 9.0, "B"))

    named = name_by_overlap(heard, [TimelineEntry(4.0, 9.0, "Unknown_0")], NO_VOICES)

    assert [one.name for one in named] == ["Unknown_1", "Unknown_0"]


def test_the_local_users_own_tile_names_nobody_on_the_system_track() -> None:
    heard = diarization((0.0, 10.0, "A"))
    entries = [TimelineEntry(0.0, 9.0, "Sam"), TimelineEntry(0.0, 3.0, "Ann")]

    [ann] = name_by_overlap(heard, entries, NO_VOICES, mic=SAM)

    assert (ann.name, ann.overlap_confidence) == ("Ann", 0.3)


def test_a_user_dialled_in_twice_is_known_by_the_mics_fingerprint() -> None:
    heard = diarization((0.0, 10.0, "A"), prints={"A": axis(3)})

    [sam] = name_by_overlap(heard, [], NO_VOICES, mic=SAM)

    assert (sam.name, sam.source, sam.match_similarity) == ("Sam", "voiceprint", 1.0)


def test_the_callers_print_of_the_user_decides() -> None:
    heard = diarization((0.0, 5.0, "A"), (5.0, 9.0, "B"), prints={"A": axis(3), "B": axis(0)})

    named = name_by_overlap(heard, [], Voices(("Sam",), axis(0)[None]), mic=SAM)

    assert [one.name for one in named] == ["Unknown_0", "Sam"]


def test_a_print_of_the_user_of_another_length_decides_nothing() -> None:
    heard = diarization((0.0, 5.0, "A"), prints={"A": axis(3)})

    [sam] = name_by_overlap(heard, [], Voices(("Sam",), np.ones((1, 2))), mic=SAM)

    assert sam.name == "Sam"


def test_an_unnamed_speaker_does_not_take_the_users_name() -> None:
    nobody = NamedSpeaker("mic", "Unknown_0", "mic_channel")

    [speaker] = name_by_overlap(diarization((0.0, 5.0, "A")), [], NO_VOICES, mic=nobody)

    assert speaker.name == "Unknown_1"


def test_a_third_is_enough_where_a_third_is_asked() -> None:
    rule = OverlapRule(min_overlap=1 / 3)

    [ann] = name_by_overlap(
        diarization((0.0, 0.9, "A")), [TimelineEntry(0.6, 0.9, "Ann")], NO_VOICES, rule=rule
    )

    assert ann.name == "Ann"


def test_two_speakers_of_one_name_both_stay() -> None:
    heard = diarization((0.0, 5.0, "A"), (5.0, 9.0, "B"))

    named = name_by_overlap(heard, [TimelineEntry(0.0, 9.0, "Ann")], NO_VOICES)

    assert [(one.speaker, one.name) for one in named] == [("A", "Ann"), ("B", "Ann")]


def test_prints_of_one_name_are_averaged_by_speaking_time() -> None:
    named = [
        NamedSpeaker("A", "Ann", "visual", axis(0, 10.0)),
        NamedSpeaker("B", "Ann", "visual", axis(1)),
    ]

    by_name = embeddings_by_name(named, turns((0.0, 3.0, "B"), (3.0, 7.0, "A")))

    assert by_name["Ann"].tolist() == [0.8, 0.6, 0.0, 0.0]


def test_the_shortest_turn_counts_with_its_own_length() -> None:
    assert speaking_time(turns((0.0, 0.25, "A"), (2.0, 2.0, "A"), (3.0, 2.0, "B"))) == {
        "A": 0.25,
        "B": 0.0,
    }


def test_a_print_without_speaking_time_does_not_count_beside_one_with() -> None:
    named = [
        NamedSpeaker("A", "Ann", "visual", axis(0)),
        NamedSpeaker("B", "Ann", "visual", axis(1)),
    ]

    assert embeddings_by_name(named, turns((0.0, 3.0, "B")))["Ann"].tolist() == [0, 1, 0, 0]


def test_prints_of_one_name_without_speaking_time_weigh_the_same() -> None:
    named = [
        NamedSpeaker("A", "Ann", "visual", axis(0)),
        NamedSpeaker("B", "Ann", "visual", axis(0)),
    ]

    assert embeddings_by_name(named, [])["Ann"].tolist() == [1.0, 0.0, 0.0, 0.0]


def test_the_print_of_a_single_speaker_is_the_engines_own() -> None:
    given = axis(0, 0.3)

    by_name = embeddings_by_name([NamedSpeaker("A", "Ann", "visual", given)], [])

    assert by_name["Ann"] is given


def test_of_prints_of_two_lengths_under_one_name_the_first_is_averaged_alone() -> None:
    named = [
        NamedSpeaker("A", "Ann", "visual", axis(0)),
        NamedSpeaker("B", "Ann", "visual", np.ones(2)),
    ]

    assert embeddings_by_name(named, [])["Ann"].tolist() == [1.0, 0.0, 0.0, 0.0]
