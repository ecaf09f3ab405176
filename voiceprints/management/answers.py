"""What an operator is told when something is refused."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management.base import CommandError

from audio.engines.failures import EngineError
from audio.media.decoding import DecodingUnavailable, UnusableAudio
from voiceprints.enrolment.reembedding import NoSample, SpaceMismatch
from voiceprints.people.enrolment_errors import (
    ConsentEnded,
    ConsentMissing,
    EnrolmentRefused,
    VoiceTaken,
)
from voiceprints.storage.locks import PersonNotFound
from voiceprints.storage.stored_files import StorageFailed

# What may happen to one item of many without an end to all.
REFUSALS = (
    *(EnrolmentRefused, PersonNotFound, UnusableAudio, NoSample, ValueError),
    StorageFailed,
)


def reason(error: Exception) -> str:
    """The sentence, with what only those may know who run commands."""
    match error:
        case VoiceTaken():
            return f"{error} It is the voice of {error.name} ({error.person_id})."
        case ConsentMissing() if not isinstance(error, ConsentEnded):
            return f"{error} If it was given: --consent 'how'."
    return str(error)


@contextmanager
def refusals_told() -> Iterator[None]:
    """Everything foreseen ends a command with a sentence, and status 1."""
    try:
        yield
    except (*REFUSALS, EngineError, DecodingUnavailable, SpaceMismatch) as error:
        raise CommandError(reason(error)) from error
