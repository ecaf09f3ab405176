"""Speech as OpenAI's server-sent events: `speech.audio.delta`, …, then `speech.audio.done`."""

from base64 import b64encode
from collections.abc import Iterator

from audio import journal
from audio.engines.failures import EngineError
from audio.errors import problem_of
from audio.pipeline.speech import Audio
from audio.sse import event

# Many a reader of lines stops at 64 KiB, and base64 is a third longer than its bytes.
LARGEST_DELTA = 3 * 8192
CHARACTERS_PER_TOKEN = 4
BYTES_PER_TOKEN = 1000


class SpeechEvents:
    """The events of one speech; closing them closes it."""

    def __init__(self, text: str, audio: Audio) -> None:
        self._text, self._audio = text, audio

    def __iter__(self) -> Iterator[bytes]:
        sent = 0
        try:
            for piece in self._audio:
                sent += len(piece)
                yield from _deltas(piece)
        except EngineError as error:
            # The events can say what happened, where bare audio can only break off.
            problem = problem_of(error)
            journal.note_failure(problem.code or type(error).__name__)
            yield event(problem.body())
        else:
            yield event({"type": "speech.audio.done", "usage": usage(self._text, sent)})

    def close(self) -> None:
        """Stop the speech."""
        self._audio.close()


def _deltas(piece: bytes) -> Iterator[bytes]:
    for start in range(0, len(piece), LARGEST_DELTA):
        audio = b64encode(piece[start : start + LARGEST_DELTA]).decode()
        yield event({"type": "speech.audio.delta", "audio": audio})


def usage(text: str, audio_bytes: int) -> dict[str, int]:
    """Estimate what clients show as cost: nobody counts tokens here.

    Four characters of English are about a token, and bytes are what can be counted of audio
    without decoding it, so the same speech costs more in a larger format.
    """
    heard = -(-len(text) // CHARACTERS_PER_TOKEN)
    spoken = -(-audio_bytes // BYTES_PER_TOKEN)
    return {"input_tokens": heard, "output_tokens": spoken, "total_tokens": heard + spoken}
