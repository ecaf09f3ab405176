"""The voice library in Postgres, as the protocol `SpeakerLibrary` of `audio.library`."""

from collections.abc import Mapping

from audio.library import Provenance
from audio.merge.values import NO_VOICES, Embedding, NamedTranscript, Voices
from voiceprints.matching.voice_matching import (
    KnownPerson,
    candidate_voices,
    nearest_people_to_each,
)
from voiceprints.models import Space, audit
from voiceprints.models.audit import Action
from voiceprints.transcripts.transcript_store import store_transcript


class StoredLibrary:
    """Known voices and stored transcripts."""

    def voices(self, space: str, embeddings: Mapping[str, Embedding], *, asked_by: str) -> Voices:
        """Return the voiceprints of the people nearest to each embedding."""
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

    def remember(self, transcript: NamedTranscript, provenance: Provenance) -> str:
        """Store the transcript; return its identifier."""
        return str(store_transcript(transcript, provenance).id)
