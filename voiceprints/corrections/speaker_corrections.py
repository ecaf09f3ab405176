"""Corrections of speakers: two merged into one, and blocks given to a new speaker.

Speakers of one name are one speaker with several labels. Merging gives a speaker the name of
another, and that one the blocks; each label keeps its own embedding.
"""

from collections.abc import Collection, Iterable, Mapping
from itertools import count
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from audio.merge.name_spelling import name_key
from voiceprints.corrections.correction_errors import Uncorrectable
from voiceprints.corrections.locked_rows import (
    Check,
    lock_transcript,
    lock_with_people,
    namesakes,
    recount_speech,
)
from voiceprints.matching.speaker_lookup import SpeakerReference, find_speaker
from voiceprints.models import Block, Correction, TranscriptSpeaker
from voiceprints.models.audit import Action
from voiceprints.models.corrections import CorrectionKind
from voiceprints.models.transcripts import SpeakerSource
from voiceprints.people.erasure_marks import lock_names, work_marked
from voiceprints.transcripts.correction_history import (
    Before,
    Corrected,
    audit_correction,
    record_correction,
    speaker_row,
    speech_row,
)


@work_marked()
@transaction.atomic
def merge_speakers(
    speaker: SpeakerReference, into: str, *, check: Check, actor: str
) -> Correction:
    """Make a speaker, under all labels of its name, one with another, who gets the blocks.

    Raises
    ------
    TranscriptNotFound, SpeakerNotFound, TranscriptChanged
    Uncorrectable
        When both are one speaker already.
    """
    lock_names()
    target = SpeakerReference(speaker.transcript_id, into)
    lock_with_people(speaker.transcript_id, check, lambda: _people_of(speaker, target))
    merged, remaining = namesakes(find_speaker(speaker)), namesakes(find_speaker(target))
    if merged == remaining:
        raise Uncorrectable("into", "the label of another speaker than this one.")
    first = remaining[0]
    before = Before(
        speakers=(*map(speaker_row, merged), speech_row(first)), moved=_blocks_of(merged)
    )
    Block.objects.filter(speaker__in=merged).update(speaker=first)
    for one in merged:
        _rename(one, first)
    recount_speech([*merged, first])
    about = Corrected(speaker=speaker.label, into=into)
    return _recorded(speaker.transcript_id, CorrectionKind.MERGE_SPEAKERS, about, before, actor)


@transaction.atomic
def split_speaker(
    speaker: SpeakerReference, places: Collection[int], *, check: Check, actor: str
) -> Correction:
    """Give some blocks of a speaker to a new one, who has no name and no embedding.

    Raises
    ------
    TranscriptNotFound, SpeakerNotFound
    Uncorrectable
        When a block is not the speaker's, or no block would be left.
    """
    lock_transcript(speaker.transcript_id, check)
    owners = namesakes(find_speaker(speaker))
    own = _blocks_of(owners)
    chosen = _chosen_blocks(speaker.transcript_id, own, places)
    new, speech = _new_speaker(speaker.transcript_id), tuple(map(speech_row, owners))
    moved = {owner: [one for one in blocks if one in chosen] for owner, blocks in own.items()}
    before = Before(speakers=speech, added_speakers=(new.pk,), moved=moved)
    Block.objects.filter(pk__in=chosen).update(speaker=new)
    recount_speech([*owners, new])
    about = Corrected(speaker=speaker.label, into=new.label)
    return _recorded(speaker.transcript_id, CorrectionKind.SPLIT_SPEAKER, about, before, actor)


def _recorded(
    transcript_id: UUID, kind: CorrectionKind, about: Corrected, before: Before, actor: str
) -> Correction:
    done = record_correction(transcript_id, kind, about, before, actor=actor)
    audit_correction(done, Action.TRANSCRIPT_CORRECTED, actor=actor)
    return done


def _people_of(*speakers: SpeakerReference) -> Iterable[UUID]:
    """Return the people of the speakers, under all labels of their names."""
    found = [one for reference in speakers for one in namesakes(find_speaker(reference))]
    return {one.person_id for one in found if one.person_id is not None}


def _blocks_of(speakers: Iterable[TranscriptSpeaker]) -> dict[str, list[int]]:
    """Return the keys of the blocks of each speaker."""
    return {
        str(one.pk): list(one.blocks.order_by("position").values_list("pk", flat=True))
        for one in speakers
    }


def _chosen_blocks(
    transcript_id: UUID, own: Mapping[str, list[int]], places: Collection[int]
) -> set[int]:
    """Return the keys of the blocks at these places, of which some are left."""
    blocks = Block.objects.filter(transcript=transcript_id).order_by("position")
    keys = list(blocks.values_list("pk", flat=True))
    chosen = {keys[place] for place in places if place < len(keys)}
    owned = {key for blocks_of_one in own.values() for key in blocks_of_one}
    if len(chosen) < len(set(places)) or not chosen <= owned:
        raise Uncorrectable("blocks", "the places of blocks of this speaker.")
    if chosen == owned:
        raise Uncorrectable("blocks", "some of the speaker's blocks, not all.")
    return chosen


def _rename(speaker: TranscriptSpeaker, target: TranscriptSpeaker) -> None:
    """Give a speaker the name of another; an embedding of a person without consent is deleted."""
    people, now = (speaker.person, target.person), timezone.now()
    if any(one.has_consent_ended(now) for one in people if one is not None):
        speaker.embedding = speaker.space = None
    speaker.name, speaker.person, speaker.source = target.name, target.person, target.source
    speaker.save(update_fields=["name", "person", "source", "embedding", "space"])


def _new_speaker(transcript_id: UUID) -> TranscriptSpeaker:
    others = TranscriptSpeaker.objects.filter(transcript=transcript_id)
    labels = set(others.values_list("label", flat=True))
    names = {name_key(name) for name in others.values_list("name", flat=True)}
    return TranscriptSpeaker.objects.create(
        transcript_id=transcript_id,
        label=next(one for one in map("Speaker_{}".format, count()) if one not in labels),
        name=next(one for one in map("Unknown_{}".format, count()) if name_key(one) not in names),
        source=SpeakerSource.UNMATCHED,
    )
