"""The verdict of the load test: every requirement, and the finding."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.load.clients import CALM_PHASE, CUT, LOST, Outcome, Phase
from benchmarks.load.leftovers import Remains

MOST_SLOWER = 2.0
MOST_MEMORY_MIB = 32.0
# DECODERS by default, and one for headers.
MOST_DECODERS = 3
GOOD = "200"
# Allowed outcomes for a failing engine; speech that has begun breaks off.
TRUE_WHILE_BROKEN = {GOOD, CUT, LOST, "429", "502", "503", "504"}


@dataclass(frozen=True, slots=True)
class Verdict:
    """A requirement, whether it is met, and the figure."""

    demand: str
    met: bool
    found: str


@dataclass(frozen=True, slots=True)
class Seen:
    """A phase: its outcomes, and the seconds of the working engine's requests."""

    phase: Phase
    answers: Counter[str]
    broken_max_s: float
    sound_p99_s: float
    calm_p99_s: float

    @property
    def times_slower(self) -> float:
        return self.sound_p99_s / self.calm_p99_s


def seen(phase: Phase, outcomes: Sequence[Outcome]) -> Seen:
    """Summarize a phase against the same engine's undisturbed phase."""
    here = [one for one in outcomes if one.phase == phase]
    of_broken = [one for one in here if one.kind.engine == phase.broken]
    sound = phase.sound
    calm = [one for one in outcomes if one.phase == CALM_PHASE and one.kind.engine == sound]
    return Seen(
        phase=phase,
        answers=Counter(one.answer for one in of_broken),
        broken_max_s=max((one.seconds for one in of_broken), default=0.0),
        sound_p99_s=_p99([one for one in here if one.kind.engine == sound]),
        calm_p99_s=_p99(calm),
    )


def judge(
    outcomes: Sequence[Outcome], phases: Sequence[Seen], before: Remains, after: Remains
) -> Iterator[Verdict]:
    """Check every requirement on the gateway."""
    lost = sum(one.answer == LOST for one in outcomes)
    yield Verdict("no request is left without an answer", lost == 0, f"{lost} of {len(outcomes)}")
    wrong = Counter(one.answer for one in outcomes if not _is_true(one))
    yield Verdict("only the broken engine's requests fail, and truly", not wrong, _listed(wrong))
    slower = {f"{one.phase.broken} {one.phase.way}": one.times_slower for one in phases}
    yield Verdict(
        f"the other engine's p99 stays within {MOST_SLOWER:g} x",
        # Without requests the figure is NaN, which does not meet the requirement.
        all(times <= MOST_SLOWER for times in slower.values()),
        ", ".join(f"{how} {times:.2f} x" for how, times in _largest(slower)),
    )
    more_mib = after.memory_mib - before.memory_mib
    yield Verdict(
        f"memory returns to within {MOST_MEMORY_MIB:g} MiB",
        more_mib <= MOST_MEMORY_MIB,
        f"{before.memory_mib:.0f} → {after.memory_mib:.0f} MiB",
    )
    for what in ("processes", "threads", "connections", "files"):
        was, is_now = getattr(before, what), getattr(after, what)
        yield Verdict(f"no {what} are left over", is_now <= was, f"{was} → {is_now}")
    yield Verdict(
        f"at most {MOST_DECODERS} decoders run",
        after.decoders <= MOST_DECODERS,
        f"{before.decoders} → {after.decoders}",
    )


def _is_true(outcome: Outcome) -> bool:
    phases = (outcome.phase, outcome.ended_in)
    excused = {engine for phase in phases for engine in (phase.broken, phase.mended) if engine}
    if outcome.kind.engine in excused:
        return outcome.answer in TRUE_WHILE_BROKEN
    # Lost requests have their own requirement.
    return outcome.answer in (GOOD, LOST)


def _p99(outcomes: Sequence[Outcome]) -> float:
    return float(np.percentile([one.seconds for one in outcomes] or [np.nan], 99))


def _largest(slower: Mapping[str, float]) -> list[tuple[str, float]]:
    return sorted(slower.items(), key=lambda one: -np.nan_to_num(one[1], nan=np.inf))[:3]


def _listed(answers: Counter[str]) -> str:
    return ", ".join(f"{count} x {answer}" for answer, count in answers.items()) or "none else"
