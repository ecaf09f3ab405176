"""The plan for a recording: its engines, their calls, and their limits.

An engine of the gateway's own dialects is asked for words and for turns with embeddings. What
another engine lacks is filled: the words of a text are placed by turns, and the voices role embeds
clips in which one speaker talks alone.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import inf
from typing import Literal

from django.conf import settings

from audio.engines import roles
from audio.engines.role_settings import Role
from audio.engines.roles import ConfiguredRole
from audio.media.decoding import SAMPLE_RATE
from audio.merge.values import Notice
from audio.pipeline.analysis.parallel_calls import MAX_PARALLEL

Speakers = Literal["none", "turns", "embeddings"]
# Of 16 bits and one channel, as the gateway writes them.
WAV_BYTES_PER_S = 2 * SAMPLE_RATE
# The header of a WAV, and the rest of the form around it.
FORM_BYTES = 8192

NO_VOICES_ENGINE = Notice(
    "no_voices_engine",
    "No engine of this gateway embeds voices: speakers were not compared with known voices.",
)
LABELS_NOT_LINKED = Notice(
    "labels_not_linked",
    "The recording was diarized in parts, and no engine of this gateway embeds voices: a speaker "
    "may have another label in each part.",
)


@dataclass(frozen=True, slots=True)
class EnginePlan:
    """The roles that answer a request; None for one that is not asked.

    `voices` is set where clips are embedded by calls of their own. `is_one_call`: the words role
    answers for words and turns at the same time; `embeds_with_turns`: answers with turns have the
    embeddings too; `places_text`: it is known to answer with a text alone, which is transcribed
    turn by turn.
    """

    words: ConfiguredRole | None = None
    turns: ConfiguredRole | None = None
    voices: ConfiguredRole | None = None
    is_one_call: bool = False
    embeds_with_turns: bool = False
    places_text: bool = False

    @property
    def most_calls(self) -> int | None:
        """How many calls one file may take at a time, where that is more than one a role."""
        return MAX_PARALLEL if self.voices or self.can_place_text else None

    @property
    def asked(self) -> tuple[Role, ...]:
        """The roles that are asked."""
        named: dict[Role, ConfiguredRole | None] = {
            "words": self.words,
            "turns": self.turns,
            "voices": self.voices,
        }
        return tuple(role for role, known in named.items() if known is not None)

    @property
    def is_foreign(self) -> bool:
        """Whether an engine is asked that others wrote."""
        return any(one.dialect.is_foreign for one in self._heard())

    @property
    def can_place_text(self) -> bool:
        """Whether a text without times may be transcribed again, turn by turn."""
        words = self.words
        return words is not None and words.dialect.is_foreign and self.turns is not None

    @property
    def limit_s(self) -> float:
        """The most seconds of WAV that one call may have; infinite without a limit."""
        limits = [one.capabilities for one in self._heard()]
        seconds = [one.max_s for one in limits if one.max_s]
        sizes = [one.max_bytes for one in limits if one.max_bytes]
        return min(
            [*seconds, *((size - FORM_BYTES) / WAV_BYTES_PER_S for size in sizes)], default=inf
        )

    @property
    def max_bytes(self) -> float:
        """The most bytes that the file of one call may have; infinite without a limit."""
        sizes = [one.capabilities.max_bytes for one in self._heard()]
        return min((size for size in sizes if size), default=inf)

    @property
    def chunk_after_s(self) -> float:
        """From which length on recordings are cut.

        Labels hold within one call only: an engine that answers for words and turns together, and
        has a limit of its own, gets as much as it takes.
        """
        usual: float = settings.CHUNK_AFTER_S
        if self.is_one_call and self.limit_s < inf:
            return self.limit_s
        return min(usual, self.limit_s)

    @property
    def chunk_s(self) -> float:
        """The planned length of chunks, before the limit."""
        usual: float = settings.CHUNK_S
        return self.limit_s if self.is_one_call and self.limit_s < inf else usual

    def _heard(self) -> list[ConfiguredRole]:
        """Return the roles that hear whole files; clips are short."""
        return [one for one in (self.words, self.turns) if one is not None]


def engine_plan(
    *, has_words: bool, speakers: Speakers, needs_times: bool, needs_embeddings: bool
) -> EnginePlan:
    """Plan who answers; roles that are not configured are refused when they are asked.

    `needs_embeddings`: for names, or for labels that are linked.
    """
    known = roles.all_roles()
    words = known.get("words") if has_words else None
    wants_turns = speakers != "none" or (needs_times and _is_known_to_lack_times(words))
    turns = known.get("turns") if wants_turns else None
    voices = known.get("voices") if turns is not None and needs_embeddings else None
    embeds_with_turns = turns is not None and _embeds_with_turns(turns, voices)
    if embeds_with_turns:
        voices = None
    is_one_call = (
        words is not None
        and turns is not None
        and speakers != "none"
        and words.dialect is turns.dialect
        and words.shares_engines_with(turns)
        and words.dialect.answers_both(words.pool.first, turns.pool.first)
    )
    places_text = turns is not None and not is_one_call and _is_known_to_lack_times(words)
    return EnginePlan(words, turns, voices, is_one_call, embeds_with_turns, places_text)


def needed_roles(*, has_words: bool, speakers: Speakers) -> Iterable[Role]:
    """Yield the roles that a request needs, which need not be configured."""
    if has_words:
        yield "words"
    if speakers != "none":
        yield "turns"


def _is_known_to_lack_times(words: ConfiguredRole | None) -> bool:
    """Whether an engine that others wrote answered with a text alone."""
    if words is None or not words.dialect.is_foreign:
        return False
    return words.dialect.known_words(words.pool.first) == "text"


def _embeds_with_turns(turns: ConfiguredRole, voices: ConfiguredRole | None) -> bool:
    """Whether the answers with turns are asked for the embeddings of the voices role."""
    if voices is None:
        # Foreign engines of the dialect may not know the request.
        return turns.capabilities.voices == "turns" and not turns.dialect.is_foreign
    return voices.capabilities.voices == "turns" and turns.shares_engines_with(voices)
