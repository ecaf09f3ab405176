"""The seam: where known voices come from, and who remembers a transcript.

`settings.SPEAKER_LIBRARY` names a class with these two methods. Nothing in this app knows what
stands behind it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from audio.merge.values import NO_VOICES, Embedding, NamedTranscript, Voices


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Where a transcript comes from, and how long it may stay.

    `sha256` is that of the recording, in hexadecimal digits; of two tracks that of both digests,
    the microphone's first. Without `retain_until` it stays until somebody deletes it. `key` is the
    same for what is to be kept once, however often it is tried.
    """

    sha256: str
    created_by: str
    recording_name: str = ""
    retain_until: datetime | None = None
    key: str | None = None


class SpeakerLibrary(Protocol):
    """Known voices, and a memory for transcripts."""

    def voices(self, space: str, embeddings: Mapping[str, Embedding], *, asked_by: str) -> Voices:
        """The known voices of one space that may be those of these speakers."""

    def remember(self, transcript: NamedTranscript, provenance: Provenance) -> str:
        """Keep a transcript; return its identifier, or that of the one kept under the same key."""


class NothingIsKept(Exception):
    """A transcript was to be kept, and there is no library."""


class NoLibrary:
    """The library of a gateway that keeps nothing."""

    def voices(self, space: str, embeddings: Mapping[str, Embedding], *, asked_by: str) -> Voices:
        return NO_VOICES

    def remember(self, transcript: NamedTranscript, provenance: Provenance) -> str:
        raise NothingIsKept("store: this gateway keeps nothing; it has no voice library.")


def library() -> SpeakerLibrary:
    """The library that the settings name."""
    chosen: SpeakerLibrary = import_string(settings.SPEAKER_LIBRARY)()
    return chosen
