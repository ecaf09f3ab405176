"""The voice library in Postgres, as the protocol `SpeakerLibrary` of `audio.library`."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from django.db import InterfaceError, OperationalError, connection, transaction

from audio.library import LibraryUnavailable, Provenance
from audio.merge.values import NO_VOICES, Embedding, NamedTranscript, Voices
from voiceprints.matching.voice_matching import (
    KnownPerson,
    candidate_voices,
    nearest_people_to_each,
)
from voiceprints.models import Space, audit
from voiceprints.models.audit import Action
from voiceprints.people.erasure_marks import LibraryMark, take_mark
from voiceprints.people.people_search import newest_names
from voiceprints.recordings.kept_audio import stored_audio
from voiceprints.transcripts.transcript_store import store_transcript
from voiceprints.vocabularies import all_terms, remembered

logger = logging.getLogger(__name__)


class StoredLibrary:
    """Known voices and stored transcripts."""

    def take_mark(self) -> LibraryMark:
        """Return the newest erasure, so that later ones are noticed."""
        with _database():
            return take_mark()

    def check_available(self) -> None:
        """Ask the database for an answer."""
        with _database(), connection.cursor() as cursor:
            cursor.execute("SELECT 1")

    def voices(self, space: str, embeddings: Mapping[str, Embedding], *, asked_by: str) -> Voices:
        """Return the voiceprints of the people nearest to each embedding."""
        with _database():
            return _nearest_voices(space, embeddings, asked_by)

    def terms(self, key: str) -> tuple[str, ...]:
        """Return the stored vocabulary of a key, as this process read it last."""
        return remembered.terms(key, _read_vocabularies)

    def people(self) -> tuple[str, ...]:
        """Return the names of the people, those that changed last where there are very many."""
        with _database():
            return newest_names()

    def remember(self, transcript: NamedTranscript, provenance: Provenance) -> str:
        """Store the transcript; return its identifier."""
        with _database(), stored_audio(provenance.audio) as add_audio, transaction.atomic():
            stored = store_transcript(transcript, provenance)
            add_audio(stored)
            return str(stored.id)


def _nearest_voices(space: str, embeddings: Mapping[str, Embedding], asked_by: str) -> Voices:
    known = Space.named(space)
    if known is None or not embeddings:
        return NO_VOICES
    found: dict[tuple[object, bytes], KnownPerson] = {
        (candidate.person_id, candidate.vector.tobytes()): candidate
        for candidates in nearest_people_to_each(embeddings.values(), known)
        for candidate in candidates
    }
    audit.record(asked_by, Action.IDENTIFIED, speakers=len(embeddings), space=str(known))
    return candidate_voices(tuple(found.values()), known)


@contextmanager
def _database() -> Iterator[None]:
    """Turn a failure of the connection into LibraryUnavailable; its message names the host.

    The connection goes back to the pool at the end: engines may work before the next use.
    """
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        logger.error("the database failed: %s", type(error.__cause__ or error).__name__)
        raise LibraryUnavailable from error
    finally:
        if not connection.in_atomic_block:
            connection.close()


def _read_vocabularies() -> Mapping[str, tuple[str, ...]]:
    with _database():
        return all_terms()
