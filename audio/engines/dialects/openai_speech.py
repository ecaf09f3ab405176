"""Speech in OpenAI's shape, as the dialects of several servers have it."""

from audio.engines.dialects.speech_stream import SpeechStream, Utterance
from audio.engines.http.deadlines import allowed_s
from audio.engines.role_engine import RoleEngine

# As for Kokoro: the rate of slow speech.
CHARACTERS_PER_S = 10


def speak(engine: RoleEngine, utterance: Utterance) -> SpeechStream:
    """Start speech; return with its first bytes.

    Raises
    ------
    EngineError
    """
    body = {
        **utterance.extra,
        **({"model": engine.model} if engine.model else {}),
        "input": utterance.text,
        "voice": utterance.voice,
        "response_format": utterance.format,
    }
    silence_s = allowed_s(len(utterance.text) / CHARACTERS_PER_S)
    stream = engine.open_stream("speak", "/v1/audio/speech", body, silence_s=silence_s)
    return SpeechStream(engine, stream)
