"""Why a voice is not kept: the tree of what enrolment refuses.

    EnrolmentRefused
    ├── TooLittleSpeech      less speech than a print needs
    ├── SeveralVoices        the recordings are not of one person
    ├── Clipped              recorded too loud
    ├── UnusableFingerprint  not numbers that could be a voice in this space
    ├── AnotherVoice         the span's voice is not the one the speaker had
    ├── ConsentMissing       the person has not agreed
    │   └── ConsentEnded     or not any more
    └── VoiceTaken           the voice is already somebody else's

Beside these: `UnusableAudio`, `EngineError`, `PersonGone`, `NoSuchSpeaker`. Messages are
sentences for whoever asked; none has a name in it.
"""

from uuid import UUID


class EnrolmentRefused(Exception):
    """A voice that is not kept; `code` is for programs."""

    code = "enrolment_refused"


class TooLittleSpeech(EnrolmentRefused):
    """There is less speech than a print needs."""

    code = "too_little_speech"

    def __init__(self, speech_s: float, needed_s: float) -> None:
        super().__init__(
            f"Only {speech_s:.1f} s of clean speech of one voice were found; "
            f"a voiceprint needs {needed_s:.0f} s."
        )
        self.speech_s, self.needed_s = speech_s, needed_s


class SeveralVoices(EnrolmentRefused):
    """The speech is not one voice's."""

    code = "several_voices"

    def __init__(self, share: float) -> None:
        super().__init__(
            f"More than one voice is heard: {share:.0%} of the speech is not that of the one "
            "who speaks most. Send recordings, or a span, of one person."
        )
        self.share = share


class Clipped(EnrolmentRefused):
    """Too much of the speech is cut off at full scale."""

    code = "clipped"

    def __init__(self, share: float, allowed: float) -> None:
        super().__init__(
            f"{share:.0%} of the speech is clipped, and {allowed:.0%} are allowed: "
            "record again at a lower level."
        )
        self.share, self.allowed = share, allowed


class UnusableEmbedding(EnrolmentRefused):
    """Numbers that are no voice in this space."""

    code = "unusable_fingerprint"


class AnotherVoice(EnrolmentRefused):
    """What was sent does not sound like the speaker of the transcript."""

    code = "another_voice"

    def __init__(self, similarity: float) -> None:
        super().__init__(
            "The voice in this span is not the one the transcript's speaker had "
            f"(similarity {similarity:.2f}): is it the same recording?"
        )
        self.similarity = similarity


class ConsentMissing(EnrolmentRefused):
    """The person has not agreed that a voiceprint is kept."""

    code = "consent_missing"
    message = "A voiceprint is kept only with the person's consent, and none is recorded."

    def __init__(self, person_id: UUID | None = None) -> None:
        super().__init__(self.message)
        self.person_id = person_id


class ConsentEnded(ConsentMissing):
    """The person does not agree any more."""

    code = "consent_ended"
    message = "A voiceprint is kept only with the person's consent, which has ended."


class VoiceTaken(EnrolmentRefused):
    """Somebody else sounds like this already.

    Who that is, `person_id` and `name`, is only for those who may read the library; the two may be
    one person, and could be merged.
    """

    code = "voice_taken"

    def __init__(self, person_id: UUID, name: str, similarity: float) -> None:
        super().__init__(
            f"This voice is already somebody else's (similarity {similarity:.2f}). "
            "If both are one person, merge them."
        )
        self.person_id, self.name, self.similarity = person_id, name, similarity
