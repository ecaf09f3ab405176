"""What the library keeps."""

from voiceprints.models.audit import AuditEntry
from voiceprints.models.jobs import Job, JobRecording
from voiceprints.models.people import Person, Voiceprint
from voiceprints.models.repeats import IdempotencyKey
from voiceprints.models.spaces import DIMENSION, Space
from voiceprints.models.transcripts import Block, Transcript, TranscriptSpeaker

__all__ = [
    "DIMENSION",
    "AuditEntry",
    "Block",
    "IdempotencyKey",
    "Job",
    "JobRecording",
    "Person",
    "Space",
    "Transcript",
    "TranscriptSpeaker",
    "Voiceprint",
]
