"""The dialect `asr-webservice`: whisper-asr-webservice, with WhisperX too, and its forks.

Source: ahmetoner/whisper-asr-webservice ea12224. It answers one request at a time, and loads its
model with the first.
"""

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlencode

from audio.engines.dialects.dialect import Capabilities, Dialect
from audio.engines.dialects.readers.answer_values import as_object, label, vector
from audio.engines.dialects.readers.transcripts import read_transcription, read_words_and_turns
from audio.engines.role_engine import RoleEngine
from audio.media.recording import Recording
from audio.merge.values import Diarization, Embedding, Transcription

_ALWAYS = {"encode": "true", "task": "transcribe", "output": "json"}
_TRANSLATE = {"task": "translate"}
_WORDS = {"word_timestamps": "true"}
# Forks differ in the name.
_TURNS = {"diarize": "true", "enable_diarization": "true"}
_EMBEDDINGS = {"return_speaker_embeddings": "true"}
_OPTIONS = {"language": "language", "prompt": "initial_prompt"}


class ASRWebservice(Dialect):
    """whisper-asr-webservice and its forks, whose words, turns and embeddings are one answer."""

    name = "asr-webservice"
    capabilities = Capabilities(
        words="words",
        turns=True,
        voices="turns",
        translates=True,
        one_call=True,
        max_parallel=1,
        health_path="/docs",
    )

    def transcribe(
        self, engine: RoleEngine, recording: Recording, options: Mapping[str, str]
    ) -> Transcription:
        """Transcribe a recording."""
        answer = _ask(engine, recording, {**_WORDS, **_given(options)})
        with engine.reading(answer):
            return read_transcription(answer, recording.seconds)

    def translate(
        self, engine: RoleEngine, recording: Recording, options: Mapping[str, str]
    ) -> Transcription:
        """Translate into English, with the times of segments."""
        answer = _ask(engine, recording, {**_TRANSLATE, **_given(options)})
        with engine.reading(answer):
            return read_transcription(answer, recording.seconds)

    def diarize(
        self, engine: RoleEngine, recording: Recording, *, embeddings: bool
    ) -> Diarization:
        """Find the turns, and with a fork of the service an embedding of each speaker."""
        return self.analyse(engine, recording, {}, embeddings=embeddings)[1]

    def analyse(
        self,
        engine: RoleEngine,
        recording: Recording,
        options: Mapping[str, str],
        *,
        embeddings: bool = False,
    ) -> tuple[Transcription, Diarization]:
        """Transcribe and diarize in one call."""
        asked = {**_TURNS, **_given(options), **(_EMBEDDINGS if embeddings else {})}
        answer = _ask(engine, recording, asked)
        with engine.reading(answer):
            transcription, turns = read_words_and_turns(answer, recording.seconds)
            vectors = _embeddings(as_object(answer).get("speaker_embeddings"))
        models = {"embedding": f"{self.name}:{engine.model}"} if vectors else {}
        return transcription, replace(turns, embeddings=vectors, models=models)


def _ask(engine: RoleEngine, recording: Recording, asked: Mapping[str, str]) -> object:
    path = f"{engine.path or '/asr'}?{urlencode({**_ALWAYS, **asked})}"
    return engine.post_recording("transcribe", path, recording, {}, file_field="audio_file")


def _given(options: Mapping[str, str]) -> dict[str, str]:
    return {sent: options[name] for name, sent in _OPTIONS.items() if options.get(name)}


def _embeddings(given: object) -> dict[str, Embedding]:
    """Return the embedding of each label; a label of a speaker without one is left out.

    pyannote embeds a speaker who talks too little as NaN.
    """
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise ValueError("speaker_embeddings is not an object")
    labelled = ((label(one), numbers) for one, numbers in given.items() if not _is_blank(numbers))
    return {one: vector(numbers) for one, numbers in labelled if one is not None}


def _is_blank(numbers: object) -> bool:
    listed = numbers if isinstance(numbers, list) else [numbers]
    return all(one is None or one in ("NaN", 0) for one in listed)
