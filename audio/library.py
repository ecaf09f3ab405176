"""The seam to a voice library: the protocol that supplies known voices and stores transcripts.

`settings.SPEAKER_LIBRARY` names a class with these methods; nothing in `audio` depends on
which class that is.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from audio import context
from audio.merge.values import NO_VOICES, Embedding, NamedTranscript, Notice, Voices

VOICES_UNAVAILABLE = Notice(
    "library_unavailable",
    "The voice library is unavailable, so no speaker was compared with its voices; try again.",
)


@dataclass(frozen=True, slots=True)
class KeptTrack:
    """A track (`mono`, `mic`, `system`) as an Opus file, its length, and its waveform's peaks."""

    track: str
    path: Path
    seconds: float
    peaks: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Where a transcript comes from, and how long it is stored.

    `sha256` is the digest of the recording, in hexadecimal, or for two tracks that of their two
    digests, the microphone's first. Without `retain_until` the transcript is stored until it is
    deleted. Attempts with one `key` store one transcript, however many there are. `audio` has the
    tracks that are kept with it; the files exist until it is stored.
    """

    sha256: str
    created_by: str
    recording_name: str = ""
    retain_until: datetime | None = None
    key: str | None = None
    audio: tuple[KeptTrack, ...] = ()


class SpeakerLibrary(Protocol):
    """A source of known voices, and a store for transcripts.

    Each method raises LibraryUnavailable while the library cannot be used.
    """

    def take_mark(self) -> object:
        """Return a mark of the library's present state, for work that will store names."""

    def check_available(self) -> None:
        """Raise LibraryUnavailable unless a transcript can be stored now."""

    def voices(self, space: str, embeddings: Mapping[str, Embedding], *, asked_by: str) -> Voices:
        """Return the known voices of one space that may be those of these speakers."""

    def terms(self, key: str) -> tuple[str, ...]:
        """Return the stored terms of a key, by which its transcripts are spelled."""

    def people(self) -> tuple[str, ...]:
        """Return the names of the people, by which transcripts may be spelled."""

    def remember(self, transcript: NamedTranscript, provenance: Provenance) -> str:
        """Store a transcript; return its identifier, or that of the one stored under this key."""


NO_STORE = "store: this gateway has no voice library; send store=false."


class LibraryMissing(Exception):
    """A transcript cannot be stored, because the gateway has no voice library."""


class LibraryUnavailable(Exception):
    """The library exists, but cannot be used at the moment."""

    def __init__(self) -> None:
        super().__init__("The library is unavailable; try again.")


class NoLibrary:
    """The library of a gateway that stores nothing."""

    def take_mark(self) -> object:
        return None

    def check_available(self) -> None:
        raise LibraryMissing(NO_STORE)

    def voices(self, space: str, embeddings: Mapping[str, Embedding], *, asked_by: str) -> Voices:
        return NO_VOICES

    def terms(self, key: str) -> tuple[str, ...]:
        return ()

    def people(self) -> tuple[str, ...]:
        return ()

    def remember(self, transcript: NamedTranscript, provenance: Provenance) -> str:
        raise LibraryMissing(NO_STORE)


def library() -> SpeakerLibrary:
    """Return the library that the settings name."""
    chosen: SpeakerLibrary = import_string(settings.SPEAKER_LIBRARY)()
    return chosen


@contextmanager
def work_begun(*, is_required: bool = True) -> Iterator[None]:
    """Mark the beginning of work that may store names, before it reads any.

    Names that are erased from the library after the mark are replaced in what the work stores.
    Work inside other work has the mark of that.

    Raises
    ------
    LibraryUnavailable
        If the mark is required; otherwise the work begins without one, and cannot store.
    """
    mark = context.current().library_mark
    if mark is None:
        try:
            mark = library().take_mark()
        except LibraryUnavailable:
            if is_required:
                raise
    with context.replaced(library_mark=mark):
        yield


def check_can_store() -> None:
    """Refuse, before any engine works, to store a transcript.

    Raises
    ------
    LibraryMissing, LibraryUnavailable
    """
    library().check_available()
    if context.current().library_mark is None:
        raise LibraryUnavailable


def find_voices(
    space: str, embeddings: Mapping[str, Embedding], *, asked_by: str, is_required: bool = False
) -> tuple[Voices, tuple[Notice, ...]]:
    """Return the library's voices; where it is unavailable, no voices and a warning.

    Raises
    ------
    LibraryUnavailable
        If the voices are required.
    """
    try:
        return library().voices(space, embeddings, asked_by=asked_by), ()
    except LibraryUnavailable:
        if is_required:
            raise
        return NO_VOICES, (VOICES_UNAVAILABLE,)


def find_people(*, is_required: bool = False) -> tuple[str, ...]:
    """Return the names of the library's people; where it is unavailable, no names.

    Raises
    ------
    LibraryUnavailable
        If the names are required.
    """
    try:
        return library().people()
    except LibraryUnavailable:
        # `find_voices` warns of the same.
        if is_required:
            raise
        return ()
