"""The dialect `openai-diarized`: segments with speakers from OpenAI's path for transcriptions.

OpenAI's gpt-4o-transcribe-diarize, vLLM with MOSS-Transcribe-Diarize and coro answer
`diarized_json`; SGLang and older vLLM put the speakers' labels into the text.
"""

import re
from collections.abc import Mapping

from audio.engines.dialects.answer_formats import AnswerFormats, Fields
from audio.engines.dialects.dialect import Capabilities, Dialect
from audio.engines.dialects.openai import MAX_BYTES, MAX_S, PATH, spoken_fields
from audio.engines.dialects.readers.transcripts import read_labelled_text
from audio.engines.failures import EngineRefused, LostForm
from audio.engines.role_engine import RoleEngine
from audio.media.recording import Recording
from audio.merge.values import Diarization, Transcription

# OpenAI demands it above 30 s; others have no chunks.
_CHUNKING = {"chunking_strategy": "auto"}
_HOSTED_MODELS = "gpt-"
# SGLang's default ends the answer for some ten minutes of speech in the middle.
_LONG_S = 300.0
_MOST_TOKENS = {"max_new_tokens": "65536"}
_LOST_FORM = re.compile(r"did not contain a valid diarized transcript", re.IGNORECASE)
_FORMATS = AnswerFormats(
    {"response_format": "diarized_json"},
    {"response_format": "verbose_json"},
    {"response_format": "json"},
)


class OpenAIDiarized(Dialect):
    """Servers that answer words and speakers together, as segments."""

    name = "openai-diarized"
    capabilities = Capabilities(
        words="segments", turns=True, one_call=True, max_bytes=MAX_BYTES, max_s=MAX_S
    )

    def transcribe(
        self, engine: RoleEngine, recording: Recording, options: Mapping[str, str]
    ) -> Transcription:
        """Transcribe a recording; the speakers of the answer are left out."""
        return self.analyse(engine, recording, options)[0]

    def diarize(
        self, engine: RoleEngine, recording: Recording, *, embeddings: bool
    ) -> Diarization:
        """Find the turns; the words of the answer are left out."""
        return self.analyse(engine, recording, {})[1]

    def analyse(
        self,
        engine: RoleEngine,
        recording: Recording,
        options: Mapping[str, str],
        *,
        embeddings: bool = False,
    ) -> tuple[Transcription, Diarization]:
        """Transcribe and diarize in one call; OpenAI refuses a prompt, so none is sent."""
        given = spoken_fields(options, ("language", "temperature"))

        def send(fields: Fields) -> object:
            sent = {**fields, **_needed(engine, recording, fields), **engine.model_field, **given}
            return engine.post_recording("transcribe", engine.path or PATH, recording, sent)

        try:
            answer = _FORMATS.ask(engine, send)
        except EngineRefused as refused:
            if _LOST_FORM.search(refused.reason):
                raise LostForm(str(engine.bad_answer("it has no speakers"))) from refused
            raise
        with engine.reading(answer):
            return read_labelled_text(answer, recording.seconds)


def _needed(engine: RoleEngine, recording: Recording, fields: Fields) -> Fields:
    if engine.model.startswith(_HOSTED_MODELS):
        return _CHUNKING
    is_long = recording.seconds is None or recording.seconds > _LONG_S
    return _MOST_TOKENS if is_long and fields["response_format"] == "verbose_json" else {}
