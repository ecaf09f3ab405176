"""Silencing erased people in kept audio, after the erasure has made it inaudible."""

import logging
import shutil
from collections.abc import Collection
from functools import partial
from pathlib import Path
from tempfile import NamedTemporaryFile
from uuid import UUID

from django.core.files.storage import default_storage
from django.db import transaction

from audio.library import KeptTrack
from audio.media import temporary_files
from audio.media.decoding import DecodingUnavailable, UnusableAudio
from audio.media.opus_files import opus_file
from audio.media.recording import Recording
from audio.merge.values import Span
from voiceprints.models import Block, KeptAudio, TranscriptSpeaker
from voiceprints.models.kept_audio import AudioState
from voiceprints.recordings.kept_audio import store_file
from voiceprints.storage.stored_files import StorageFailed, delete_files

logger = logging.getLogger(__name__)
# Words begin and end a little outside the times that an engine gives them.
MARGIN_S = 0.3


def silence_speakers(transcripts: Collection[UUID], speakers: Collection[int]) -> None:
    """Make the audio of transcripts inaudible until these speakers are silenced in it.

    They are silenced after the commit, or where that fails by `purge_expired`.
    """
    for audio in KeptAudio.objects.filter(transcript__in=transcripts).exclude(file=""):
        audio.silent = [*audio.silent, *_spans_of(audio, speakers)]
        audio.state = AudioState.SILENCING
        audio.save(update_fields=["silent", "state"])
    transaction.on_commit(finish_silencing)


def finish_silencing() -> int:
    """Silence what waits for it; return the number of tracks that are done."""
    waiting = KeptAudio.objects.filter(state=AudioState.SILENCING).values_list("pk", flat=True)
    return sum(_is_silenced(audio) for audio in list(waiting))


def _spans_of(audio: KeptAudio, speakers: Collection[int]) -> list[list[float]]:
    """Return the spans of the speakers' blocks, which are on every track."""
    names = TranscriptSpeaker.objects.filter(pk__in=speakers, transcript=audio.transcript_id)
    blocks = Block.objects.filter(speaker__in=names).order_by("position")
    spans = blocks.values_list("start_ms", "end_ms")
    return [[max(0.0, a / 1000 - MARGIN_S), b / 1000 + MARGIN_S] for a, b in spans]


def _is_silenced(audio_id: UUID) -> bool:
    try:
        return _silence(audio_id)
    except (StorageFailed, UnusableAudio, DecodingUnavailable, OSError) as error:
        logger.warning("kept audio could not be silenced yet: %s", type(error).__name__)
        return False


@transaction.atomic
def _silence(audio_id: UUID) -> bool:
    """Replace the file of a track, unless another process does it or it was deleted."""
    waiting = KeptAudio.objects.filter(pk=audio_id, state=AudioState.SILENCING)
    audio = waiting.select_for_update(skip_locked=True).first()
    if audio is None:
        return False
    before, spans = str(audio.file.name), [Span(*span) for span in audio.silent]
    with NamedTemporaryFile(dir=temporary_files.folder(), suffix=".opus") as copy:
        with default_storage.open(before) as stored:
            shutil.copyfileobj(stored, copy)
        copy.flush()
        with opus_file(Recording(Path(copy.name), ".opus"), silent=spans) as opus:
            store_file(audio, KeptTrack(audio.track, opus.path, opus.seconds, opus.peaks))
    audio.state, audio.silent = AudioState.KEPT, []
    audio.save()
    transaction.on_commit(partial(delete_files, [before]))
    return True
