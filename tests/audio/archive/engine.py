"""A scripted engine with one answer for all recordings, and recordings to send to it."""

from tests.engine_answers import DIARIZE, SHORT_DIARIZATION, SHORT_TRANSCRIPTION, TRANSCRIBE
from tests.faults import FaultServer
from tests.recordings import square_wave, wav


def script(faults: FaultServer) -> None:
    """Answer with words of Ann, then of Bob."""
    faults.answer(TRANSCRIBE, SHORT_TRANSCRIPTION)
    faults.answer(DIARIZE, SHORT_DIARIZATION)


def recording(number: int, seconds: float = 2.0) -> bytes:
    """Return a recording that differs from those of other numbers."""
    return wav(square_wave(3000 + number, seconds))


def count_requests(faults: FaultServer, content: bytes) -> int:
    """Return how often the engine transcribed this recording."""
    return sum(asked.path == TRANSCRIBE and content in asked.body for asked in list(faults.asked))
