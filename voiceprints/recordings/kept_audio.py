"""Storing the audio of a transcript, and deleting it with the transcript or with a person."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction

from audio.library import KeptTrack
from voiceprints.models import KeptAudio, Transcript
from voiceprints.models.kept_audio import AUDIO_FOLDER, AudioState, audio_path
from voiceprints.storage.stored_files import delete_files, list_file_names

# Audio is written before its row: a younger file may be about to get its row.
ORPHANED_AFTER = timedelta(hours=1)
_NAME = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(_[A-Za-z0-9]{7})?\.opus")


@contextmanager
def stored_audio(tracks: Iterable[KeptTrack]) -> Iterator[Callable[[Transcript], None]]:
    """Store the files of tracks, and yield what adds them to a transcript.

    The files are deleted if the transcript is not stored, or has audio already.
    """
    rows: list[KeptAudio] = []
    try:
        for one in tracks:
            rows.append(store_file(KeptAudio(track=one.track), one))
        yield partial(_add_to, rows)
    except BaseException:
        delete_files([str(row.file.name) for row in rows])
        raise


def store_file(row: KeptAudio, track: KeptTrack) -> KeptAudio:
    """Store the file of a track under a new name, without saving its row."""
    with track.path.open("rb") as file:
        row.file.name = default_storage.save(audio_path(row, ""), File(file))
    row.seconds, row.peaks = track.seconds, track.peaks
    return row


def _add_to(rows: Collection[KeptAudio], transcript: Transcript) -> None:
    if KeptAudio.objects.filter(transcript=transcript).exists():
        delete_files([str(row.file.name) for row in rows])
        return
    for row in rows:
        row.transcript = transcript
    KeptAudio.objects.bulk_create(rows)


def delete_audio(transcripts: Collection[UUID]) -> None:
    """Delete the files of transcripts that are being deleted, after the commit."""
    kept = KeptAudio.objects.filter(transcript__in=transcripts).exclude(file="")
    transaction.on_commit(partial(delete_files, list(kept.values_list("file", flat=True))))


def delete_for_erasure(transcripts: Collection[UUID]) -> None:
    """Delete the audio of transcripts in which an erased person speaks; remember why."""
    delete_audio(transcripts)
    kept = KeptAudio.objects.filter(transcript__in=transcripts)
    kept.update(state=AudioState.DELETED, file="", peaks=b"", silent=[])


def delete_orphaned_audio(now: datetime) -> int:
    """Delete audio without a row, which a crash may have left; return the number of files."""
    names = [name for name in list_file_names(AUDIO_FOLDER) if _NAME.fullmatch(name)]
    stored = [f"{AUDIO_FOLDER}/{name}" for name in names]
    used = set(KeptAudio.objects.filter(file__in=stored).values_list("file", flat=True))
    orphans = [
        name
        for name in stored
        if name not in used and default_storage.get_modified_time(name) < now - ORPHANED_AFTER
    ]
    delete_files(orphans)
    return len(orphans)
