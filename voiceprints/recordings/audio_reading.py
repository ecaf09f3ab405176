"""Reading kept audio: bytes of the file, clips, and the waveform."""

import io
from collections.abc import Iterator
from typing import IO, cast
from uuid import UUID

import numpy as np

from audio.media.encoding import wav
from audio.media.opus_files import read_span
from audio.merge.values import Span
from voiceprints.models import KeptAudio
from voiceprints.models.kept_audio import AudioState
from voiceprints.storage.stored_files import open_seekable

READ_BYTES = 256 * 1024
LONGEST_CLIP_S = 60.0
_REASONS = {
    AudioState.DELETED: "it was deleted when a person of the transcript was forgotten.",
    AudioState.SILENCING: "a person who was forgotten is being silenced in it; try again later.",
}


class AudioNotKept(Exception):
    """The transcript has no audio that can be heard; the message says why."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"The transcript has no audio: {reason}")


def find_audio(transcript_id: UUID, track: str | None) -> KeptAudio:
    """Return a track of a transcript, the first one if none is asked for.

    Raises
    ------
    AudioNotKept
    """
    kept = list(KeptAudio.objects.filter(transcript=transcript_id).order_by("track"))
    if not kept:
        raise AudioNotKept(
            "it was stored without. Send keep_audio=true with store=true, or set KEEP_AUDIO."
        )
    found = next((one for one in kept if track in (None, one.track)), None)
    if found is None:
        tracks = ", ".join(one.track for one in kept)
        raise AudioNotKept(f"track: expected one of {tracks}.")
    if found.state != AudioState.KEPT:
        raise AudioNotKept(_REASONS[AudioState(found.state)])
    return found


def tracks_of(audio: KeptAudio) -> list[str]:
    """Return the tracks of the transcript of this one."""
    kept = KeptAudio.objects.filter(transcript=audio.transcript_id)
    return list(kept.order_by("track").values_list("track", flat=True))


def size_of(audio: KeptAudio) -> int:
    """Return the length of the file in bytes."""
    return int(audio.file.size)


def read_bytes(audio: KeptAudio, span: range) -> Iterator[bytes]:
    """Yield the bytes of a part of the file."""
    with open_seekable(str(audio.file.name)) as file:
        file.seek(span.start)
        left = len(span)
        while left and (block := file.read(min(left, READ_BYTES))):
            left -= len(block)
            yield block


def read_clip(audio: KeptAudio, span: Span) -> bytes:
    """Return a part of the audio as WAV."""
    with open_seekable(str(audio.file.name)) as file:
        return wav(read_span(cast(IO[bytes], io.BufferedReader(file, READ_BYTES)), span))


def waveform(audio: KeptAudio, points: int) -> list[float]:
    """Return the greatest loudness, 0 to 1, in each of at most `points` equal parts."""
    peaks = np.frombuffer(bytes(audio.peaks), np.uint8)
    if not peaks.size:
        return []
    starts = np.unique(np.arange(points) * peaks.size // points)
    loudest = np.maximum.reduceat(peaks, starts) / 255
    return [round(one, 3) for one in loudest.tolist()]
