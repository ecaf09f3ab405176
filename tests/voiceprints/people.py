"""Builders of people, voiceprints and transcripts for tests."""

from collections.abc import Sequence
from datetime import timedelta

import numpy as np
from django.utils import timezone
from numpy.typing import NDArray

from voiceprints.models import DIMENSION, Person, Space, Transcript, TranscriptSpeaker, Voiceprint

SHA256 = "ab" * 32
SPACE = "titanet"


def axis(number: int) -> NDArray[np.float64]:
    """Return a voice that is orthogonal to the voices of other numbers."""
    return np.eye(DIMENSION)[number, :]


def blend(shares: dict[int, float]) -> NDArray[np.float64]:
    """Return a mixture of voices with length 1."""
    mixed = sum((share * axis(number) for number, share in shares.items()), np.zeros(DIMENSION))
    return np.asarray(mixed / np.linalg.norm(mixed))


def consenting(name: str, **fields: object) -> Person:
    """Create a person who consented yesterday."""
    yesterday = timezone.now() - timedelta(days=1)
    given = {"consent_given_at": yesterday, "consent_how": "in writing", **fields}
    return Person.objects.create(name=name, **given)


def voiceprint_of(
    person: Person, vector: NDArray[np.float64] | Sequence[float], space: str = SPACE
) -> Voiceprint:
    return Voiceprint.objects.create(
        person=person,
        space=Space.for_engine(space),
        vector=list(vector),
        source="enrolment",
        created_by="desk",
    )


def many_voiceprints(owners: Sequence[Person], vectors: NDArray[np.float64], space: Space) -> None:
    """Create one voiceprint for each owner."""
    made = {"space": space, "source": "caller", "created_by": "desk"}
    rows = zip(owners, vectors.tolist(), strict=True)
    Voiceprint.objects.bulk_create(
        Voiceprint(person=person, vector=vector, **made) for person, vector in rows
    )


def transcript(**fields: object) -> Transcript:
    """Create a transcript without speakers."""
    given = {"sha256": SHA256, "duration": 10.0, "mode": "mono", "result": {}, **fields}
    return Transcript.objects.create(created_by="desk", **given)


def speaker(of: Transcript, label: str, name: str, **fields: object) -> TranscriptSpeaker:
    given = {"source": "visual", **fields}
    return TranscriptSpeaker.objects.create(transcript=of, label=label, name=name, **given)
