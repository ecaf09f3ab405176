"""The look-up of a speaker of a transcript by label, for all rooms above."""

from dataclasses import dataclass
from uuid import UUID

from voiceprints.models import TranscriptSpeaker


class SpeakerNotFound(Exception):
    """The transcript has no speaker with this label."""

    def __init__(self, transcript: UUID, label: str) -> None:
        super().__init__(f"The transcript {transcript} has no speaker {label[:80]!r}.")


@dataclass(frozen=True, slots=True)
class SpeakerReference:
    """A speaker of a stored transcript, by label."""

    transcript_id: UUID
    label: str


def find_speaker(reference: SpeakerReference) -> TranscriptSpeaker:
    """Return the speaker with its person and its space.

    Raises
    ------
    SpeakerNotFound
    """
    found = (
        TranscriptSpeaker.objects.select_related("person", "space")
        .filter(transcript=reference.transcript_id, label=reference.label)
        .first()
    )
    if found is None:
        raise SpeakerNotFound(reference.transcript_id, reference.label)
    return found
