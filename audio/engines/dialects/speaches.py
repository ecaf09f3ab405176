"""The dialect `speaches`: speaches' turns, voices, words and speech.

Source: speaches-ai/speaches 870e1e1, routers/diarization.py, speech_embedding.py and stt.py.
"""

from audio.engines.dialects.dialect import Capabilities, ClipEmbedding
from audio.engines.dialects.openai import OpenAI
from audio.engines.dialects.readers.answer_values import as_object, objects, vector
from audio.engines.dialects.readers.transcripts import read_turns
from audio.engines.role_engine import RoleEngine
from audio.media.recording import Recording
from audio.merge.values import Diarization

_DIARIZE = "/v1/audio/diarization"
_EMBED = "/v1/audio/speech/embedding"


class Speaches(OpenAI):
    """speaches: its models are downloaded one by one, and each request names one."""

    name = "speaches"
    capabilities = Capabilities(
        words="words",
        turns=True,
        voices="clip",
        speech=True,
        translates=True,
        needs_model=frozenset({"words", "turns", "voices", "speech"}),
    )

    def __init__(self) -> None:
        super().__init__()
        self._lengths: dict[tuple[str, ...], int] = {}

    def diarize(
        self, engine: RoleEngine, recording: Recording, *, embeddings: bool
    ) -> Diarization:
        """Find the turns; known speakers are never sent: each turn would get one's name."""
        answer = engine.post_recording("diarize", _DIARIZE, recording, engine.model_field)
        with engine.reading(answer):
            return read_turns(answer, recording.seconds)

    def embed(self, engine: RoleEngine, clip: Recording) -> ClipEmbedding | None:
        """Return the embedding of the voice in a clip.

        An answer does not say which model it is from: another length is another model, whose
        embeddings would match no known voice.
        """
        answer = engine.post_recording("embed", _EMBED, clip, engine.model_field)
        with engine.reading(answer):
            data = objects(as_object(answer), "data")
            if not data:
                raise ValueError("data has no embedding")
            read = vector(data[0].get("embedding"))
            length = self._lengths.setdefault(engine.key, len(read))
            if len(read) != length:
                raise ValueError(
                    f"its embedding has {len(read)} numbers, and earlier ones had {length}"
                )
        return ClipEmbedding(read, f"speaches:{engine.model}:{len(read)}")
