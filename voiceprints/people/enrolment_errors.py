"""The exceptions of enrolment: why a voice is not stored.

    EnrolmentRefused
    ├── TooLittleSpeech      less speech than a voiceprint needs
    ├── SeveralVoices        the recordings are not of one person
    ├── Clipped              recorded too loud
    ├── UnusableEmbedding    numbers that are not an embedding of this space
    ├── AnotherVoice         the span's voice is not that of the transcript's speaker
    ├── ConsentMissing       consent was not given
    │   └── ConsentEnded     or has ended
    ├── VoiceTaken           another person has this voice
    └── NameErased           the person was erased after the work began

Enrolment also raises `UnusableAudio`, `EngineError`, `PersonNotFound` and `SpeakerNotFound`.
Messages are sentences for the client and contain no names.
"""

from uuid import UUID


class EnrolmentRefused(Exception):
    """A voice is not stored; `code` is for programs."""

    code = "enrolment_refused"


class TooLittleSpeech(EnrolmentRefused):
    """There is less speech than a voiceprint needs."""

    code = "too_little_speech"

    def __init__(self, speech_s: float, needed_s: float) -> None:
        super().__init__(
            f"Only {speech_s:.1f} s of clean speech of one voice were found; "
            f"a voiceprint needs {needed_s:.0f} s."
        )
        self.speech_s, self.needed_s = speech_s, needed_s


class SeveralVoices(EnrolmentRefused):
    """The speech is of more than one voice."""

    code = "several_voices"

    def __init__(self, share: float) -> None:
        super().__init__(
            f"More than one voice was found: {share:.0%} of the speech belongs to other voices "
            "than the main one. Send recordings, or a span, of one person."
        )
        self.share = share


class Clipped(EnrolmentRefused):
    """Too much of the speech is cut off at full scale."""

    code = "clipped"

    def __init__(self, share: float, allowed: float) -> None:
        super().__init__(
            f"The speech is clipped in {share:.0%} of the samples, and {allowed:.0%} are allowed: "
            "record again at a lower level."
        )
        self.share, self.allowed = share, allowed


class UnusableEmbedding(EnrolmentRefused):
    """The numbers are not an embedding of this space."""

    code = "unusable_fingerprint"


class AnotherVoice(EnrolmentRefused):
    """The span that was sent does not sound like the speaker of the transcript."""

    code = "another_voice"

    def __init__(self, similarity: float) -> None:
        super().__init__(
            "The voice in this span is not the one the transcript's speaker had "
            f"(similarity {similarity:.2f}): is it the same recording?"
        )
        self.similarity = similarity


class ConsentMissing(EnrolmentRefused):
    """The person has not given consent to store a voiceprint."""

    code = "consent_missing"
    message = "A voiceprint is stored only with the person's consent, and none is recorded."

    def __init__(self, person_id: UUID | None = None) -> None:
        super().__init__(self.message)
        self.person_id = person_id


class ConsentEnded(ConsentMissing):
    """The consent of the person has ended."""

    code = "consent_ended"
    message = "A voiceprint is stored only with the person's consent, which has ended."


class VoiceTaken(EnrolmentRefused):
    """Another person of the library has this voice.

    `person_id` and `name` of that person are only for keys that may read the library. The two may
    be one person, to be merged.
    """

    code = "voice_taken"

    def __init__(self, person_id: UUID, name: str, similarity: float) -> None:
        super().__init__(
            f"Another person already has this voice (similarity {similarity:.2f}). "
            "If both are one person, merge them."
        )
        self.person_id, self.name, self.similarity = person_id, name, similarity


class NameErased(EnrolmentRefused):
    """A person with this name was erased after the work that names the person began."""

    code = "name_erased"

    def __init__(self) -> None:
        super().__init__(
            "name: a person of this name was erased meanwhile. To add the person anew, repeat it."
        )
