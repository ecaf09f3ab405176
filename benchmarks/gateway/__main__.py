"""Measure what the gateway adds, each part several times, against direct calls to the engine.

    make bench
    make bench ARGS="added first-byte"

Engine, gateway and callers share a machine of two cores. Nothing here is a test: other work on the
machine affects every figure. Writes docs/reference/gateway-figures.md and its
plots.
"""

import argparse
import math
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from benchmarks.gateway.added_time import added_time, first_byte, floor, growth_by_bytes, latency
from benchmarks.gateway.engine import running_engine
from benchmarks.gateway.figure_table import Bench, Curve, Figure, Results
from benchmarks.gateway.people_growth import growth_by_people
from benchmarks.gateway.report import plot, table, write
from benchmarks.gateway.start_time import models_during_a_merge, start
from benchmarks.gateway.uploads import uploads

RESULTS = Path("docs/reference/gateway-figures.md")
ROOM = Path("var/bench/room")
# One measurement takes half of them.
LEAST_ROUNDS = 2
PARTS: dict[str, Callable[[Bench], Results]] = {
    "added": added_time,
    "floor": floor,
    "first-byte": first_byte,
    "latency": latency,
    "uploads": uploads,
    "merge": models_during_a_merge,
    "start": start,
    "bytes": growth_by_bytes,
    "people": growth_by_people,
}


def main() -> int:
    """Print each figure, then the table."""
    options = _options()
    ROOM.mkdir(parents=True, exist_ok=True)
    figures: list[Figure] = []
    curves: list[Curve] = []
    with TemporaryDirectory(dir=ROOM) as room, running_engine() as port:
        bench = Bench(port, Path(room).resolve(), options.rounds, options.seconds)
        for part in options.parts or PARTS:
            for result in PARTS[part](bench):
                if isinstance(result, Curve):
                    curves.append(result)
                else:
                    figures.append(result)
                    print(f"{result.what}: {result.measured}", file=sys.stderr, flush=True)
    Console(width=140).print(table(figures))
    if not options.parts:
        plots = [plot(curve, RESULTS.parent / "plots") for curve in curves]
        write(RESULTS, figures, plots, datetime.now(UTC))
        print(f"Written: {RESULTS}", *plots, file=sys.stderr)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="make bench",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "parts", nargs="*", choices=[*PARTS, []], metavar="PART", help=f"of {', '.join(PARTS)}"
    )
    parser.add_argument("--rounds", type=int, default=200, help="calls one at a time, of each way")
    parser.add_argument(
        "--seconds", type=float, default=4.0, help="of each concurrent measurement"
    )
    options = parser.parse_args()
    if options.rounds < LEAST_ROUNDS:
        parser.error(f"--rounds: expected at least {LEAST_ROUNDS}, got {options.rounds}")
    if not 0 < options.seconds < math.inf:
        parser.error(f"--seconds: expected seconds, as 4 or 0.5, got {options.seconds:g}")
    return options


if __name__ == "__main__":
    sys.exit(main())
