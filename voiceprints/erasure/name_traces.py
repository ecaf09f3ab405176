"""Where does somebody's name stand, and which of the names that stand there are that person's?

Names in force and former names are looked for everywhere. An alias counts only where the person
speaks: elsewhere it is most likely somebody else's name.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db.models import F, Func, Prefetch, Q, QuerySet
from django.db.models.functions import Lower

from audio.merge.name_spelling import name_key
from voiceprints.models import Person, Transcript, TranscriptSpeaker
from voiceprints.models.transcripts import NAMES_IN_RESULT
from voiceprints.transcripts.name_mentions import mentions_name, name_words

# Results of so many transcripts are in memory at once.
AT_ONCE = 50
_COMPOSED = Func(F("recording_name"), template="normalize(%(expressions)s, NFC)")


@dataclass(frozen=True, slots=True)
class PersonNames:
    """What somebody is called, and the keys of what everybody else is called.

    `full` are the name and former names that nobody else has by now, `possible` all there ever
    were, aliases too.
    """

    person: UUID
    full: frozenset[str]
    possible: frozenset[str]
    others: frozenset[str]

    @classmethod
    def of(cls, person: Person) -> "PersonNames":
        """The names of a person as they are now."""
        rest = Person.objects.exclude(pk=person.pk).order_by().values_list("name", flat=True)
        others = frozenset(map(name_key, rest.iterator()))
        former = {name for name in person.former_names if name_key(name) not in others}
        possible = {person.name, *person.former_names, *person.aliases}
        full = frozenset({person.name, *former})
        return cls(person.pk, full, frozenset(name for name in possible if name.strip()), others)


def speakers_named(names: PersonNames) -> QuerySet[TranscriptSpeaker]:
    """The person's speakers, and those of that name who are linked to nobody."""
    found = Q(person=names.person)
    # An index by hash finds one name at a time.
    for name in names.full:
        found |= Q(person=None, lower=name_key(name))
    return TranscriptSpeaker.objects.alias(lower=Lower("name")).filter(found).order_by()


def transcripts_naming(names: PersonNames) -> QuerySet[Transcript]:
    """The transcripts that named the person when they were kept, or considered to."""
    kept = Transcript.objects.alias(names=NAMES_IN_RESULT).order_by()
    return kept.filter(names__overlap=[name_key(name) for name in names.full])


def transcripts_with_traces(names: PersonNames) -> set[UUID]:
    """Where the person spoke, and where the name stands without being linked."""
    return {
        *speakers_named(names).values_list("transcript", flat=True),
        *transcripts_naming(names).values_list("pk", flat=True),
        *_recordings_of(names.full),
    }


def iterate_transcripts(transcripts: Collection[UUID]) -> Iterator[Transcript]:
    """The transcripts with what has names in it, a few at a time."""
    speakers = TranscriptSpeaker.objects.only("transcript", "label", "name", "person")
    found = Transcript.objects.filter(pk__in=transcripts).only("result", "recording_name")
    plain = found.order_by().prefetch_related(Prefetch("speakers", queryset=speakers))
    return plain.iterator(chunk_size=AT_ONCE)


def names_in_transcript(names: PersonNames, transcript: Transcript) -> set[str]:
    """The person's names in a transcript: none that anybody else is called, here or by now."""
    speakers = list(transcript.speakers.all())
    own = [speaker for speaker in speakers if speaker.person_id == names.person]
    called = names.possible | _shown(transcript, own) if own else names.full
    linked = (one for one in speakers if one.person_id not in (None, names.person))
    taken = {*names.others, *(name_key(speaker.name) for speaker in linked)}
    return {name for name in called if name_key(name) not in taken}


def _recordings_of(names: Iterable[str]) -> Iterator[UUID]:
    recordings = Transcript.objects.alias(composed=_COMPOSED).order_by()
    for name in names:
        words = (Q(composed__icontains=word) for word in name_words(name))
        named = recordings.filter(*words).values_list("pk", "recording_name")
        yield from (pk for pk, text in named.iterator() if mentions_name(text, name))


def _shown(transcript: Transcript, own: Iterable[TranscriptSpeaker]) -> set[str]:
    """What these speakers are called by now, and were called when the transcript was kept."""
    labels = {speaker.label: speaker.name for speaker in own}
    given = transcript.result.get("speakers", [])
    at_first = {one["name"] for one in given if one["cluster"] in labels}
    return {*labels.values(), *at_first}
