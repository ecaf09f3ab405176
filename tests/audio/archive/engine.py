"""An engine that hears the same in whatever it is sent, and what a test asks of its memory."""

from tests.engine_answers import DIARIZE, SHORT_DIARIZATION, SHORT_TRANSCRIPTION, TRANSCRIBE
from tests.faults import FaultServer
from tests.recordings import square_wave, wav


def script(faults: FaultServer) -> None:
    """Hear Ann, then Bob."""
    faults.answer(TRANSCRIBE, SHORT_TRANSCRIPTION)
    faults.answer(DIARIZE, SHORT_DIARIZATION)


def recording(number: int, seconds: float = 2.0) -> bytes:
    """A recording that is like no other of another number."""
    return wav(square_wave(3000 + number, seconds))


def times_heard(faults: FaultServer, content: bytes) -> int:
    """How often the engine was asked what is said in this recording."""
    return sum(asked.path == TRANSCRIBE and content in asked.body for asked in list(faults.asked))
