"""The errors that end a command, or one of its items, with a message to the operator."""

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

# Errors that concern one item of many, after which the next one is processed.
ITEM_ERRORS = (
    *(EnrolmentRefused, PersonNotFound, UnusableAudio, NoSample, ValueError),
    StorageFailed,
)


def describe_error(error: Exception) -> str:
    """Return the message, with details that only operators may read."""
    match error:
        case VoiceTaken():
            return f"{error} It is the voice of {error.name} ({error.person_id})."
        case ConsentMissing() if not isinstance(error, ConsentEnded):
            return f"{error} If it was given, name it: --consent 'how'."
    return str(error)


@contextmanager
def reported_as_command_errors() -> Iterator[None]:
    """Turn every expected error into `CommandError`: a message, and exit status 1."""
    try:
        yield
    except (*ITEM_ERRORS, EngineError, DecodingUnavailable, SpaceMismatch) as error:
        raise CommandError(describe_error(error)) from error
