"""The base of all dialects: HTTP on an engine's side, the merge core's values on ours.

To write a dialect, add a module here with one subclass of `Dialect`, and enter it in `registry`:

* `capabilities` says what engines of the dialect can do; the plan of `audio.pipeline` and the
  system checks follow it, so it must not promise more than the methods do.
* Override the methods of what it can do. Each gets the engine in its role (`RoleEngine`), sends
  requests with `engine.post_recording`, `post_json`, `open_stream` or `ask`, and reads the answer
  inside `with engine.reading():`, where a reader raises ValueError with what is wrong.
* A dialect is an object without state of its own that all threads share; what it remembers of an
  engine is kept under `engine.key`.
* Statuses are translated before the dialect sees them (`failures`): 401 and 403 are
  `EngineRefusedKey`, 404, 405 and 501 `EngineMisconfigured`, 429 and 503 `EngineBusy`, a size
  `RecordingTooLarge`, 500 `EngineFailed` with its `kind`, all others `EngineRefused` with
  `reason` and `param`. NaN in an answer arrives as the text "NaN". A dialect raises `LostForm`
  where halves of the recording may be answered better.
* The plan cuts, converts (`wav_only`, `max_bytes`, `max_s`), links, counts seconds and retries: a
  dialect makes one request for one recording, whose `seconds` are known.
* Words that were spread over a segment are `is_estimated` and have its `segment`. The duration is
  the engine's where it names one; the plan replaces a missing one.
* Turns of no speaker in particular have the speaker UNKNOWN_SPEAKER, which the plan drops and
  never names.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from audio.engines.dialects.speech_stream import SpeechStream, Utterance
from audio.engines.role_engine import RoleEngine
from audio.engines.role_settings import ROLES, Role
from audio.media.recording import Recording
from audio.merge.diarized_speakers import speaking_time
from audio.merge.values import Diarization, Embedding, Transcription

# From the least to the most: no words, the text alone, the times of segments, those of words.
WordTimes = Literal["none", "text", "segments", "words"]
# Where embeddings come from: with the turns, or one for each clip that is sent.
Voices = Literal["none", "turns", "clip"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What engines of a dialect can do, by default.

    `words`: the most that an answer has; one with less is read too. `one_call`: one request
    answers for words and turns (`analyse`). `max_bytes` and `max_s` are the limits of a request,
    None for no limit; `max_parallel` is how many calls an engine takes at a time.
    `wav_only`: it reads no other format. `max_speakers` is how many speakers a diarizer separates.
    `needs_model`: the roles that need `<ROLE>_MODEL`. `translates`: engines of the dialect have a
    request for a translation into English, though not each of their models answers it.
    """

    words: WordTimes = "none"
    turns: bool = False
    voices: Voices = "none"
    speech: bool = False
    translates: bool = False
    one_call: bool = False
    max_bytes: int | None = None
    max_s: float | None = None
    max_parallel: int | None = None
    wav_only: bool = False
    max_speakers: int | None = None
    needs_model: frozenset[Role] = field(default_factory=frozenset)
    health_path: str = "/health"

    def can(self, role: Role) -> bool:
        """Whether an engine of the dialect can have a role."""
        match role:
            case "words":
                return self.words != "none"
            case "turns":
                return self.turns
            case "voices":
                return self.voices != "none"
        return self.speech

    @property
    def roles(self) -> tuple[Role, ...]:
        """The roles that an engine of the dialect can have."""
        return tuple(role for role in ROLES if self.can(role))


@dataclass(frozen=True, slots=True)
class ClipEmbedding:
    """The embedding of a voice, and the name of its space."""

    embedding: Embedding
    space: str


class Dialect:
    """The HTTP contract of an engine; each method is a call in one role."""

    name: ClassVar[str]
    capabilities: ClassVar[Capabilities]
    # The engines whose contract is the gateway's own; refusals of others are read as theirs.
    is_foreign: ClassVar[bool] = True

    def known_words(self, engine: RoleEngine) -> WordTimes:
        """Return what the engine's answers have, as far as its last ones showed."""
        return self.capabilities.words

    def answers_both(self, words: RoleEngine, turns: RoleEngine) -> bool:
        """Whether one request of an engine in both roles answers for both (`analyse`)."""
        return self.capabilities.one_call

    def transcribe(
        self, engine: RoleEngine, recording: Recording, options: Mapping[str, str]
    ) -> Transcription:
        """Transcribe; `options` are the caller's own: model, language, prompt, temperature, …

        `keywords_in` reads the words that the caller expects.
        """
        raise self._lacks("words")

    def can_translate(self, engine: RoleEngine) -> bool:
        """Whether the engine may translate, as far as its model and its last answers show."""
        return self.capabilities.translates

    def translate(
        self, engine: RoleEngine, recording: Recording, options: Mapping[str, str]
    ) -> Transcription:
        """Translate into English; `options` as in `transcribe`, but for the language.

        Raises
        ------
        EngineCannotTranslate
            Where the engine has no such request, or its model only transcribes.
        """
        raise self._lacks("translation")

    def diarize(
        self, engine: RoleEngine, recording: Recording, *, embeddings: bool
    ) -> Diarization:
        """Find the turns, and an embedding of each speaker if the dialect has them and can."""
        raise self._lacks("turns")

    def analyse(
        self,
        engine: RoleEngine,
        recording: Recording,
        options: Mapping[str, str],
        *,
        embeddings: bool = False,
    ) -> tuple[Transcription, Diarization]:
        """Transcribe and diarize in one call, with embeddings as `diarize` has them."""
        raise self._lacks("one_call")

    def embed(self, engine: RoleEngine, clip: Recording) -> ClipEmbedding | None:
        """Return the embedding of the voice in a clip; None without a voice.

        A dialect whose embeddings come with turns finds the speaker who talks most in the clip.
        """
        diarization = self.diarize(engine, clip, embeddings=True)
        seconds = speaking_time(diarization.turns)
        voices = {
            label: embedding
            for label, embedding in diarization.embeddings.items()
            if embedding.any() and seconds.get(label)
        }
        if not voices:
            return None
        space = diarization.models.get("embedding", "")
        if not space:
            raise engine.bad_answer("it does not name the model of its fingerprints")
        return ClipEmbedding(voices[max(voices, key=lambda label: seconds[label])], space)

    def speak(self, engine: RoleEngine, utterance: Utterance) -> SpeechStream:
        """Start speech; return with its first bytes."""
        raise self._lacks("speech")

    def list_voices(self, engine: RoleEngine) -> tuple[str, ...]:
        """Return the names of the voices that can speak; empty where it does not list them."""
        return ()

    def _lacks(self, what: str) -> NotImplementedError:
        return NotImplementedError(f"dialect {self.name} has no {what}: a system check refuses it")
