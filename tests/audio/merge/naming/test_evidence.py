"""Names by the rule `evidence`."""

import json
from dataclasses import replace

import numpy as np
import pytest

from audio.merge.naming.acceptance import EvidenceRule
from audio.merge.naming.evidence import Naming, name_by_evidence
from audio.merge.values import (
    NO_VOICES,
    Embedding,
    Evidence,
    NamedSpeaker,
    Support,
    TimelineEntry,
    Voices,
)
from benchmarks.recorded_meetings import CLINIC as CLINIC_FOLDER
from benchmarks.recorded_meetings import Meeting
from tests.audio.merge.recordings import axis, diarization

CLINIC = Meeting(CLINIC_FOLDER)
SAM = NamedSpeaker("mic", "Sam", "mic_channel", axis(3))
EMBEDDINGS = {"A": axis(0), "B": axis(1)}
DIARIZED = diarization((0.0, 10.0, "A"), (10.0, 20.0, "B"), embeddings=EMBEDDINGS)
# As late as expected, so that the estimated offset removes exactly the delay.
FOLLOWING = [TimelineEntry(0.5, 10.5, "Ann"), TimelineEntry(10.5, 20.5, "Bob")]


def voices(**known: Embedding) -> Voices:
    return Voices(tuple(known), np.stack(list(known.values())))


def leaning(first: int, share: float, second: int) -> Embedding:
    """Return an embedding with this cosine to one axis, and the rest along the other."""
    leaning: Embedding = share * axis(first) + np.sqrt(1 - share**2) * axis(second)
    return leaning


def names(naming: Naming) -> list[str]:
    return [one.name for one in naming.speakers]


def evidence(naming: Naming, row: int = 0) -> Evidence:
    found = naming.speakers[row].evidence
    assert found is not None
    return found


def test_names_follow_the_timeline() -> None:
    naming = name_by_evidence(DIARIZED, FOLLOWING, NO_VOICES)

    assert names(naming) == ["Ann", "Bob"]
    assert naming.speakers[0].source == "visual"
    assert naming.speakers[0].overlap_confidence == 1.0
    assert naming.notices == ()


def test_the_offset_is_reported() -> None:
    late = [TimelineEntry(2.0, 12.0, "Ann"), TimelineEntry(12.0, 22.0, "Bob")]

    naming = name_by_evidence(DIARIZED, late, NO_VOICES)

    assert naming.timeline_offset_s == 2.0
    assert names(naming) == ["Ann", "Bob"]


def test_the_winner_carries_its_seconds_and_shares() -> None:
    brief = [
        TimelineEntry(0.5, 4.5, "Ann"),
        TimelineEntry(4.5, 6.5, "Bob"),
        TimelineEntry(6.5, 10.5, "Ann"),
    ]

    found = evidence(name_by_evidence(DIARIZED, [*brief, FOLLOWING[1]], NO_VOICES))

    assert found.winner == Support("Ann", exclusive_s=8.0, speaker_share=0.8, name_share=1.0)
    assert found.runner_up == Support("Bob", exclusive_s=2.0, speaker_share=0.2, name_share=0.1667)


def test_a_known_voice_carries_similarity_and_margin() -> None:
    known = voices(Ann=leaning(0, 0.8, 1), Bob=leaning(0, 0.3, 2))

    [ann] = name_by_evidence(diarization((0, 9, "A"), embeddings=EMBEDDINGS), [], known).speakers

    assert (ann.name, ann.source, ann.match_similarity) == ("Ann", "voiceprint", 0.8)
    assert ann.evidence is not None
    assert ann.evidence.winner == Support("Ann", 0.0, 0.0, 0.0, similarity=0.8, margin=0.5)


def test_a_tenth_of_a_second_of_timeline_does_not_win_over_a_voice() -> None:
    diarized = diarization((0.0, 10.0, "A"), embeddings=EMBEDDINGS)

    naming = name_by_evidence(diarized, [TimelineEntry(0.5, 0.6, "Ann")], voices(Bob=axis(0)))

    assert names(naming) == ["Bob"]


def test_a_share_of_seven_tenths_is_enough() -> None:
    shown = [
        TimelineEntry(0.5, 7.5, "Ann"),
        TimelineEntry(7.5, 10.5, "Bob"),
        TimelineEntry(10.5, 18.5, "Bob"),
    ]
    diarized = diarization((0.0, 10.0, "A"), (10.0, 18.0, "B"))
    rule = EvidenceRule(min_share=0.7)

    assert names(name_by_evidence(diarized, shown, NO_VOICES, rule=rule))[0] == "Ann"


def test_half_of_the_named_time_is_enough() -> None:
    talk = [(5.0 * at, 5.0 * at + 5.0, "AB"[at % 2]) for at in range(8)]
    shown = [
        TimelineEntry(5.0 * at + 0.5, 5.0 * at + 3.1, ["Ann", "Bob"][at % 2]) for at in range(8)
    ]
    held = [TimelineEntry(5.0 * at + 3.1, 5.0 * at + 5.5, "Cleo") for at in range(8)]

    naming = name_by_evidence(diarization(*talk), [*shown, *held], NO_VOICES)

    assert names(naming) == ["Ann", "Bob"]


def test_less_than_the_least_evidence_gives_no_name() -> None:
    diarized = diarization((0.0, 2.4, "A"), (3.0, 30.0, "B"))
    shown = [TimelineEntry(0.5, 2.9, "Ann"), TimelineEntry(3.5, 30.5, "Bob")]

    naming = name_by_evidence(diarized, shown, NO_VOICES)

    assert names(naming) == ["Unknown_0", "Bob"]
    assert evidence(naming).reason == "too_little_evidence"


def test_a_speaker_of_two_names_by_turns_is_ambiguous() -> None:
    shown = [
        TimelineEntry(float(at), at + 2.5, "Ann" if at % 2 else "Cleo") for at in (0, 3, 5, 8)
    ]

    naming = name_by_evidence(DIARIZED, [*shown, FOLLOWING[1]], NO_VOICES)

    assert names(naming) == ["Unknown_0", "Bob"]
    assert evidence(naming).reason == "ambiguous_timeline"


def test_a_name_shown_equally_for_all_speakers_names_none_of_them() -> None:
    naming = name_by_evidence(DIARIZED, [TimelineEntry(-5.0, 30.0, "Ann")], NO_VOICES)

    assert names(naming) == ["Unknown_0", "Unknown_1"]
    assert evidence(naming).reason == "ambiguous_timeline"


def test_the_reason_without_entries_and_known_voices_names_missing_evidence() -> None:
    naming = name_by_evidence(DIARIZED, [], NO_VOICES)

    assert evidence(naming) == Evidence(reason="no_evidence")
    assert naming.timeline_offset_s is None


def test_two_equally_similar_voices_are_ambiguous() -> None:
    diarized = diarization((0.0, 9.0, "A"), embeddings=EMBEDDINGS)
    known = voices(Ann=leaning(0, 0.80, 1), Bob=leaning(0, 0.78, 2))

    naming = name_by_evidence(diarized, [], known)

    assert names(naming) == ["Unknown_0"]
    assert evidence(naming).reason == "ambiguous_voice"


def test_the_timeline_decides_between_two_near_voices() -> None:
    known = voices(Ann=leaning(0, 0.80, 2), Cleo=leaning(0, 0.78, 3))

    naming = name_by_evidence(DIARIZED, FOLLOWING, known)

    assert names(naming) == ["Ann", "Bob"]


def test_a_near_voice_and_a_little_timeline_agree_on_a_name() -> None:
    diarized = diarization((0.0, 2.0, "A"), (2.0, 20.0, "B"), embeddings=EMBEDDINGS)
    known = voices(Ann=leaning(0, 0.80, 2), Cleo=leaning(0, 0.78, 3))
    shown = [TimelineEntry(0.5, 2.5, "Ann"), TimelineEntry(2.5, 20.5, "Bob")]

    assert names(name_by_evidence(diarized, shown, known)) == ["Ann", "Bob"]


def test_a_clear_voice_wins_over_a_little_timeline_and_that_is_reported() -> None:
    diarized = diarization((0.0, 3.0, "A"), (3.0, 20.0, "B"), embeddings=EMBEDDINGS)
    shown = [TimelineEntry(0.5, 3.5, "Ann"), TimelineEntry(3.5, 20.5, "Bob")]

    naming = name_by_evidence(diarized, shown, voices(Cleo=axis(0)))

    assert names(naming) == ["Cleo", "Bob"]
    assert evidence(naming).disagreement
    assert evidence(naming).runner_up == Support("Ann", 3.0, 1.0, 1.0)


def test_much_timeline_wins_over_a_faint_voice_and_that_is_reported() -> None:
    naming = name_by_evidence(DIARIZED, FOLLOWING, voices(Cleo=leaning(0, 0.5, 2)))

    assert names(naming) == ["Ann", "Bob"]
    assert evidence(naming).disagreement


def test_timeline_and_voice_of_one_name_do_not_disagree() -> None:
    naming = name_by_evidence(DIARIZED, FOLLOWING, voices(Ann=axis(0)))

    assert names(naming) == ["Ann", "Bob"]
    assert not evidence(naming).disagreement


def test_a_second_speaker_with_a_similar_voice_shares_the_name() -> None:
    embeddings = {"A": axis(0), "B": axis(1), "C": leaning(0, 0.9, 2)}
    diarized = diarization((0, 10, "A"), (10, 20, "B"), (20, 24, "C"), embeddings=embeddings)

    naming = name_by_evidence(diarized, [*FOLLOWING, TimelineEntry(20.5, 24.5, "Ann")], NO_VOICES)

    assert names(naming) == ["Ann", "Bob", "Ann"]
    assert evidence(naming, 2).shared_with == "A"
    assert naming.speakers[2].match_similarity == 0.9


def test_a_chain_of_similar_speakers_shares_only_the_name_of_the_named_one() -> None:
    embeddings = {"A": axis(0), "B": leaning(0, 0.71, 1), "C": leaning(1, 0.9, 2)}
    diarized = diarization((0, 10, "A"), (10, 13, "B"), (13, 14, "C"), embeddings=embeddings)
    shown = [TimelineEntry(0.5, 14.5, "Ann")]

    naming = name_by_evidence(diarized, shown, voices(Ann=axis(0)))

    assert names(naming) == ["Ann", "Ann", "Unknown_0"]


def test_a_speaker_with_a_similar_voice_has_its_own_name_with_more_evidence() -> None:
    embeddings = {"A": axis(0), "B": leaning(0, 0.5, 1)}
    diarized = diarization((0, 12, "A"), (12, 24, "B"), embeddings=embeddings)

    naming = name_by_evidence(
        diarized, [TimelineEntry(0.5, 12.5, "Ann"), TimelineEntry(12.5, 24.5, "Bob")], NO_VOICES
    )

    assert names(naming) == ["Ann", "Bob"]
    assert evidence(naming, 1).shared_with is None


def test_a_second_speaker_with_a_different_voice_is_not_given_the_name() -> None:
    embeddings = {"A": axis(0), "B": axis(1), "C": axis(2)}
    diarized = diarization((0, 10, "A"), (10, 20, "B"), (20, 23, "C"), embeddings=embeddings)

    naming = name_by_evidence(diarized, [*FOLLOWING, TimelineEntry(20.5, 23.5, "Ann")], NO_VOICES)

    assert names(naming) == ["Ann", "Bob", "Unknown_0"]


def test_two_speakers_with_the_voice_of_one_person_but_not_of_each_other_conflict() -> None:
    embeddings = {"A": leaning(0, 0.7, 1), "B": leaning(0, 0.6, 2)}
    diarized = diarization((0.0, 10.0, "A"), (10.0, 20.0, "B"), embeddings=embeddings)

    naming = name_by_evidence(diarized, [], voices(Ann=axis(0)))

    assert names(naming) == ["Ann", "Unknown_0"]
    assert evidence(naming, 1).reason == "conflict"


def test_a_timeline_no_better_than_chance_is_not_used() -> None:
    turns = [(3.0 * at, 3.0 * at + 3.0, "AB"[at % 2]) for at in range(12)]
    shown = [
        TimelineEntry(3.0 * at + 0.5, 3.0 * at + 3.5, ["Ann", "Bob"][at // 2 % 2])
        for at in range(12)
    ]

    naming = name_by_evidence(diarization(*turns), shown, NO_VOICES)

    assert names(naming) == ["Unknown_0", "Unknown_1"]
    assert naming.timeline_offset_s is None
    assert [notice.code for notice in naming.notices] == ["timeline_unusable"]


def test_the_local_users_own_tile_names_no_speaker_of_the_system_track() -> None:
    naming = name_by_evidence(DIARIZED, [TimelineEntry(0.5, 10.5, "Sam")], NO_VOICES, mic=SAM)

    assert names(naming) == ["Unknown_0", "Unknown_1"]
    assert naming.timeline_offset_s is None


def test_a_user_dialled_in_twice_is_identified_by_the_mics_embedding() -> None:
    diarized = diarization((0.0, 10.0, "A"), embeddings={"A": axis(3)})

    [sam] = name_by_evidence(diarized, [], NO_VOICES, mic=SAM).speakers

    assert (sam.name, sam.source) == ("Sam", "voiceprint")


def test_an_unnamed_speaker_does_not_take_a_name_that_was_shown() -> None:
    naming = name_by_evidence(DIARIZED, [TimelineEntry(0.5, 10.5, "Unknown_0")], NO_VOICES)

    assert names(naming) == ["Unknown_0", "Unknown_1"]


def test_speakers_keep_their_order_and_embeddings() -> None:
    diarized = diarization((0.0, 4.0, "C"), speakers=["A"], embeddings={"C": axis(0)})

    naming = name_by_evidence(diarized, [], NO_VOICES)

    assert [one.speaker for one in naming.speakers] == ["A", "C"]
    assert naming.speakers[1].embedding is diarized.embeddings["C"]


def test_without_speakers_no_names_are_given() -> None:
    assert (
        name_by_evidence(diarization(), [TimelineEntry(0.0, 1.0, "Ann")], NO_VOICES).speakers == ()
    )


def test_a_time_that_is_not_finite_is_refused() -> None:
    with pytest.raises(ValueError, match="times must be finite"):
        name_by_evidence(DIARIZED, [TimelineEntry(0.0, np.inf, "Ann")], NO_VOICES)


def talk_of_three() -> tuple[list[tuple[float, float, str]], list[TimelineEntry]]:
    """Return turns of three speakers, and the timeline that follows them."""
    lengths = [5.0, 7.0, 3.0, 9.0, 4.0, 8.0, 3.0, 6.0, 5.0, 7.0]
    talk, shown, now = [], [], 0.0
    for at, length in enumerate(lengths):
        who = (0, 1, 0, 2, 1, 0, 2, 1, 2, 0)[at]
        talk.append((now, now + length, "ABC"[who]))
        name = ("Ana Ruiz", "Ben Okoye", "Cleo Martin")[who]
        shown.append(TimelineEntry(now + 0.5, now + length + 0.5, name))
        now += length
    return talk, shown


def test_readings_of_one_name_are_one_person() -> None:
    talk, shown = talk_of_three()
    changed = [
        replace(entry, name="Ana") if entry.name == "Ana Ruiz" and entry.start > 20 else entry
        for entry in shown
    ]

    naming = name_by_evidence(diarization(*talk), changed, NO_VOICES)

    assert names(naming) == ["Ana Ruiz", "Ben Okoye", "Cleo Martin"]
    assert [one.name_readings for one in naming.speakers] == [("Ana",), (), ()]


def test_a_misread_name_is_the_speakers() -> None:
    talk, shown = talk_of_three()
    misread = [
        replace(entry, name="Ben 0koye") if entry.start == 5.5 else entry for entry in shown
    ]

    naming = name_by_evidence(diarization(*talk), misread, NO_VOICES)

    assert names(naming)[1] == "Ben Okoye"
    assert naming.speakers[1].name_readings == ("Ben 0koye",)


def test_two_people_of_one_name_stay_two() -> None:
    talk, shown = talk_of_three()
    twins = [
        replace(entry, name="Ana", person=entry.name)
        for entry in shown
        if entry.name != "Cleo Martin"
    ]

    naming = name_by_evidence(diarization(*talk), twins, NO_VOICES)

    assert names(naming) == ["Ana", "Ana (2)", "Unknown_0"]


def test_a_name_is_answered_as_the_library_spells_it() -> None:
    talk, shown = talk_of_three()
    lower = [replace(entry, name=entry.name.lower()) for entry in shown]
    known = voices(**{"Ben Okoye": axis(2)})

    naming = name_by_evidence(diarization(*talk, embeddings=EMBEDDINGS), lower, known)

    assert names(naming) == ["ana ruiz", "Ben Okoye", "cleo martin"]


def test_a_tile_and_a_voice_of_one_person_agree() -> None:
    diarized = diarization((0.0, 10.0, "A"), (10.0, 20.0, "B"), embeddings=EMBEDDINGS)
    shown = [replace(entry, name=entry.name.upper()) for entry in FOLLOWING]

    naming = name_by_evidence(diarized, shown, voices(Ann=axis(0)))

    assert naming.speakers[0].name == "Ann"
    assert naming.speakers[0].match_similarity == 1.0
    assert naming.speakers[0].name_readings == ("ANN",)


def test_another_reading_of_the_local_users_name_names_no_speaker() -> None:
    shown = [TimelineEntry(0.5, 10.5, "sam"), *FOLLOWING[1:]]

    assert names(name_by_evidence(DIARIZED, shown, NO_VOICES, mic=SAM)) == ["Unknown_0", "Bob"]


@pytest.mark.parametrize("late", [-600.0, -60.0, -20.0, 5.0, 20.0, 60.0, 600.0])
def test_a_timeline_with_another_zero_names_all(late: float) -> None:
    said = [(start, end, one.name) for one in CLINIC.utterances for start, end in one.speech]
    shown = [
        TimelineEntry(one["start"] + late, one["end"] + late, one["name"])
        for one in json.loads(CLINIC.timeline)
    ]

    naming = name_by_evidence(diarization(*said), shown, NO_VOICES)

    assert [one.name for one in naming.speakers] == [one.speaker for one in naming.speakers]
    assert naming.timeline_offset_s == pytest.approx(0.6 + late, abs=0.5)


def test_three_speakers_behind_a_rooms_name_all_bear_it() -> None:
    talk, shown = talk_of_three()
    room = [
        replace(entry, name="Room 4", room=True) if entry.name != "Ben Okoye" else entry
        for entry in shown
    ]

    naming = name_by_evidence(diarization(*talk), room, NO_VOICES)

    assert names(naming) == ["Room 4", "Ben Okoye", "Room 4"]
