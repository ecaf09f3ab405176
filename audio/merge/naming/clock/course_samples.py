"""Who talks and which name is shown, at equal steps of time.

Conventions
-----------
Times and offsets are in seconds, an offset is positive where the timeline is late.
"""

from dataclasses import dataclass

import numpy as np

from audio.merge.intervals import Indices, Times
from audio.merge.naming.clock.offset_search import MOST_GROUPS
from audio.merge.naming.clock.pieces import Pieces, pieces_with_ends
from audio.merge.naming.joint_table import SEVERAL, Course, Table, owners_at

SAMPLING_S = 0.5
# Longer recordings are sampled more coarsely, so that time and memory have a bound.
MOST_SAMPLES = 16_000


@dataclass(frozen=True, slots=True)
class CourseSamples:
    """Who talks, and which name is shown, at equal steps; group numbers; the last one means none.

    Shapes ``(samples,)`` each; -1 is time of several.
    """

    speech: Course
    shown: Course
    step: float
    times: Times
    speakers: Indices
    first_shown: float
    names: Indices

    def names_at(self, offset: float) -> Indices:
        """Return the name at each sample of the recording, none outside the timeline."""
        return number_groups(self.shown, self.times + offset)

    @property
    def shape(self) -> tuple[int, int]:
        """The rows and columns of a table of speakers, or silence, and names, or none."""
        return self.speech.groups + 1, self.shown.groups + 1


def sample(speech: Course, shown: Course) -> CourseSamples:
    """Sample the courses of the speakers and names that are alone for longest."""
    spans = float(np.ptp(speech.knots)) + float(np.ptp(shown.knots))
    step = max(SAMPLING_S, spans / MOST_SAMPLES)
    speech, shown = _longest_groups(speech), _longest_groups(shown)
    times = np.arange(speech.knots[0] + step / 2, speech.knots[-1], step)
    first = float(shown.knots[0]) + step / 2
    return CourseSamples(
        speech,
        shown,
        step,
        times,
        number_groups(speech, times),
        first,
        number_groups(shown, np.arange(first, shown.knots[-1], step)),
    )


def _longest_groups(course: Course) -> Course:
    """Return the course of the groups that are alone for longest; others count as several."""
    if course.groups <= MOST_GROUPS:
        return course
    alone = course.owners[:-1]
    seconds = np.bincount(
        alone[alone >= 0], np.diff(course.knots)[alone >= 0], minlength=course.groups
    )
    number = np.full(course.groups + 2, SEVERAL)
    number[-1] = -1
    number[np.argsort(-seconds, kind="stable")[:MOST_GROUPS]] = np.arange(MOST_GROUPS)
    return Course(course.knots, number[course.owners], MOST_GROUPS)


def number_groups(course: Course, times: Times) -> Indices:
    """Return the group at each time; none is the last number, several are -1."""
    owners = owners_at(course, times)
    return np.where(owners == SEVERAL, -1, np.where(owners < 0, course.groups, owners))


def tabulate(samples: CourseSamples, pieces: Pieces) -> Table:
    """Return the seconds of each speaker, or silence, with each name, or none."""
    names = np.empty_like(samples.speakers)
    for piece, until in pieces_with_ends(pieces):
        at = slice(*np.searchsorted(samples.times, (piece.from_s, until)))
        names[at] = number_groups(samples.shown, samples.times[at] + piece.offset_s)
    return count_alone(samples, samples.speakers, names)


def count_alone(samples: CourseSamples, speakers: Indices, names: Indices) -> Table:
    """Return the seconds of each speaker with each name, of samples of the same shape."""
    counting = (speakers >= 0) & (names >= 0)
    rows, columns = samples.shape
    counts = np.bincount(speakers[counting] * columns + names[counting], minlength=rows * columns)
    table: Table = counts.reshape(rows, columns).astype(np.float64) * samples.step
    return table
