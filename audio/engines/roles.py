"""The roles of the engines, as the pipeline asks them: words, turns, voices and speech."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from audio import metrics
from audio.engines.client import engine
from audio.engines.dialects.dialect import Capabilities, ClipEmbedding, Dialect
from audio.engines.dialects.registry import DIALECTS
from audio.engines.dialects.speech_stream import SpeechStream, Utterance
from audio.engines.dialects.translation import is_translation, without_task
from audio.engines.engine_pool import EnginePool
from audio.engines.failures import not_configured
from audio.engines.role_engine import RoleEngine
from audio.engines.role_settings import (
    Address,
    Identity,
    Role,
    RoleSettings,
    Values,
    current_values,
    identity_of,
    name_engines,
    roles_of,
)
from audio.media.recording import Recording
from audio.merge.values import Diarization, Transcription
from audio.merge.words.speaker_labels import length_of

_NO_TURNS = Diarization((), ())


@dataclass(frozen=True, slots=True)
class ConfiguredRole:
    """A role with its dialect and its engines."""

    settings: RoleSettings
    dialect: Dialect
    pool: EnginePool

    @property
    def capabilities(self) -> Capabilities:
        """What the dialect can, with the limits that the settings give."""
        known, given = self.dialect.capabilities, self.settings
        return replace(
            known,
            max_bytes=given.max_bytes or known.max_bytes,
            max_s=given.max_s or known.max_s,
        )

    def shares_engines_with(self, other: "ConfiguredRole") -> bool:
        """Whether the same engines have both roles, in the same dialect."""
        return [one.engine for one in self.pool] == [one.engine for one in other.pool]


def configured(role: Role) -> ConfiguredRole:
    """Return a role's dialect and engines.

    Raises
    ------
    EngineNotConfigured
    """
    roles = all_roles()
    if role not in roles:
        raise not_configured(_missing_name(role, roles))
    return roles[role]


def is_configured(role: Role) -> bool:
    """Whether a role has an engine."""
    return role in all_roles()


def is_foreign(role: Role) -> bool:
    """Whether a role has an engine that others wrote."""
    known = all_roles().get(role)
    return known is not None and known.dialect.is_foreign


def all_roles() -> Mapping[Role, ConfiguredRole]:
    """Return every role that has an engine."""
    return _assembled(current_values())


def can_translate() -> bool:
    """Whether an engine of the words role may translate."""
    words = all_roles().get("words")
    return words is not None and any(map(words.dialect.can_translate, words.pool))


def transcribe(recording: Recording, options: Mapping[str, str]) -> Transcription:
    """Transcribe a recording, or translate it where the options say so.

    Raises
    ------
    EngineError
    """
    words, given = configured("words"), without_task(options)
    ask = words.dialect.translate if is_translation(options) else words.dialect.transcribe
    transcription = words.pool.call(lambda one: ask(one, recording, given))
    _count("transcribe", length_of(_NO_TURNS, transcription))
    return transcription


def diarize(recording: Recording, *, embeddings: bool) -> Diarization:
    """Find the turns of a recording, and with `embeddings` one of each speaker, if it has them.

    Raises
    ------
    EngineError
    """
    turns = configured("turns")
    diarization = turns.pool.call(
        lambda one: turns.dialect.diarize(one, recording, embeddings=embeddings)
    )
    _count("diarize", length_of(diarization, None))
    return diarization


def transcribe_and_diarize(
    recording: Recording, options: Mapping[str, str], *, embeddings: bool = False
) -> tuple[Transcription, Diarization]:
    """Transcribe and diarize a recording in one call, where one engine has both roles.

    With `embeddings` the turns have one of each speaker, if the engine gives them.

    Raises
    ------
    EngineError
    """
    words = configured("words")
    transcription, diarization = words.pool.call(
        lambda one: words.dialect.analyse(one, recording, options, embeddings=embeddings)
    )
    _count("transcribe", length_of(diarization, transcription))
    return transcription, diarization


def embed(clip: Recording) -> ClipEmbedding | None:
    """Return the embedding of the voice in a clip; None where there is no voice.

    Raises
    ------
    EngineError
    """
    voices = configured("voices")
    embedding = voices.pool.call(lambda one: voices.dialect.embed(one, clip))
    _count("embed", clip.seconds or 0.0)
    return embedding


def speak(utterance: Utterance) -> SpeechStream:
    """Start speech; return with its first bytes, so that a failure before them has a status.

    Raises
    ------
    EngineError
    """
    speech = configured("speech")
    return speech.pool.call(lambda one: speech.dialect.speak(one, utterance))


def list_voices() -> tuple[str, ...]:
    """Return the voices that the speech engine lists.

    Raises
    ------
    EngineError
    """
    speech = configured("speech")
    return speech.pool.call(speech.dialect.list_voices)


def dialect_of(one: RoleEngine) -> Dialect:
    """Return the dialect in which an engine is asked in its role."""
    return configured(one.role).dialect


def engine_names() -> Mapping[str, tuple[RoleEngine, ...]]:
    """Return each configured engine's name, and the engine in each of its roles."""
    named: dict[str, list[RoleEngine]] = {}
    for role in all_roles().values():
        for one in role.pool:
            named.setdefault(one.name, []).append(one)
    return {name: tuple(engines) for name, engines in named.items()}


@lru_cache(maxsize=16)
def _assembled(values: Values) -> Mapping[Role, ConfiguredRole]:
    """Build the roles; an unknown dialect, which a system check refuses, has none."""
    roles = tuple(roles_of(values).values())
    usable = [one for one in roles if one.dialect in DIALECTS]
    names = name_engines(roles)
    return {
        one.role: ConfiguredRole(
            one,
            DIALECTS[one.dialect],
            EnginePool(
                [_role_engine(one, address, names) for address in one.addresses],
                one.dialect if DIALECTS[one.dialect].is_foreign else "",
                DIALECTS[one.dialect].capabilities.health_path,
            ),
        )
        for one in usable
    }


def _role_engine(one: RoleSettings, address: Address, names: Mapping[Identity, str]) -> RoleEngine:
    dialect = DIALECTS[one.dialect]
    connected = engine(
        names[identity_of(one, address)],
        address.url,
        authorization=address.authorization,
        is_foreign=dialect.is_foreign or not one.is_short_form,
        most_calls=dialect.capabilities.max_parallel,
    )
    return RoleEngine(connected, one.role, one.model, one.path, one.dialect)


def _missing_name(role: Role, roles: Mapping[Role, ConfiguredRole]) -> str:
    """Return the name of what is missing: the role, or the engine that would fill all of them."""
    if role == "speech":
        return "kokoro"
    return role if any(one != "speech" for one in roles) else "parakeet"


def _count(operation: str, seconds: float) -> None:
    metrics.AUDIO_SECONDS.labels(operation).inc(seconds)
