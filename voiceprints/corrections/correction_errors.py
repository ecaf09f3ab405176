"""The exceptions of corrections: why a transcript is not corrected.

    CorrectionRefused
    ├── TranscriptNotFound   the transcript does not exist
    ├── BlockNotFound        the transcript has no block at this place
    ├── Uncorrectable        the request does not fit the transcript; `param` names the field
    ├── NothingToUndo        every correction is taken back
    ├── HistoryErased        the history went with an erased person
    └── TranscriptChanged    the transcript was changed by another request meanwhile

Messages are sentences for the client, and contain no name and no words.
"""


class CorrectionRefused(Exception):
    """A transcript is not corrected; `code` is for programs."""

    code = "correction_refused"


class TranscriptNotFound(CorrectionRefused):
    """The transcript does not exist, or was deleted meanwhile."""

    def __init__(self) -> None:
        super().__init__("The transcript was not found.")


class BlockNotFound(CorrectionRefused):
    """The transcript has no block at this place."""

    def __init__(self) -> None:
        super().__init__("The block was not found.")


class Uncorrectable(CorrectionRefused):
    """The request does not fit the transcript."""

    def __init__(self, param: str, expected: str) -> None:
        super().__init__(f"{param}: expected {expected}")
        self.param = param


class NothingToUndo(CorrectionRefused):
    """There is no correction that is not taken back."""

    code = "nothing_to_undo"

    def __init__(self) -> None:
        super().__init__("The transcript has no correction that could be taken back.")


class HistoryErased(CorrectionRefused):
    """What the correction replaced was erased with a person."""

    code = "history_erased"

    def __init__(self) -> None:
        super().__init__(
            "A person of this transcript was erased after the correction, and with the person "
            "what it had replaced: it cannot be taken back. Correct the transcript instead."
        )


class TranscriptChanged(CorrectionRefused):
    """Another request changed the speakers' people while this one waited for them."""

    code = "transcript_changed"

    def __init__(self) -> None:
        super().__init__("Another request changed the transcript meanwhile; send it again.")
