"""One engine in one role, as a dialect calls it: its connections, its model and its path."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from audio.engines.answer_shapes import dialect_shown
from audio.engines.client import Engine
from audio.engines.failures import EngineNonsense
from audio.engines.http.answer_stream import AnswerStream
from audio.engines.role_settings import Role
from audio.media.recording import Recording


@dataclass(frozen=True, slots=True)
class RoleEngine:
    """An engine, the role in which it is asked, and the role's settings.

    `model` is `<ROLE>_MODEL`, empty where it is not set; `path` is `WORDS_PATH`, empty for the
    dialect's own; `dialect` is the name of the dialect in which it is asked.
    """

    engine: Engine
    role: Role
    model: str = ""
    path: str = ""
    dialect: str = ""

    @property
    def name(self) -> str:
        """The engine's name in messages."""
        return self.engine.name

    @property
    def key(self) -> tuple[str, str, Role, str]:
        """What a dialect remembers facts about an engine under."""
        return self.engine.name, self.engine.url, self.role, self.model

    @property
    def model_field(self) -> dict[str, str]:
        """The field of the model that the settings name; the caller's names are OpenAI's."""
        return {"model": self.model} if self.model else {}

    def post_recording(
        self,
        operation: str,
        path: str,
        recording: Recording,
        fields: Mapping[str, object],
        *,
        file_field: str = "file",
    ) -> object:
        """Upload a recording in a form, and return the JSON of the answer, or its plain text.

        `operation` is a metric's label: `transcribe`, `diarize` or `embed`; `path` may have a
        query. A value of `fields` that is a list is sent as several fields of the name.

        Raises
        ------
        EngineError
        """
        return self.engine.post_recording(
            operation, path, recording, fields, file_field=file_field
        )

    def post_json(
        self, operation: str, path: str, body: Mapping[str, object], *, audio_s: float | None
    ) -> object:
        """Send JSON about `audio_s` seconds of audio, and return the JSON of the answer.

        Raises
        ------
        EngineError
        """
        return self.engine.post_json(operation, path, body, audio_s=audio_s)

    def open_stream(
        self, operation: str, path: str, body: Mapping[str, object], *, silence_s: float
    ) -> AnswerStream:
        """Send JSON, and return the answer as a stream, which the caller closes.

        Raises
        ------
        EngineError
        """
        return self.engine.open_stream(operation, path, body, silence_s=silence_s)

    def ask(self, operation: str, path: str) -> object:
        """Get a small JSON answer.

        Raises
        ------
        EngineError
        """
        return self.engine.ask(operation, path)

    def bad_answer(self, what: str) -> EngineNonsense:
        """Report how an answer of this engine differs from its dialect."""
        return self.engine.bad_answer(what)

    @contextmanager
    def reading(self, answer: object = None) -> Iterator[None]:
        """Raise EngineNonsense for a ValueError of the reader inside the block.

        The error's message completes "gave an answer that cannot be used: …", and says in which
        other dialect the answer is, if that shows.
        """
        try:
            yield
        except ValueError as error:
            shown = dialect_shown(answer)
            is_other = shown and shown != self.dialect
            hint = f"; it looks like the dialect {shown}" if is_other else ""
            raise self.bad_answer(f"{error}{hint}") from error
