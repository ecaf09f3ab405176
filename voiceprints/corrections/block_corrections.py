"""Corrections of blocks: text, speaker, split at a word, and join with the next block."""

from django.db import transaction
from django.db.models import QuerySet

from audio.merge.name_spelling import readable
from voiceprints.corrections.correction_errors import Uncorrectable
from voiceprints.corrections.locked_rows import (
    BlockReference,
    Check,
    find_block,
    insert_block,
    lock_transcript,
    recount_speech,
    save_block,
    with_speakers,
)
from voiceprints.matching.speaker_lookup import SpeakerReference, find_speaker
from voiceprints.models import Block, Correction, TranscriptSpeaker
from voiceprints.models.audit import Action
from voiceprints.models.corrections import CorrectionKind
from voiceprints.transcripts.block_words import (
    TimedWord,
    as_stored,
    joined,
    joined_text,
    machine_words,
    shown_words,
)
from voiceprints.transcripts.correction_history import (
    Before,
    Corrected,
    audit_correction,
    block_row,
    record_correction,
    speech_row,
)

LONGEST_TEXT = 100_000


@transaction.atomic
def change_block(
    block: BlockReference,
    *,
    text: str | None = None,
    speaker: str | None = None,
    check: Check,
    actor: str,
) -> Correction | None:
    """Correct the text of a block, or its speaker by label; None if both are so already.

    Raises
    ------
    TranscriptNotFound, BlockNotFound, SpeakerNotFound
    """
    lock_transcript(block.transcript_id, check)
    found = find_block(block)
    left, row = found.speaker, block_row(found)
    if speaker is not None:
        found.speaker = find_speaker(SpeakerReference(block.transcript_id, speaker))
    if text is not None:
        found.words = as_stored(machine_words(found))
        found.text = readable(text)
    if (found.text, found.speaker) == (row["text"], left):
        return None
    save_block(found, "text", "words", "speaker")
    counted = [left, found.speaker] if found.speaker != left else []
    about = Corrected(block=block.place, speaker=left.label, into=found.speaker.label)
    return _recorded(CorrectionKind.BLOCK, about, [row], counted, found, actor=actor)


def _recorded(
    kind: CorrectionKind,
    about: Corrected,
    rows: list[dict[str, object]],
    counted: list[TranscriptSpeaker],
    block: Block,
    *,
    added: tuple[int, ...] = (),
    actor: str,
) -> Correction:
    """Record a correction of blocks in the history and in the audit, and count speech anew."""
    before = Before(
        blocks=tuple(rows),
        added_blocks=added,
        speakers=tuple(map(speech_row, counted)),
    )
    recount_speech(counted)
    done = record_correction(block.transcript_id, kind, about, before, actor=actor)
    audit_correction(done, Action.TRANSCRIPT_CORRECTED, actor=actor)
    return done


@transaction.atomic
def split_block(block: BlockReference, word: int, *, check: Check, actor: str) -> Correction:
    """End a block before one of its words, with which a new block begins.

    Raises
    ------
    TranscriptNotFound, BlockNotFound
    Uncorrectable
        When no word of the block would be left in one of the two.
    """
    lock_transcript(block.transcript_id, check)
    first = find_block(block)
    words, row = shown_words(first), block_row(first)
    if not 0 < word < len(words):
        last = len(words) - 1
        expected = f"1 to {last}." if last > 0 else "a block of two words or more."
        raise Uncorrectable("word", expected)
    second = _cut(first, words, word)
    second.position = _between(first, word / len(words))
    save_block(first, "text", "words", "end_ms")
    insert_block(second)
    about, counted = Corrected(block=block.place, speaker=first.speaker.label), [first.speaker]
    return _recorded(
        CorrectionKind.SPLIT,
        about,
        [row],
        counted,
        first,
        added=(second.pk,),
        actor=actor,
    )


def _cut(block: Block, words: list[TimedWord], at: int) -> Block:
    """Shorten a block to its words before one of them; return the block of the rest."""
    head, tail = words[:at], words[at:]
    begin = min(max(tail[0].start_ms, block.start_ms), block.end_ms)
    engine = machine_words(block)
    cut = sum(1 for one in engine if one.start_ms + one.end_ms < 2 * begin)
    if engine == words:
        cut = at
    second = Block(
        transcript_id=block.transcript_id,
        speaker=block.speaker,
        start_ms=begin,
        end_ms=block.end_ms,
        text="".join(one.text for one in tail).strip(),
        words=as_stored(engine[cut:]),
    )
    block.end_ms = min(max(head[-1].end_ms, block.start_ms), block.end_ms)
    block.text = "".join(one.text for one in head).strip()
    block.words = as_stored(engine[:cut])
    return second


@transaction.atomic
def join_blocks(block: BlockReference, *, check: Check, actor: str) -> Correction:
    """Join a block with the next one; the speaker of the first remains.

    Raises
    ------
    TranscriptNotFound, BlockNotFound
    Uncorrectable
        When it is the last block, or the text would be too long.
    """
    lock_transcript(block.transcript_id, check)
    first = find_block(block)
    second = _next_block(first)
    rows = [block_row(first), block_row(second)]
    counted = list({one.pk: one for one in (first.speaker, second.speaker)}.values())
    first.text = joined_text(first.text, second.text)
    if len(first.text) > LONGEST_TEXT:
        raise Uncorrectable("n", f"blocks of at most {LONGEST_TEXT} characters together.")
    first.words = as_stored(joined(machine_words(first), machine_words(second)))
    first.start_ms = min(first.start_ms, second.start_ms)
    first.end_ms = max(first.end_ms, second.end_ms)
    second.delete()
    save_block(first, "text", "words", "start_ms", "end_ms")
    about = Corrected(block=block.place, speaker=first.speaker.label)
    return _recorded(CorrectionKind.JOIN, about, rows, counted, first, actor=actor)


def _next_block(block: Block) -> Block:
    for found in with_speakers(_behind(block))[:1]:
        return found
    raise Uncorrectable("n", "a block that is followed by another.")


def _between(block: Block, share: float) -> float:
    """Return a position at this share of the way to the next block."""
    position = block.position
    behind = _behind(block).order_by("position").values_list("position", flat=True).first()
    after = position + 1 if behind is None else behind
    between = position + (after - position) * share
    if not position < between < after:
        raise Uncorrectable("word", "a block that was split less often.")
    return between


def _behind(block: Block) -> QuerySet[Block]:
    return Block.objects.filter(transcript=block.transcript_id, position__gt=block.position)
