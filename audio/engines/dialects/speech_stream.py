"""A text to speak, and its speech as a stream that can be closed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from audio.engines.failures import EngineNonsense, EngineRefused
from audio.engines.http.answer_stream import AnswerStream
from audio.engines.http.deadlines import allowed_s
from audio.engines.role_engine import RoleEngine

# Hours of speech: no text that the gateway accepts takes longer to speak.
MAX_SPEECH_BYTES = 1024 * 1024 * 1024
# As for Kokoro: the rate of slow speech.
_CHARACTERS_PER_S = 10


@dataclass(frozen=True, slots=True)
class Utterance:
    """A text to speak, its voice and its format; `extra` has fields that only Kokoro knows."""

    text: str
    voice: str
    format: str
    extra: Mapping[str, object]


class SpeechStream:
    """Audio while it is being spoken, from its first bytes on; its holder closes it."""

    def __init__(self, spoken_by: RoleEngine, stream: AnswerStream) -> None:
        self._engine, self._stream = spoken_by, stream
        self.content_type = stream.content_type
        try:
            self._first = self._read_first()
        except BaseException:
            self.close()
            raise

    def __iter__(self) -> Iterator[bytes]:
        # A failure raises here and cuts the connection to the client, to whom a regular end would
        # mean that the speech is complete.
        block, size = self._first, 0
        while block:
            yield block
            size += len(block)
            if size > MAX_SPEECH_BYTES:
                raise self._engine.bad_answer("it does not end")
            block = self._stream.read()

    def bad_answer(self, what: str) -> EngineNonsense:
        """Report how the speech of this engine cannot be used."""
        return self._engine.bad_answer(what)

    def close(self) -> None:
        """Stop the engine's work, and give the connection and the slot back."""
        self._stream.close()

    def _read_first(self) -> bytes:
        if self.content_type.startswith(("application/json", "text/")):
            raise self._engine.bad_answer("it is not audio")
        first = self._stream.read()
        if not first:
            raise self._engine.bad_answer("it spoke nothing of this text")
        return first


def speak_as_openai(engine: RoleEngine, utterance: Utterance) -> SpeechStream:
    """Start speech; return with its first bytes.

    Raises
    ------
    EngineError
    """
    body = {
        **utterance.extra,
        **engine.model_field,
        "input": utterance.text,
        "voice": utterance.voice,
        "response_format": utterance.format,
    }
    silence_s = allowed_s(len(utterance.text) / _CHARACTERS_PER_S)
    try:
        stream = engine.open_stream("speak", "/v1/audio/speech", body, silence_s=silence_s)
    except EngineRefused as refused:
        raise refused.about(None, body) from refused
    return SpeechStream(engine, stream)
