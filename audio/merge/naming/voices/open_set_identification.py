"""Open-set identification: the known person whose voice an embedding is, or no person.

Conventions
-----------
Similarities are cosines, from -1 to 1. A tie between two people is not a match.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Generic, Literal, TypeVar

from audio.merge.defaults import DEFAULT_MARGIN, DEFAULT_THRESHOLD
from audio.merge.naming.voices.voice_similarity import NOISE, Match, similarities
from audio.merge.values import Embedding, LabelledTranscript, RecognisedSpeaker, Voices

Decision = Literal["match", "ambiguous", "unknown"]
Candidate = TypeVar("Candidate", bound=Match, covariant=True)


@dataclass(frozen=True, slots=True)
class OpenSetRule:
    """When the nearest voice is similar enough to be the same.

    ``threshold`` is the least cosine, ``margin`` its least lead over the next person's.
    """

    threshold: float = DEFAULT_THRESHOLD
    margin: float = DEFAULT_MARGIN


OPEN_SET_RULE = OpenSetRule()


@dataclass(frozen=True, slots=True)
class Identification(Generic[Candidate]):
    """The known people whose voice it may be, nearest first, and the decision between them.

    ``margin`` is the lead of the first candidate over the second; None without a second.
    """

    candidates: tuple[Candidate, ...]
    decision: Decision
    margin: float | None = None

    @property
    def match(self) -> Candidate | None:
        """The identified candidate; None unless the decision is ``match``."""
        return self.candidates[0] if self.decision == "match" else None

    @property
    def name(self) -> str | None:
        """The name of the identified candidate."""
        return None if self.match is None else self.match.name


def identify(
    embedding: Embedding, voices: Voices, *, rule: OpenSetRule = OPEN_SET_RULE
) -> Identification[Match]:
    """Identify the person whose voice an embedding is.

    Parameters
    ----------
    embedding
        Shape ``(dimension,)``, any scale.
    voices
        Known voices. Several rows of one name are one person: the nearest counts.
    rule
        Threshold and margin; a value exactly at its bound is accepted.

    Returns
    -------
    Identification
        Every known person, nearest first. It has no candidates, and is ``unknown``, where nothing
        can be compared.

    Examples
    --------
    >>> import numpy as np
    >>> known = Voices(("Ann", "Bob"), np.array([[1.0, 0.0], [0.0, 1.0]]))
    >>> identify(np.array([3.0, 0.1]), known).name
    'Ann'
    >>> identify(np.array([1.0, 1.0]), known).decision
    'ambiguous'

    """
    nearest: dict[str, float] = {}
    for name, similarity in zip(voices.names, similarities(embedding, voices), strict=False):
        nearest[name] = max(similarity, nearest.get(name, -1.0))
    ranked = sorted(nearest.items(), key=lambda item: -item[1])
    candidates = tuple(Match(name, similarity) for name, similarity in ranked)
    if not candidates:
        return Identification((), "unknown")
    first, second = candidates[0], candidates[1] if len(candidates) > 1 else None
    margin = None if second is None else first.similarity - second.similarity
    if first.similarity < rule.threshold - NOISE:
        return Identification(candidates, "unknown", margin)
    # Two equal similarities are a tie even where the margin is 0.
    apart = margin is None or margin >= max(rule.margin - NOISE, NOISE)
    return Identification(candidates, "match" if apart else "ambiguous", margin)


def recognise(
    transcript: LabelledTranscript, embeddings: Mapping[str, Embedding], voices: Voices
) -> LabelledTranscript:
    """Identify the speakers of a transcript, and replace their labels by names.

    Parameters
    ----------
    transcript
        By anonymous label.
    embeddings
        By label, each of shape ``(dimension,)``.
    voices
        Known voices, with the threshold and the margin of their space.

    Returns
    -------
    LabelledTranscript
        Speakers who are not recognised keep their labels. Speakers of one name become one speaker.

    Examples
    --------
    >>> import numpy as np
    >>> transcript = LabelledTranscript(9.0, "en", ("Speaker_0",), (), {})
    >>> known = Voices(("Ann",), np.array([[1.0, 0.0]]))
    >>> recognise(transcript, {"Speaker_0": np.array([3.0, 0.0])}, known).recognised
    (RecognisedSpeaker(speaker='Speaker_0', name='Ann', similarity=1.0),)

    """
    recognised = tuple(
        _recognise_one(label, embeddings.get(label), voices) for label in transcript.speakers
    )
    names = {one.speaker: one.name or one.speaker for one in recognised}
    return replace(
        transcript,
        speakers=tuple(dict.fromkeys(names.values())),
        blocks=tuple(
            replace(block, speaker=names.get(block.speaker, block.speaker))
            for block in transcript.blocks
        ),
        recognised=recognised,
    )


def _recognise_one(label: str, embedding: Embedding | None, voices: Voices) -> RecognisedSpeaker:
    if embedding is None:
        return RecognisedSpeaker(label)
    decided = identify(embedding, voices, rule=OpenSetRule(voices.threshold, voices.margin))
    if not decided.candidates:
        return RecognisedSpeaker(label)
    return RecognisedSpeaker(label, decided.name, round(decided.candidates[0].similarity, 4))
