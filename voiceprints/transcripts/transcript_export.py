"""The export of stored transcripts to files, for the command `export_transcripts`."""

import re
from collections.abc import Sequence
from pathlib import Path

from django.db import transaction

from audio.archive.outputs import write_whole
from audio.formats.renderer import render_file
from audio.formats.stored_transcript import StoredTranscript
from voiceprints.models import Transcript, audit
from voiceprints.models.audit import Action
from voiceprints.transcripts.transcript_rendering import render_transcript_json, stored_cues

LONGEST_STEM = 80


@transaction.atomic
def write_transcript(
    transcript: Transcript, folder: Path, formats: Sequence[str], *, actor: str
) -> Path:
    """Write a transcript with its present names; return the path of its files without suffix.

    Raises
    ------
    OSError
    """
    stem = folder / file_stem(transcript)
    stored = StoredTranscript(
        render_transcript_json(transcript), tuple(stored_cues(transcript)), stem.name
    )
    for form in formats:
        write_whole(stem.with_name(f"{stem.name}.{form}"), render_file(stored, form).encode())
    audit.record(actor, Action.EXPORTED, transcript=transcript.id)
    return stem


def file_stem(transcript: Transcript) -> str:
    """Return the file name without suffix: date, recording name and a part of the identifier."""
    recorded = transcript.recorded_at or transcript.created_at
    name = re.sub(r"[^\w.-]+", "-", transcript.recording_name).strip("-.")[:LONGEST_STEM]
    return "_".join(
        part for part in (f"{recorded:%Y-%m-%d}", name, transcript.id.hex[:12]) if part
    )
