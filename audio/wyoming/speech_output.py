"""An answer that is spoken: pieces of text in, audio events out, while the engine speaks."""

from collections.abc import Callable
from contextlib import closing

import numpy as np
from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.event import Eventable

from audio.api.event_fields import InvalidEvent, quote
from audio.api.request_errors import InvalidRequest
from audio.api.serializers.speech import SpeechRequest
from audio.engines.failures import EngineRefused
from audio.media.speech.speech_encoding import SILENCE_RATE, encode
from audio.pipeline.speech import SampleStream, is_spoken
from audio.wyoming.client_requests import WIDTH, VoiceRequest
from audio.wyoming.information import voice_for

# A tenth of a second of Kokoro's speech; players begin with the first.
CHUNK_SAMPLES = 2_400

# Sends an event; returns when the client has read most of what was sent.
Send = Callable[[Eventable], None]


class SpeechOutput:
    """The audio of one answer, at the rate of its first piece; its methods block."""

    def __init__(self, voice: VoiceRequest, send: Send) -> None:
        self._voice, self._send = voice, send
        self._rate = 0
        self.bytes_sent = 0

    def say(self, text: str) -> None:
        """Speak a piece of the answer; text without letters and digits is left out.

        Raises
        ------
        EngineError, InvalidEvent, rest_framework.exceptions.APIException
        """
        if not is_spoken(text):
            return
        with closing(self._speech_of(text)) as samples:
            self._start(samples.rate)
            for block in encode(samples, samples.rate, self._rate, "pcm"):
                self._send_samples(block)

    def end(self) -> None:
        """End the audio, which may have none."""
        self._start(SILENCE_RATE)
        self._send(AudioStop())

    def _speech_of(self, text: str) -> SampleStream:
        name = self._voice.name or self._voice_of_language()
        request = SpeechRequest(data={"input": text, **({"voice": name} if name else {})})
        request.is_valid(raise_exception=True)
        try:
            return SampleStream(request.utterance())
        except (InvalidRequest, EngineRefused) as error:
            if error.param != "voice" or not self._voice.name:
                raise
            # The reason names a route of HTTP, which this client does not have.
            expected = "expected a voice that `describe` lists, or a mix of them"
            raise InvalidEvent(f"voice.name: {expected}, got {quote(name)}.") from error

    def _voice_of_language(self) -> str | None:
        return voice_for(self._voice.language) if self._voice.language else None

    def _start(self, rate: int) -> None:
        if not self._rate:
            self._rate = rate
            self._send(AudioStart(rate=rate, width=WIDTH, channels=1))

    def _send_samples(self, block: bytes) -> None:
        size = CHUNK_SAMPLES * np.dtype(np.int16).itemsize
        for start in range(0, len(block), size):
            part = block[start : start + size]
            self._send(AudioChunk(rate=self._rate, width=WIDTH, channels=1, audio=part))
            self.bytes_sent += len(part)
