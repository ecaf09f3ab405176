"""The settings of a session: what `session.update` changes, and how both APIs show them.

The GA API nests them below `audio.input`; the beta API has them flat. Either is read in either
event. A field that is absent keeps its value; a null turns its part off.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from audio.api import model_names
from audio.api.event_fields import Fields, InvalidEvent
from audio.api.serializers.transcriptions import MAX_PROMPT
from audio.engines.languages import language_code
from audio.merge.defaults import SPELLING_NAMES, SpellingName
from audio.merge.spelling.vocabulary import MAX_TERM_LENGTH, MAX_TERMS
from audio.realtime.input_audio import FORMATS, PCM, AudioFormat
from audio.realtime.voice_activity import TurnDetection

Json = dict[str, Any]
LONGEST_NAME = 200
LONGEST_LANGUAGE = 50
MOST_LANGUAGES = 100
LONGEST_PADDING_MS = 5_000
LONGEST_SILENCE_MS = 10_000
MOST_INCLUDED = 100
NOISE_REDUCTIONS = ("near_field", "far_field")
# Their clients find the pauses themselves, and commit; they name no turn detection.
MODELS_WITHOUT_TURNS = ("gpt-realtime-whisper", "gpt-live-transcribe")
# How long a pause ends a turn for the eagerness of OpenAI's `semantic_vad`, which reads the words.
SEMANTIC_SILENCE_MS = {"low": 1500, "medium": 800, "auto": 800, "high": 500}
DEFAULT_TURNS = TurnDetection()


@dataclass(frozen=True, slots=True)
class TranscriptionSettings:
    """How the items of a session are transcribed."""

    model: str = model_names.STT_MODEL
    language: str = ""
    languages: tuple[str, ...] = ()
    prompt: str = ""
    keywords: tuple[str, ...] = ()
    spelling: SpellingName | None = None


@dataclass(frozen=True, slots=True)
class SessionSettings:
    """The settings of a session; `turns` is `default` until the client chooses.

    Without `transcription` items are committed, and nothing is transcribed.
    """

    format: AudioFormat = PCM
    transcription: TranscriptionSettings | None = TranscriptionSettings()
    turns: TurnDetection | Literal["default"] | None = "default"

    @property
    def turn_detection(self) -> TurnDetection | None:
        """When pauses end turns; None where the client commits."""
        if self.turns != "default":
            return self.turns
        model = self.transcription.model if self.transcription else ""
        return None if model.startswith(MODELS_WITHOUT_TURNS) else DEFAULT_TURNS

    def updated(self, session: Fields) -> "SessionSettings":
        """Return the settings after an update.

        Raises
        ------
        InvalidEvent
        """
        session.choice("type", ["transcription"])
        audio = session.inner("audio")
        nested = audio.inner("input") if audio else None
        _check_without_effect(session, nested)
        flat = self._changed(session, "input_audio_format", "input_audio_transcription")
        return flat._changed(nested, "format", "transcription") if nested else flat

    def _changed(self, given: Fields, form: str, transcription: str) -> "SessionSettings":
        return replace(
            self,
            format=_read_format(given, form, self.format),
            transcription=self._read_transcription(given, transcription),
            turns=_read_turns(given) if "turn_detection" in given else self.turns,
        )

    def _read_transcription(self, given: Fields, field: str) -> TranscriptionSettings | None:
        if given.is_null(field):
            return None
        inner = given.inner(field)
        if inner is None:
            return self.transcription
        return _read_transcription(inner, self.transcription or TranscriptionSettings())

    def shown(self) -> Json:
        """Return the session as the GA API shows it."""
        form: Json = {"type": self.format.type}
        if self.format is PCM:
            form["rate"] = PCM.rate
        shown = self._shown_transcription()
        inputs = {
            "format": form,
            "noise_reduction": None,
            "transcription": shown,
            "turn_detection": self._shown_turns(),
        }
        return {"type": "transcription", "audio": {"input": inputs}, "include": None}

    def shown_in_beta(self) -> Json:
        """Return the session as the beta API shows it."""
        return {
            "input_audio_format": self.format.beta_name,
            "input_audio_noise_reduction": None,
            "input_audio_transcription": self._shown_transcription(),
            "turn_detection": self._shown_turns(),
            "include": None,
        }

    def _shown_transcription(self) -> Json | None:
        chosen = self.transcription
        if chosen is None:
            return None
        shown: Json = {
            "model": chosen.model,
            "language": chosen.language or None,
            "prompt": chosen.prompt,
        }
        if chosen.spelling is not None:
            shown["spelling"] = chosen.spelling
        lists = {"languages": chosen.languages, "keywords": chosen.keywords}
        return shown | {name: list(values) for name, values in lists.items() if values}

    def _shown_turns(self) -> Json | None:
        turns = self.turn_detection
        if turns is None:
            return None
        return {
            "type": "server_vad",
            "threshold": turns.threshold,
            "prefix_padding_ms": turns.prefix_padding_ms,
            "silence_duration_ms": turns.silence_duration_ms,
        }


def model_problem(name: str) -> str | None:
    """Return why a model cannot transcribe; None if it can."""
    if model_names.is_stt_model(name):
        return None
    if model_names.is_tts_model(name):
        return "turns text into speech; ask for gpt-4o-transcribe instead"
    return "does not exist"


def _read_format(given: Fields, field: str, before: AudioFormat) -> AudioFormat:
    value = given.values.get(field)
    if isinstance(value, str):
        given.choice(field, [form.beta_name for form in FORMATS])
        return next(form for form in FORMATS if form.beta_name == value)
    inner = given.inner(field)
    if inner is None:
        return before
    kind = inner.choice("type", [form.type for form in FORMATS]) or before.type
    chosen = next(form for form in FORMATS if form.type == kind)
    inner.number("rate", least=chosen.rate, most=chosen.rate)
    return chosen


def _check_without_effect(session: Fields, nested: Fields | None) -> None:
    """Check the fields of OpenAI that change nothing here."""
    session.texts("include", longest=LONGEST_NAME, most=MOST_INCLUDED)
    named = (session, "input_audio_noise_reduction"), (nested, "noise_reduction")
    for given, field in named:
        if given and (reduction := given.inner(field)):
            reduction.choice("type", NOISE_REDUCTIONS)


def _read_turns(given: Fields) -> TurnDetection | None:
    inner = given.inner("turn_detection")
    if inner is None:
        return None
    if inner.choice("type", ["server_vad", "semantic_vad"]) == "semantic_vad":
        eagerness = inner.choice("eagerness", list(SEMANTIC_SILENCE_MS)) or "auto"
        return TurnDetection(silence_duration_ms=SEMANTIC_SILENCE_MS[eagerness])
    threshold = inner.number("threshold", least=0, most=1)
    padding_ms = inner.number("prefix_padding_ms", least=0, most=LONGEST_PADDING_MS)
    silence_ms = inner.number("silence_duration_ms", least=0, most=LONGEST_SILENCE_MS)
    return TurnDetection(
        DEFAULT_TURNS.threshold if threshold is None else threshold,
        DEFAULT_TURNS.prefix_padding_ms if padding_ms is None else int(padding_ms),
        DEFAULT_TURNS.silence_duration_ms if silence_ms is None else int(silence_ms),
    )


def _read_transcription(given: Fields, before: TranscriptionSettings) -> TranscriptionSettings:
    model = given.text("model", longest=LONGEST_NAME)
    if model and (problem := model_problem(model)):
        param = given.path("model")
        message = f"{param}: the model '{model[:100]}' {problem}."
        raise InvalidEvent(message, param=param, code="model_not_found")
    language = given.text("language", longest=LONGEST_LANGUAGE)
    languages = given.texts("languages", longest=LONGEST_LANGUAGE, most=MOST_LANGUAGES)
    prompt = given.text("prompt", longest=MAX_PROMPT)
    keywords = given.texts("keywords", longest=MAX_TERM_LENGTH, most=MAX_TERMS)
    spelling = given.choice("spelling", SPELLING_NAMES)
    codes = None if languages is None else tuple(map(language_code, languages))
    return TranscriptionSettings(
        model=model or before.model,
        language=_kept(language, before.language, given, "language"),
        languages=before.languages if codes is None else codes,
        prompt=_kept(prompt, before.prompt, given, "prompt"),
        keywords=before.keywords if keywords is None else keywords,
        spelling=spelling if "spelling" in given else before.spelling,
    )


def _kept(value: str | None, before: str, given: Fields, field: str) -> str:
    """Return a text that was sent, nothing for null, and the text before where it is absent."""
    if value is not None:
        return language_code(value) if field == "language" else value
    return "" if given.is_null(field) else before


def single_language(settings: TranscriptionSettings, languages: Sequence[str] = ()) -> str:
    """Return the language that the engine is asked for: the only one that the client named."""
    named = settings.languages or languages
    return settings.language or (named[0] if len(named) == 1 else "")
