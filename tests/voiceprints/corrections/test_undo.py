"""Tests of taking corrections back, in any sequence, to the first transcript and vectors."""

from contextlib import suppress
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.voiceprints.corrections.meetings import (
    ACTOR,
    State,
    allow,
    state_of,
    store_meeting,
    texts,
)
from tests.voiceprints.people import axis, consenting, voiceprint_of
from voiceprints.corrections.block_corrections import (
    change_block,
    join_blocks,
    split_block,
)
from voiceprints.corrections.correction_errors import (
    CorrectionRefused,
    HistoryErased,
    NothingToUndo,
)
from voiceprints.corrections.locked_rows import BlockReference
from voiceprints.corrections.speaker_corrections import merge_speakers, split_speaker
from voiceprints.corrections.undo import undo_correction
from voiceprints.erasure.person_erasure import erase_person
from voiceprints.erasure.person_merge import merge_people
from voiceprints.matching.speaker_lookup import SpeakerReference
from voiceprints.models import AuditEntry, Correction, Transcript, Voiceprint
from voiceprints.people.enrolment_errors import EnrolmentRefused
from voiceprints.people.registration import PersonDetails, update_person
from voiceprints.transcripts.speaker_reassignment import Reassignment, reassign_speaker

pytestmark = pytest.mark.django_db


def block(meeting: Transcript, n: int) -> BlockReference:
    """Return a block, counted round and round."""
    return BlockReference(meeting.pk, n % meeting.blocks.count())


def label(meeting: Transcript, n: int) -> str:
    """Return a label, counted round and round."""
    labels = sorted(meeting.speakers.values_list("label", flat=True))
    return labels[n % len(labels)]


def correct(meeting: Transcript, n: int, text: str) -> None:
    """Correct the text of a block."""
    change_block(block(meeting, n), text=text, check=allow, actor=ACTOR)


def give(meeting: Transcript, n: int, speaker: int) -> None:
    """Give a block to a speaker."""
    change_block(block(meeting, n), speaker=label(meeting, speaker), check=allow, actor=ACTOR)


def split(meeting: Transcript, n: int, word: int) -> None:
    """Split a block."""
    split_block(block(meeting, n), word, check=allow, actor=ACTOR)


def join(meeting: Transcript, n: int) -> None:
    """Join a block with the next."""
    join_blocks(block(meeting, n), check=allow, actor=ACTOR)


def merge(meeting: Transcript, speaker: int, into: int) -> None:
    """Merge two speakers."""
    merged = SpeakerReference(meeting.pk, label(meeting, speaker))
    merge_speakers(merged, label(meeting, into), check=allow, actor=ACTOR)


def split_off(meeting: Transcript, n: int) -> None:
    """Give a block of a speaker to a new one."""
    place = block(meeting, n).place
    found = meeting.blocks.order_by("position")[place]
    owner = SpeakerReference(meeting.pk, found.speaker.label)
    split_speaker(owner, [place], check=allow, actor=ACTOR)


def name(meeting: Transcript, speaker: int, name: str, enrol: bool = False) -> None:
    """Name a speaker."""
    asked = Reassignment(
        transcript_id=meeting.pk, label=label(meeting, speaker), name=name, enrol=enrol
    )
    reassign_speaker(asked, actor=ACTOR)


def undo(meeting: Transcript) -> Correction:
    """Take back the newest correction."""
    return undo_correction(meeting.pk, check=allow, actor=ACTOR)


def test_corrections_are_taken_back_in_order() -> None:
    meeting = store_meeting()
    correct(meeting, 4, "Good.")
    correct(meeting, 4, "Very good.")

    after = [(undo(meeting).number, texts(meeting)[4]) for _ in range(2)]

    assert after == [(2, "Good."), (1, "Fine.")]
    with pytest.raises(NothingToUndo):
        undo(meeting)


def test_a_name_that_is_taken_back_leaves_the_persons_voice() -> None:
    meeting, eva = store_meeting(LONG), consenting("Eva")
    own = voiceprint_of(eva, axis(1))
    before = state_of(meeting)
    name(meeting, 1, "Eva", enrol=True)
    assert eva.voiceprints.count() == 2

    undo(meeting)

    assert state_of(meeting) == before
    assert Voiceprint.objects.get() == own


def test_a_voice_that_was_enrolled_by_naming_the_speaker_again_is_taken_back() -> None:
    meeting, eva = store_meeting(LONG), consenting("Eva")
    name(meeting, 1, "Eva")
    name(meeting, 1, "Eva", enrol=True)

    undo(meeting)

    assert eva.voiceprints.count() == 0
    assert meeting.speakers.get(label="Speaker_1").person == eva


def test_a_name_comes_back_as_the_person_is_called_now() -> None:
    meeting, eva = store_meeting(), consenting("Eva")
    name(meeting, 1, "Eva")
    name(meeting, 1, "Ben")
    update_person(eva.pk, PersonDetails(name="Eva Brook"), actor=ACTOR, check=lambda _: None)

    undo(meeting)

    assert meeting.speakers.get(label="Speaker_1").name == "Eva Brook"


def test_a_name_comes_back_as_that_of_the_entry_the_person_was_merged_into() -> None:
    meeting, eva, evelyn = store_meeting(), consenting("Eva"), consenting("Evelyn")
    name(meeting, 1, "Eva")
    name(meeting, 1, "Ben")
    merge_people(eva.pk, evelyn.pk, actor=ACTOR)

    undo(meeting)

    assert meeting.speakers.get(label="Speaker_1").person == evelyn


def test_nothing_is_taken_back_after_a_person_was_erased() -> None:
    meeting, eva = store_meeting(), consenting("Eva")
    name(meeting, 1, "Eva")
    correct(meeting, 4, "Good.")
    erase_person(eva.pk, actor=ACTOR)

    with pytest.raises(HistoryErased, match="erased after the correction"):
        undo(meeting)


def test_what_is_corrected_after_the_erasure_is_taken_back() -> None:
    meeting, eva = store_meeting(), consenting("Eva")
    name(meeting, 1, "Eva")
    erase_person(eva.pk, actor=ACTOR)
    correct(meeting, 4, "Good.")

    undo(meeting)

    assert texts(meeting)[4] == "Fine."


def test_an_erasure_finds_a_person_whom_only_the_history_names() -> None:
    meeting, eva = store_meeting(), consenting("Eva Brook")
    name(meeting, 1, "Eva Brook")
    name(meeting, 1, "Ben")
    undo(meeting)
    undo(meeting)
    assert "eva brook" in str(Correction.objects.values())

    erase_person(eva.pk, actor=ACTOR)

    history = str(Correction.objects.values())
    assert "eva brook" not in history.casefold()
    assert str(eva.pk) not in history


def test_the_audit_of_taking_back_has_no_words() -> None:
    meeting = store_meeting()
    correct(meeting, 4, "Heliotrope.")

    undo(meeting)

    entry = AuditEntry.objects.filter(action="correction_undone").get()
    assert entry.detail == {"kind": "block", "number": 1, "block": 4}


LONG = [("Ana", "Good morning."), ("Unknown_0", "We " + "will " * 11 + "begin.")]

ENOUGH_FOR_A_VOICE_S = 4
PLACES = LABELS = st.integers(0, 30)
TEXTS = st.sampled_from(["", "Good morning.", "早上好 OK", "<i>Fine</i>.", "to all of you you"])
ACTIONS = st.one_of(
    st.tuples(st.just(correct), PLACES, TEXTS),
    st.tuples(st.just(give), PLACES, LABELS),
    st.tuples(st.just(split), PLACES, st.integers(1, 4)),
    st.tuples(st.just(join), PLACES),
    st.tuples(st.just(merge), LABELS, LABELS),
    st.tuples(st.just(split_off), PLACES),
    st.tuples(st.just(name), LABELS, st.sampled_from(["Ana", "Eva", "Ben"]), st.booleans()),
)


@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(actions=st.lists(ACTIONS, max_size=8))
def test_any_corrections_are_taken_back_to_the_first_transcript_and_the_first_vectors(
    actions: list[tuple[Any, ...]],
) -> None:
    with transaction.atomic():
        meeting = store_meeting(word_s=ENOUGH_FOR_A_VOICE_S)
        people = [consenting("Ana"), consenting("Eva"), consenting("Ben")]
        voiceprint_of(people[1], axis(1))
        passed = _act(meeting, actions)

        after = [_state_after_undo(meeting) for _ in passed]

        assert after == passed[::-1]
        with pytest.raises(NothingToUndo):
            undo(meeting)
        transaction.set_rollback(True)


def _act(meeting: Transcript, actions: list[tuple[Any, ...]]) -> list[State]:
    """Make the corrections that the transcript allows; return the state before each."""
    passed = []
    for action, *values in actions:
        before, count = state_of(meeting), meeting.corrections.count()
        with suppress(CorrectionRefused, EnrolmentRefused), transaction.atomic():
            action(meeting, *values)
        if meeting.corrections.count() > count:
            passed.append(before)
    return passed


def _state_after_undo(meeting: Transcript) -> State:
    undo(meeting)
    return state_of(meeting)
