"""The search for stored transcripts, for the API, the admin and the export."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThanOrEqual, LessThan

from voiceprints.models import Transcript, TranscriptSpeaker

_RECORDED = Coalesce("recorded_at", "created_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptSearch:
    """The conditions of a search; a transcript must meet all that are given.

    `since` and `until` use the time of recording, or if it is unknown the time of storing.
    """

    words: str = ""
    person: UUID | None = None
    recording: str = ""
    since: datetime | None = None
    until: datetime | None = None


def search_transcripts(search: TranscriptSearch) -> QuerySet[Transcript]:
    """Return the transcripts that meet the conditions."""
    found = Transcript.objects.all()
    if search.words:
        found = found.with_words(search.words)
    if search.person is not None:
        of_person = TranscriptSpeaker.objects.filter(person=search.person)
        found = found.filter(Exists(of_person.filter(transcript=OuterRef("pk"))))
    if search.recording:
        found = found.filter(recording_name__icontains=search.recording)
    if search.since is not None:
        found = found.filter(GreaterThanOrEqual(_RECORDED, search.since))
    if search.until is not None:
        found = found.filter(LessThan(_RECORDED, search.until))
    return found
