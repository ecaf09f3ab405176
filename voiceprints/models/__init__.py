"""The tables of the voice library, for every other room of it."""

from voiceprints.models.audit import AuditEntry
from voiceprints.models.corrections import Correction
from voiceprints.models.erased_names import ErasedName
from voiceprints.models.idempotency_keys import IdempotencyKey
from voiceprints.models.jobs import Job, JobRecording
from voiceprints.models.kept_audio import KeptAudio
from voiceprints.models.people import Person
from voiceprints.models.spaces import DIMENSION, Space
from voiceprints.models.transcripts import Block, Transcript, TranscriptSpeaker
from voiceprints.models.vocabularies import Vocabulary
from voiceprints.models.voiceprints import Voiceprint

__all__ = [
    "DIMENSION",
    "AuditEntry",
    "Block",
    "Correction",
    "ErasedName",
    "IdempotencyKey",
    "Job",
    "JobRecording",
    "KeptAudio",
    "Person",
    "Space",
    "Transcript",
    "TranscriptSpeaker",
    "Vocabulary",
    "Voiceprint",
]
