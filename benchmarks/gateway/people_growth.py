"""Does the number of people in the library make an answer slower?"""

import os
import secrets
from urllib.parse import urlsplit, urlunsplit

import numpy as np

from benchmarks.gateway import calls
from benchmarks.gateway.figure_table import Bench, Curve, Figure, Results
from benchmarks.gateway.timing import one_at_a_time
from benchmarks.synthetic.library_tables import (
    NAME,
    build_index,
    drop_index,
    execute,
    keep_people,
    keep_prints,
    own_database,
)
from benchmarks.synthetic.voice_library import Crowd
from voiceprints.models import Space, Voiceprint

PEOPLE = (1_000, 10_000, 100_000)
# What the engine of the measurements calls its embedding model.
EMBEDDING = "e"
INDEX = "voiceprint_by_likeness"
FLAT = 2.0


def growth_by_people(bench: Bench) -> Results:
    """A label-merge that names by the library, with one print of each of so many people."""
    random = np.random.default_rng(5)
    added: list[tuple[float, float]] = []
    with own_database():
        space, kept = Space.for_engine(EMBEDDING), 0
        crowd = Crowd(random, PEOPLE[-1])
        for people in PEOPLE:
            owners = keep_people(f"Person {number}" for number in range(kept, people))
            voices = crowd.heard(np.arange(kept, people))
            # One print at a time, the index would take minutes to grow.
            drop_index(Voiceprint, INDEX)
            keep_prints(range(kept, people), owners, voices, space)
            build_index(Voiceprint, INDEX)
            execute("VACUUM ANALYZE")
            kept = people
            added.append((people, _added_ms(bench)))
    said = ", ".join(f"{ms:.1f} ms with {people:,}" for people, ms in added)
    reached = added[-1][1] <= FLAT * added[0][1]
    yield Figure("growth with people, label-merge", "flat up to 100,000", said, reached)
    yield Curve(
        title="Added time against people in the library",
        x="people",
        y="ms",
        lines={"label-merge": added},
    )


def _added_ms(bench: Bench) -> float:
    with bench.gateway(DATABASE_URL=_own_url(), SECRET_KEY=secrets.token_urlsafe()) as gateway:
        ports = bench.ports(gateway)
        return one_at_a_time(calls.label_merge(), ports, rounds=bench.rounds // 2).added_ms


def _own_url() -> str:
    """The database of `own_database`, on the server of this one."""
    return urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{NAME}"))
