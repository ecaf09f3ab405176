"""Scores of two-track transcripts: whose words stand under whose name, and which are lost.

All are counts, so that those of several recordings can be added. A word that was recognized
wrongly is not lost: it is under its speaker's name. Words are compared as in
`benchmarks.measures.transcript_scores`. A reference has no time for each word: the words of a turn
are spread evenly over its speech.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, fields
from itertools import permutations, zip_longest

import jiwer

from benchmarks.measures.transcript_scores import normal_words

Span = tuple[float, float]
# Bleed is heard when it is said, but for the delay of the loudspeaker and of the tracks.
NEARBY_S = 6.0


@dataclass(frozen=True, slots=True)
class SpokenTurn:
    """What one person said in one turn, and when, in seconds."""

    name: str
    text: str
    start: float
    end: float
    speech: Sequence[Span] = ()


@dataclass(frozen=True, slots=True)
class Counts:
    """Counts of words; each word of the user is either alone or in double talk."""

    words: int = 0
    errors: int = 0
    right: int = 0
    remote: int = 0
    bleed: int = 0
    alone: int = 0
    lost_alone: int = 0
    double: int = 0
    lost_double: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        """Return the counts of both."""
        return Counts(
            *(getattr(self, one.name) + getattr(other, one.name) for one in fields(Counts))
        )

    @property
    def percentages(self) -> dict[str, float]:
        """Return the shares by column, in percent."""
        pairs = {
            "cpWER": (self.errors, self.words),
            "right": (self.right, self.words),
            "bleed": (self.bleed, self.remote),
            "lost alone": (self.lost_alone, self.alone),
            "lost double": (self.lost_double, self.double),
        }
        return {name: 100 * count / max(1, whole) for name, (count, whole) in pairs.items()}


def count_words(
    reference: Sequence[SpokenTurn], transcript: Sequence[SpokenTurn], user: str
) -> Counts:
    """Compare a transcript of two tracks with its reference."""
    remote = [turn for turn in reference if turn.name != user]
    kept = _found(reference, transcript, user, {"equal", "substitute"})
    double = _in_double_talk([turn for turn in reference if turn.name == user], remote)
    return Counts(
        words=sum(len(normal_words(turn.text)) for turn in reference),
        errors=_speaker_errors(reference, transcript),
        right=sum(
            sum(_found(reference, transcript, name, {"equal"}))
            for name in {turn.name for turn in reference}
        ),
        remote=sum(len(normal_words(turn.text)) for turn in remote),
        bleed=_bleed(reference, transcript, user),
        alone=double.count(False),
        lost_alone=sum(not one for one, two in zip(kept, double, strict=True) if not two),
        double=double.count(True),
        lost_double=sum(not one for one, two in zip(kept, double, strict=True) if two),
    )


def _speaker_errors(reference: Sequence[SpokenTurn], transcript: Sequence[SpokenTurn]) -> int:
    """Return the errors under the best assignment of names to people (cpWER)."""
    names = list(dict.fromkeys(turn.name for turn in reference))
    given = list(dict.fromkeys(turn.name for turn in transcript))
    errors: dict[tuple[str | None, str | None], int] = {
        (one, two): _errors(reference, transcript, one, two) for one in names for two in given
    }
    errors |= {(one, None): len(_words_of(reference, one)) for one in names}
    errors |= {(None, two): len(_words_of(transcript, two)) for two in given}
    longer = [*given, *[None] * max(0, len(names) - len(given))]
    return min(
        sum(errors.get(pair, 0) for pair in zip_longest(names, order))
        for order in permutations(longer)
    )


def _errors(
    reference: Sequence[SpokenTurn], transcript: Sequence[SpokenTurn], name: str, given: str
) -> int:
    aligned = _aligned(_words_of(reference, name), _words_of(transcript, given))
    return aligned.substitutions + aligned.deletions + aligned.insertions


def _found(
    reference: Sequence[SpokenTurn],
    transcript: Sequence[SpokenTurn],
    name: str,
    kinds: Collection[str],
) -> list[bool]:
    """Return for each word of a person whether it is under that name: right, or at all."""
    words, given = _words_of(reference, name), _words_of(transcript, name)
    found = [False] * len(words)
    if words and given:
        for chunk in _aligned(words, given).alignments[0]:
            if chunk.type in kinds:
                found[chunk.ref_start_idx : chunk.ref_end_idx] = [True] * (
                    chunk.ref_end_idx - chunk.ref_start_idx
                )
    return found


def _bleed(reference: Sequence[SpokenTurn], transcript: Sequence[SpokenTurn], user: str) -> int:
    """Count the words under the user's name that others said at that time, and not the user."""
    own, given = _words_of(reference, user), _timed(transcript, user)
    extra = list(given)
    if own and given:
        extra = []
        for chunk in _aligned(own, [word for word, _ in given]).alignments[0]:
            if chunk.type in ("insert", "substitute"):
                extra += given[chunk.hyp_start_idx : chunk.hyp_end_idx]
    count = 0
    for turn in (turn for turn in reference if turn.name != user):
        near = [
            word for word, time in extra if turn.start - NEARBY_S <= time <= turn.end + NEARBY_S
        ]
        said = normal_words(turn.text)
        if near and said:
            matched = _aligned(said, near).hits
            count += matched
            extra = extra[:] if not matched else _without(extra, said, near)
    return count


def _without(
    extra: Sequence[tuple[str, float]], said: Sequence[str], near: Sequence[str]
) -> list[tuple[str, float]]:
    """Take out the words that were matched once, so that no word counts twice."""
    left = list(extra)
    for chunk in _aligned(list(said), list(near)).alignments[0]:
        if chunk.type == "equal":
            for word in near[chunk.hyp_start_idx : chunk.hyp_end_idx]:
                left.remove(next(pair for pair in left if pair[0] == word))
    return left


def _in_double_talk(own: Iterable[SpokenTurn], others: Sequence[SpokenTurn]) -> list[bool]:
    spans = [span for turn in others for span in turn.speech or [(turn.start, turn.end)]]
    times = [time for turn in own for _, time in _spread(turn)]
    return [any(start <= time <= end for start, end in spans) for time in times]


def _timed(turns: Sequence[SpokenTurn], name: str) -> list[tuple[str, float]]:
    return [pair for turn in turns if turn.name == name for pair in _spread(turn)]


def _spread(turn: SpokenTurn) -> list[tuple[str, float]]:
    """Spread the words of a turn evenly over its speech."""
    words, spans = normal_words(turn.text), turn.speech or [(turn.start, turn.end)]
    whole = sum(end - start for start, end in spans)
    timed = []
    for number, word in enumerate(words):
        left = whole * (number + 0.5) / len(words)
        for start, end in spans:
            if left <= end - start:
                timed.append((word, start + left))
                break
            left -= end - start
        else:
            timed.append((word, spans[-1][1]))
    return timed


def _words_of(turns: Sequence[SpokenTurn], name: str) -> list[str]:
    return [word for turn in turns if turn.name == name for word in normal_words(turn.text)]


def _aligned(one: Sequence[str], other: Sequence[str]) -> jiwer.WordOutput:
    return jiwer.process_words(" ".join(one), " ".join(other))
