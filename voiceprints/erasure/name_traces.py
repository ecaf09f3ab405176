"""The traces of a person's names in stored transcripts, which an erasure must replace.

The name and former names are searched everywhere. An alias counts only in transcripts in which the
person speaks: elsewhere it is most likely the name of another person.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db.models import F, Func, Prefetch, Q, QuerySet
from django.db.models.functions import Lower

from audio.merge.name_spelling import name_key
from voiceprints.models import Person, Transcript, TranscriptSpeaker
from voiceprints.models.transcripts import NAMES_IN_RESULT
from voiceprints.people.person_names import find_people_by_name
from voiceprints.transcripts.correction_history import transcripts_with_history_of
from voiceprints.transcripts.name_mentions import mentions_name, name_words

# Transcripts read at a time, to limit memory: their results may be large.
CHUNK_SIZE = 50
_COMPOSED = Func(F("recording_name"), template="normalize(%(expressions)s, NFC)")


@dataclass(frozen=True, slots=True)
class PersonNames:
    """The names of a person, and the keys of all other people's names.

    `full` holds the name and the former names that no other person has now; `possible` also holds
    the other former names and the aliases.
    """

    person: UUID
    full: frozenset[str]
    possible: frozenset[str]
    others: frozenset[str]

    @classmethod
    def of(cls, person: Person) -> "PersonNames":
        """Read the names of a person."""
        rest = Person.objects.exclude(pk=person.pk).order_by().values_list("name", flat=True)
        others = frozenset(map(name_key, rest.iterator()))
        former = {name for name in person.former_names if name_key(name) not in others}
        possible = {person.name, *person.former_names, *person.aliases}
        full = frozenset({person.name, *former})
        return cls(person.pk, full, frozenset(name for name in possible if name.strip()), others)

    def in_work_under_way(self) -> frozenset[str]:
        """Return the names for which work that ends now would be linked to this person alone."""
        return self.full | {
            name
            for name, person in find_people_by_name(self.possible).items()
            if person == self.person
        }


def speakers_named(names: PersonNames) -> QuerySet[TranscriptSpeaker]:
    """Return the person's speakers, and speakers with a full name and no person."""
    found = Q(person=names.person)
    # A hash index finds one name at a time.
    for name in names.full:
        found |= Q(person=None, lower=name_key(name))
    return TranscriptSpeaker.objects.alias(lower=Lower("name")).filter(found).order_by()


def transcripts_naming(names: PersonNames) -> QuerySet[Transcript]:
    """Return the transcripts whose results contain a full name."""
    transcripts = Transcript.objects.alias(names=NAMES_IN_RESULT).order_by()
    return transcripts.filter(names__overlap=[name_key(name) for name in names.full])


def transcripts_with_traces(names: PersonNames) -> set[UUID]:
    """Return the transcripts in which the person speaks, or a full name occurs, now or before."""
    return {
        *speakers_named(names).values_list("transcript", flat=True),
        *transcripts_naming(names).values_list("pk", flat=True),
        *_recordings_of(names.full),
        *transcripts_with_history_of(names.person, names.full),
    }


def iterate_transcripts(transcripts: Collection[UUID]) -> Iterator[Transcript]:
    """Yield the transcripts with the fields that contain names, reading a few at a time."""
    speakers = TranscriptSpeaker.objects.only("transcript", "label", "name", "person")
    found = Transcript.objects.filter(pk__in=transcripts).only("result", "recording_name")
    plain = found.order_by().prefetch_related(Prefetch("speakers", queryset=speakers))
    return plain.iterator(chunk_size=CHUNK_SIZE)


def names_in_transcript(names: PersonNames, transcript: Transcript) -> set[str]:
    """Return the person's names that occur in a transcript and are no other person's there."""
    speakers = list(transcript.speakers.all())
    own = [speaker for speaker in speakers if speaker.person_id == names.person]
    candidates = names.possible | _shown(transcript, own) if own else names.full
    linked = (one for one in speakers if one.person_id not in (None, names.person))
    taken = {*names.others, *(name_key(speaker.name) for speaker in linked)}
    return {name for name in candidates if name_key(name) not in taken}


def _recordings_of(names: Iterable[str]) -> Iterator[UUID]:
    recordings = Transcript.objects.alias(composed=_COMPOSED).order_by()
    for name in names:
        words = (Q(composed__icontains=word) for word in name_words(name))
        named = recordings.filter(*words).values_list("pk", "recording_name")
        yield from (pk for pk, text in named.iterator() if mentions_name(text, name))


def _shown(transcript: Transcript, own: Iterable[TranscriptSpeaker]) -> set[str]:
    """Return the present names of these speakers, and their names in the stored result."""
    labels = {speaker.label: speaker.name for speaker in own}
    stored = transcript.result.get("speakers", [])
    first_names = {one["name"] for one in stored if one["cluster"] in labels}
    return {*labels.values(), *first_names}
