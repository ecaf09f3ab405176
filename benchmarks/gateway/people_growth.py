"""Latency of label-merge by the number of people in the library."""

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
    own_database,
    store_people,
    store_voiceprints,
)
from benchmarks.synthetic.voice_library import Population
from voiceprints.models import Space, Voiceprint

PEOPLE = (1_000, 10_000, 100_000)
# The embedding model of the measuring engine.
EMBEDDING = "e"
INDEX = "voiceprint_by_likeness"
FLAT = 2.0


def growth_by_people(bench: Bench) -> Results:
    """Measure a label-merge that names by the library, with one voiceprint per person."""
    random = np.random.default_rng(5)
    added: list[tuple[float, float]] = []
    with own_database():
        space, kept = Space.for_engine(EMBEDDING), 0
        crowd = Population(random, PEOPLE[-1])
        for people in PEOPLE:
            owners = store_people(f"Person {number}" for number in range(kept, people))
            voices = crowd.heard(np.arange(kept, people))
            # Inserting into the index one by one would take minutes.
            drop_index(Voiceprint, INDEX)
            store_voiceprints(range(kept, people), owners, voices, space)
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
    """Return the URL of `own_database`'s database."""
    return urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{NAME}"))
