"""The dialect `localai`: LocalAI's turns, voices, words and speech.

Source: mudler/LocalAI 82c191a, core/schema and core/http/endpoints.
"""

import base64
from collections.abc import Mapping

from audio.engines.dialects.dialect import Capabilities, ClipEmbedding
from audio.engines.dialects.openai import OpenAI, spoken_fields
from audio.engines.dialects.readers.answer_values import as_object, text, vector
from audio.engines.dialects.readers.transcripts import read_transcription, read_turns
from audio.engines.role_engine import RoleEngine
from audio.media.recording import Recording
from audio.merge.values import Diarization, Transcription

# UPLOAD_LIMIT's default, in the megabytes of Go's echo.
MAX_BYTES = 15 * 1024 * 1024
_DIARIZE = "/v1/audio/diarization"
_WITH_TEXT = {"include_text": "true", "response_format": "verbose_json"}
_EMBED = "/v1/voice/embed"


class LocalAI(OpenAI):
    """LocalAI, which has no route for translations and ignores the field in a form."""

    name = "localai"
    capabilities = Capabilities(
        words="words",
        turns=True,
        voices="clip",
        speech=True,
        max_bytes=MAX_BYTES,
        needs_model=frozenset({"words", "turns", "voices", "speech"}),
        health_path="/readyz",
    )

    def answers_both(self, words: RoleEngine, turns: RoleEngine) -> bool:
        """Whether one model has both roles: it gives the words of each turn."""
        return bool(words.model) and words.model == turns.model

    def diarize(
        self, engine: RoleEngine, recording: Recording, *, embeddings: bool
    ) -> Diarization:
        """Find the turns, of which LocalAI gives no embeddings."""
        answer = engine.post_recording("diarize", _DIARIZE, recording, engine.model_field)
        with engine.reading(answer):
            return read_turns(answer, recording.seconds)

    def analyse(
        self,
        engine: RoleEngine,
        recording: Recording,
        options: Mapping[str, str],
        *,
        embeddings: bool = False,
    ) -> tuple[Transcription, Diarization]:
        """Ask for the words of the turns, where one model answers both."""
        given = spoken_fields(options, ("language",))
        fields = {**engine.model_field, **_WITH_TEXT, **given}
        answer = engine.post_recording("diarize", _DIARIZE, recording, fields)
        with engine.reading(answer):
            turns = read_turns(answer, recording.seconds)
            transcription = read_transcription(answer, recording.seconds)
        if turns.turns and not transcription.text:
            # A model that finds turns alone.
            return self.transcribe(engine, recording, options), turns
        return transcription, turns

    def embed(self, engine: RoleEngine, clip: Recording) -> ClipEmbedding | None:
        """Return the embedding of the voice in a clip, which is sent inside of JSON."""
        encoded = base64.b64encode(clip.path.read_bytes()).decode()
        kind = clip.suffix.removeprefix(".") or "wav"
        body = {**engine.model_field, "audio": f"data:audio/{kind};base64,{encoded}"}
        answer = engine.post_json("embed", _EMBED, body, audio_s=clip.seconds)
        with engine.reading(answer):
            return _embedding(as_object(answer), engine.model)


def _embedding(body: Mapping[str, object], asked: str) -> ClipEmbedding:
    read = vector(body.get("embedding"))
    model = text(body, "model") or asked
    return ClipEmbedding(read, f"localai:{model}:{len(read)}")
