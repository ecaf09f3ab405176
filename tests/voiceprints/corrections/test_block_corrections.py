"""Tests of correcting blocks: text, speaker, split and join."""

import pytest

from tests.voiceprints.corrections.meetings import ACTOR, allow, store_meeting, texts
from voiceprints.corrections.block_corrections import (
    change_block,
    join_blocks,
    split_block,
)
from voiceprints.corrections.correction_errors import BlockNotFound, Uncorrectable
from voiceprints.corrections.locked_rows import BlockReference
from voiceprints.models import AuditEntry, Block, Transcript
from voiceprints.transcripts.block_words import doubtful_parts, machine_text, shown_words
from voiceprints.transcripts.transcript_rendering import render_transcript_json, stored_cues

pytestmark = pytest.mark.django_db


def correct(meeting: Transcript, n: int, **change: str) -> Block:
    """Correct a block and return it."""
    change_block(BlockReference(meeting.pk, n), **change, check=allow, actor=ACTOR)
    return meeting.blocks.order_by("position")[n]


def test_the_corrected_text_is_exported_and_the_engines_stays_underneath() -> None:
    meeting = store_meeting()

    block = correct(meeting, 0, text="Good morning to all of you.")

    assert machine_text(block) == "Good mourning to all of you."
    assert stored_cues(meeting)[0].text == block.text == "Good morning to all of you."
    assert render_transcript_json(meeting)["segments"][0]["text"] == block.text


def test_a_search_finds_the_corrected_words_and_no_longer_the_others() -> None:
    correct(store_meeting(), 0, text="Good morning to all of you.")

    found = [Block.objects.with_words(word).count() for word in ("morning", "mourning")]

    assert found == [1, 0]


def test_markup_is_text_and_lines_are_joined() -> None:
    block = correct(store_meeting(), 0, text="<b>Bold</b>\n\n9\n00:00 --> 00:01\nx")

    assert block.text == "<b>Bold</b> 9 00:00 --> 00:01 x"


def test_words_of_a_corrected_text_keep_the_times_of_those_they_stand_for() -> None:
    block = correct(store_meeting(), 0, text="Good morning to you two.")

    words = [(one.text.strip(), one.start_ms, one.is_estimated) for one in shown_words(block)]

    assert words == [
        ("Good", 0, False),
        ("morning", 1000, False),
        ("to", 2000, False),
        ("you", 5000, False),
        ("two.", 6000, True),
    ]


def test_a_block_goes_to_another_speaker_whose_speech_is_counted() -> None:
    meeting = store_meeting()

    block = correct(meeting, 4, speaker="Speaker_0")

    assert (block.speaker.name, block.speaker.speech_s) == ("Ana", 6 + 3 + 1)
    assert meeting.speakers.get(label="Speaker_1").speech_s == 5


def test_a_correction_that_changes_nothing_is_not_recorded() -> None:
    meeting = store_meeting()

    correct(meeting, 4, text="Fine.", speaker="Speaker_1")

    assert meeting.corrections.count() == 0


def test_a_block_is_split_at_a_word() -> None:
    meeting = store_meeting()

    split_block(BlockReference(meeting.pk, 0), 2, check=allow, actor=ACTOR)

    first, second = meeting.blocks.order_by("position")[:2]
    assert (first.text, first.end_ms, machine_text(first)) == (
        "Good mourning",
        2000,
        "Good mourning",
    )
    assert (second.text, second.start_ms, second.end_ms) == ("to all of you.", 2000, 6000)
    assert texts(meeting)[2:] == [
        "Hello Ana, shall we begin?",
        "今天早上好",
        "Yes, of course.",
        "Fine.",
    ]


def test_a_sentence_without_spaces_is_split_between_its_signs() -> None:
    meeting = store_meeting()

    split_block(BlockReference(meeting.pk, 2), 2, check=allow, actor=ACTOR)

    assert texts(meeting)[2:4] == ["今天", "早上好"]


def test_a_corrected_block_is_split_with_the_engines_words_of_that_time() -> None:
    meeting = store_meeting()
    correct(meeting, 0, text="Good morning to you two.")

    split_block(BlockReference(meeting.pk, 0), 3, check=allow, actor=ACTOR)

    first, second = meeting.blocks.order_by("position")[:2]
    assert (first.text, machine_text(first)) == ("Good morning to", "Good mourning to all of")
    assert (second.text, machine_text(second)) == ("you two.", "you.")


@pytest.mark.parametrize("word", [0, 6, 99])
def test_a_split_leaves_a_word_in_both_blocks(word: int) -> None:
    meeting = store_meeting()

    with pytest.raises(Uncorrectable, match=r"word: expected 1 to 5\."):
        split_block(BlockReference(meeting.pk, 0), word, check=allow, actor=ACTOR)


def test_blocks_are_joined_under_the_first_speaker() -> None:
    meeting = store_meeting()

    join_blocks(BlockReference(meeting.pk, 0), check=allow, actor=ACTOR)

    joined = meeting.blocks.earliest("position")
    assert joined.text == machine_text(joined)
    assert joined.text == "Good mourning to all of you. Hello Ana, shall we begin?"
    assert (joined.start_ms, joined.end_ms, joined.speaker.name) == (0, 15_000, "Ana")
    assert texts(meeting)[1:] == ["今天早上好", "Yes, of course.", "Fine."]


def test_the_last_block_cannot_be_joined() -> None:
    meeting = store_meeting()

    with pytest.raises(Uncorrectable, match="followed by another"):
        join_blocks(BlockReference(meeting.pk, 4), check=allow, actor=ACTOR)


def test_a_missing_block_is_refused() -> None:
    with pytest.raises(BlockNotFound):
        correct(store_meeting(), 5, text="x")


def test_the_audit_has_the_place_and_never_the_words() -> None:
    meeting = store_meeting()

    correct(meeting, 0, text="Heliotrope.")

    entry = AuditEntry.objects.filter(action="transcript_corrected").get()
    assert (entry.transcript_id, entry.detail["block"]) == (meeting.pk, 0)
    assert "eliotrope" not in str(AuditEntry.objects.values())


def test_a_block_that_was_stored_without_words_is_corrected_and_split() -> None:
    meeting = store_meeting()
    meeting.blocks.update(words=None)

    correct(meeting, 4, text="Fine with me.")
    split_block(BlockReference(meeting.pk, 4), 1, check=allow, actor=ACTOR)

    assert texts(meeting)[4:] == ["Fine", "with me."]
    assert [machine_text(one) for one in meeting.blocks.order_by("position")][4:] == ["Fine.", ""]


def test_a_corrected_word_has_no_confidence_and_the_others_keep_theirs() -> None:
    block = correct(store_meeting(), 0, text="Good morning to all of us.")

    assert [one.confidence for one in shown_words(block)] == [1.0, None, 0.8, 0.7, 0.6, None]
    assert block.lowest_confidence == 0.6


def test_both_parts_of_a_split_block_have_the_least_confidence_of_their_words() -> None:
    meeting = store_meeting()

    split_block(BlockReference(meeting.pk, 0), 3, check=allow, actor=ACTOR)

    lowest = meeting.blocks.order_by("position").values_list("lowest_confidence", flat=True)
    assert list(lowest)[:2] == [0.8, 0.5]


def test_doubtful_words_are_apart_from_the_text_around_them() -> None:
    block = correct(store_meeting(), 0, text="Good morning to  all of you.")

    parts = [(part.text, part.word is not None) for part in doubtful_parts(block, 0.75)]

    assert parts == [
        ("Good morning to ", False),
        ("all", True),
        (" ", False),
        ("of", True),
        (" ", False),
        ("you.", True),
    ]
