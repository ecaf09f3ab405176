"""The history of a transcript's corrections: what each replaced, until a person is erased.

What a correction replaces is stored as rows of blocks and speakers, without embeddings, so that
these exist only where an erasure looks for them.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Max, Q

from audio.merge.name_spelling import name_key
from voiceprints.models import Block, Correction, Transcript, TranscriptSpeaker, audit
from voiceprints.models.audit import Action
from voiceprints.models.corrections import CorrectionKind

Row = dict[str, Any]
BLOCK_FIELDS = ("position", "start_ms", "end_ms", "text", "words")
SPEECH_FIELDS = ("speech_s", "samples")
NAME_FIELDS = ("name", "source")


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """The rows that a correction replaces, as they were, and the keys of those that it adds.

    `moved` are the blocks of each speaker who loses them.
    """

    blocks: tuple[Row, ...] = ()
    added_blocks: tuple[int, ...] = ()
    speakers: tuple[Row, ...] = ()
    added_speakers: tuple[int, ...] = ()
    moved: Mapping[str, list[int]] | None = None

    @classmethod
    def from_json(cls, stored: Row) -> "Before":
        """Read what a correction stores."""
        moved: Mapping[str, list[int]] | None = stored.get("moved")
        rest = {key: tuple(rows) for key, rows in stored.items() if key != "moved"}
        return cls(**rest, moved=moved)

    def to_json(self) -> Row:
        """Return what a correction stores."""
        fields = {name: getattr(self, name) for name in self.__slots__}
        return {name: value for name, value in fields.items() if value}

    @property
    def names(self) -> list[str]:
        """The keys of the names of the speakers."""
        return sorted({name_key(row["name"]) for row in self.speakers if "name" in row})

    @property
    def people(self) -> set[UUID]:
        """The people whom the speakers were linked to."""
        return {UUID(row["person"]) for row in self.speakers if row.get("person")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """What a correction is about: a block by its place, a speaker by label, and a person."""

    block: int | None = None
    speaker: str = ""
    into: str = ""
    person: UUID | None = None


def block_row(block: Block) -> Row:
    """Return a block as the history stores it."""
    fields = {name: getattr(block, name) for name in BLOCK_FIELDS}
    return {"pk": block.pk, "speaker": block.speaker_id, **fields}


def speech_row(speaker: TranscriptSpeaker) -> Row:
    """Return how much a speaker speaks, as the history stores it."""
    return {"pk": speaker.pk, **{name: getattr(speaker, name) for name in SPEECH_FIELDS}}


def speaker_row(speaker: TranscriptSpeaker) -> Row:
    """Return a speaker, without the embedding, as the history stores it.

    `voiceprints` are those that were enrolled from the speaker before.
    """
    person = None if speaker.person_id is None else str(speaker.person_id)
    names = {name: getattr(speaker, name) for name in NAME_FIELDS}
    enrolled = [str(one) for one in speaker.voiceprints.values_list("pk", flat=True)]
    return {**speech_row(speaker), **names, "person": person, "voiceprints": enrolled}


def record_correction(
    transcript_id: UUID, kind: CorrectionKind, about: Corrected, before: Before, *, actor: str
) -> Correction:
    """Add a correction to the history of a transcript that the caller has locked."""
    corrections = Correction.objects.filter(transcript=transcript_id)
    newest = corrections.aggregate(newest=Max("number"))["newest"] or 0
    people = before.people | ({about.person} if about.person else set())
    correction = Correction.objects.create(
        transcript_id=transcript_id,
        number=newest + 1,
        kind=kind,
        actor=actor,
        block=about.block,
        speaker=about.speaker,
        into=about.into,
        person_id=about.person,
        before=before.to_json(),
        names=before.names,
        people=sorted(people),
    )
    Transcript.objects.filter(pk=transcript_id).count_version()
    return correction


def audit_correction(correction: Correction, action: Action, *, actor: str) -> None:
    """Record in the audit what was corrected or taken back, without its words."""
    audit.record(
        actor,
        action,
        transcript=correction.transcript_id,
        kind=str(correction.kind),
        number=correction.number,
        block=correction.block,
    )


def transcripts_with_history_of(person: UUID, names: Iterable[str]) -> Iterator[UUID]:
    """Return the identifiers of transcripts whose history has a person or one of these names."""
    keys = [name_key(name) for name in names]
    found = Correction.objects.filter(Q(people__contains=[person]) | Q(names__overlap=keys))
    return found.order_by().values_list("transcript", flat=True).iterator()


def erase_history(transcripts: Collection[UUID]) -> None:
    """Erase what the corrections of these transcripts replaced, so that none can be taken back."""
    Correction.objects.filter(transcript__in=transcripts).update(
        before=None, names=[], people=[], person_id=None
    )


def move_history(source: UUID, target: UUID) -> None:
    """Replace a person by another in the history of transcripts that the caller has locked."""
    for correction in Correction.objects.filter(people__contains=[source]):
        if correction.person_id == source:
            correction.person_id = target
        if correction.before is not None:
            for row in correction.before.get("speakers", ()):
                if row.get("person") == str(source):
                    row["person"] = str(target)
        moved = {target if one == source else one for one in correction.people}
        correction.people = sorted(moved)
        correction.save(update_fields=["person_id", "before", "people"])
