"""How much timeline and voice each say for every name of every speaker.

Conventions
-----------
Tables have the shape ``(speakers, names)``. Weights of evidence are log likelihood ratios in nats
(Good, Weighing evidence, 1985): those of independent sources add up, and 0 says nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from audio.merge.clock import OBSERVATION_S, Clock, timeline_clock
from audio.merge.exclusive import Table, course, joint_table, together
from audio.merge.intervals import edges
from audio.merge.likeness import Similarities, speaker_table, voice_table
from audio.merge.timeline import Diarization, Hint, Turn, Voices

# Time in which several talk or several names are lit counts this much of exclusive time. In the
# simulator 0, 0.3 and 1 name less or more wrongly in a minute; longer recordings do not care.
SHARED_TIME = 0.1
# A rate of light is smoothed as if one observation more had been seen, lit one time in ten. From
# 0.03 to 0.3 the simulator's figures are the same within 0.2 points.
PRIOR_RATE = 0.1
# A voice at its threshold weighs 1 nat, and 4 more for every 0.1 above it: the log likelihood
# ratio of two normal distributions of cosines, 0.4 apart, with a deviation of 0.1. Those are
# assumed; from 10 to 80 nats per cosine, and from 0 to 3 at the threshold, the simulator's figures
# are the same.
VOICE_NATS = 1.0
VOICE_NATS_PER_COSINE = 40.0


@dataclass(frozen=True, slots=True)
class Timeline:
    """What the visual timeline says.

    ``exclusive`` are seconds, ``weight`` nats, ``seconds`` the exclusive seconds and a little of
    the others; of shape ``(speakers, names)``. ``clock`` is None for no hints.
    """

    names: tuple[str, ...]
    exclusive: Table
    seconds: Table
    weight: Table
    clock: Clock | None


@dataclass(frozen=True, slots=True)
class Weighed:
    """What speaks for every name of every speaker.

    ``speaker_share`` and ``name_share`` are the shares of a cell's ``seconds`` in its row and in
    its column, where a row counts with those who sound alike. ``similarity`` and ``margin`` are
    cosines, ``-inf`` where there is nothing to compare. ``alike`` has the shape
    ``(speakers, speakers)``.
    """

    names: tuple[str, ...]
    exclusive: Table
    seconds: Table
    speaker_share: Table
    name_share: Table
    similarity: Similarities
    margin: Similarities
    alike: Similarities
    visual: Table
    voice: Table

    @property
    def total(self) -> Table:
        """The weight of all evidence, in nats."""
        return self.visual + self.voice


def read_timeline(
    speakers: Sequence[str], turns: Sequence[Turn], hints: Sequence[Hint]
) -> Timeline:
    """Tell what the visual timeline says about every name of every speaker.

    Its clock's offset is estimated and taken out first. The weight of a name is its time, in
    observations, times the log of how much oftener it is lit while this speaker talks than while
    the others do; silent tiles count as being lit for nobody.

    Parameters
    ----------
    speakers
        The rows, among them every speaker of ``turns``.
    turns, hints
        In any order, in seconds. Blank names and hints without length do not count.

    Returns
    -------
    Timeline
        Without names for no hints that count.

    Raises
    ------
    ValueError
        When a time is not finite.

    """
    counting = [hint for hint in hints if hint.name.strip() and hint.end > hint.start]
    names = tuple(dict.fromkeys(hint.name.strip() for hint in counting))
    shape = (len(speakers), len(names))
    talk = (*edges(turns), _places([turn.speaker for turn in turns], speakers))
    edges(hints)
    if not names:
        return Timeline((), np.zeros(shape), np.zeros(shape), np.zeros(shape), None)
    lit = (*edges(counting), _places([hint.name.strip() for hint in counting], names))
    talking, shown = course(*talk, len(speakers)), course(*lit, len(names))
    clock = timeline_clock(talking, shown)
    table = joint_table(talking, shown, clock.offset_s)
    exclusive = table[:, :-1]
    shared = together(talk, lit, shape, clock.offset_s) - exclusive
    seconds = exclusive + SHARED_TIME * np.maximum(shared, 0.0)
    return Timeline(names, exclusive, seconds, _weight(seconds, table[:, -1]), clock)


def weigh(
    speakers: Sequence[str],
    diarization: Diarization,
    timeline: Timeline,
    libraries: Sequence[Voices],
    *,
    threshold: float,
) -> Weighed:
    """Tell what speaks for every name of every speaker.

    The names are those of the timeline, and each speaker's two nearest known voices.

    Parameters
    ----------
    speakers
        The rows.
    diarization
        Their fingerprints.
    timeline
        What `read_timeline` made of the hints.
    libraries
        Known voices.
    threshold
        The least cosine that counts.

    Returns
    -------
    Weighed
        Without columns where there are neither hints nor known voices.

    """
    names, voices, margins = _nearest(speakers, diarization, timeline.names, libraries)
    alike = speaker_table(speakers, diarization.fingerprints)
    missing = ((0, 0), (0, len(names) - len(timeline.names)))
    exclusive, seconds, visual = (
        np.pad(table, missing) for table in (timeline.exclusive, timeline.seconds, timeline.weight)
    )
    return Weighed(
        names=names,
        exclusive=exclusive,
        seconds=seconds,
        speaker_share=_share(seconds, seconds.sum(axis=1, keepdims=True)),
        name_share=_share((alike >= threshold) @ seconds, seconds.sum(axis=0)),
        similarity=voices,
        margin=margins,
        alike=alike,
        visual=visual,
        voice=voice_weight(voices, threshold),
    )


def voice_weight(similarity: Similarities, threshold: float) -> Table:
    """Tell how much a likeness weighs, in nats: nothing below the threshold.

    Examples
    --------
    >>> voice_weight(np.array([0.4, 0.5, 0.6]), 0.5).round(6).tolist()
    [0.0, 1.0, 5.0]

    """
    above = np.maximum(similarity - threshold, 0.0)
    weight = VOICE_NATS + VOICE_NATS_PER_COSINE * above
    counted: Table = np.where(similarity >= threshold, weight, 0.0)
    return counted


def _places(labels: Sequence[str], among: Sequence[str]) -> NDArray[np.intp]:
    place = {label: at for at, label in enumerate(among)}
    return np.array([place[label] for label in labels], dtype=np.intp)


def _weight(seconds: Table, unlit: Table) -> Table:
    """Return nats: seconds in observations times the log of two smoothed rates' ratio."""
    spoken = seconds.sum(axis=1, keepdims=True) + unlit[:, np.newaxis]
    own = (seconds + OBSERVATION_S * PRIOR_RATE) / (spoken + OBSERVATION_S)
    others = (seconds.sum(axis=0) - seconds + OBSERVATION_S * PRIOR_RATE) / (
        spoken.sum() - spoken + OBSERVATION_S
    )
    weight: Table = seconds / OBSERVATION_S * np.log(own / others)
    return weight


def _nearest(
    speakers: Sequence[str],
    diarization: Diarization,
    shown: tuple[str, ...],
    libraries: Sequence[Voices],
) -> tuple[tuple[str, ...], Similarities, Similarities]:
    """Return the names that count, their voices' likeness, and its margins."""
    known, table = voice_table(speakers, diarization.fingerprints, libraries)
    heard = [known[at] for at in np.unique(np.argsort(-table, axis=1, kind="stable")[:, :2])]
    names = tuple(dict.fromkeys((*shown, *heard)))
    place = {name: at for at, name in enumerate(known)}
    columns = [place.get(name, -1) for name in names]
    padded, margins = (
        np.pad(one, ((0, 0), (0, 1)), constant_values=-np.inf) for one in (table, _margins(table))
    )
    return names, padded[:, columns], margins[:, columns]


def _margins(table: Similarities) -> Similarities:
    """Return how far each cell is above the best other one of its row, 2 where it is alone."""
    ranked = -np.sort(-np.pad(table, ((0, 0), (0, 2)), constant_values=-np.inf), axis=1)
    first, second = ranked[:, :1], ranked[:, 1:2]
    best = np.arange(table.shape[1]) == (
        np.argmax(table, axis=1)[:, np.newaxis] if table.size else 0
    )
    rival = np.maximum(np.where(best, second, first), -1.0)
    margins: Similarities = np.where(np.isfinite(table), table - rival, -np.inf)
    return margins


def _share(part: Table, whole: Table) -> Table:
    whole = np.broadcast_to(whole, part.shape)
    share: Table = np.divide(part, whole, out=np.zeros(part.shape), where=whole > 0)
    return np.minimum(share, 1.0)
