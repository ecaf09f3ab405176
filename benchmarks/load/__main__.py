"""Load the gateway for a minute while engines fail, on this machine alone.

    make load
    .venv/bin/python -m benchmarks.load --seconds 300
    .venv/bin/python -m benchmarks.load --dialect localai

Sixty-four clients send a mix of requests, over two engines in their own processes. First both
work; then one of them fails in each way in turn, then the other. Then strangers hold connections,
and both engines hang, while the gateway's health is asked for. At last the NVIDIA engine loses
its child process under load. Before and after, the idle gateway
is inspected. The exit status is 1 if a requirement is not met.
"""

import argparse
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table

from benchmarks.load import nvidia
from benchmarks.load.clients import KINDS, Clients, Phase, ask_concurrently, ask_each
from benchmarks.load.engine import CALM, SLOW
from benchmarks.load.engines import WAYS, EngineProcess, running_engines
from benchmarks.load.leftovers import KEPT_S, Remains, remains, settled
from benchmarks.load.strangers import HANG_S, HANGING, Strangers
from benchmarks.load.verdict import GOOD, Seen, Verdict, judge, seen
from benchmarks.measures.requests import SETTINGS
from spark_control.laptop.gateway import Gateway, running_gateway

ROOM = Path("var/load")
SPEECH, DUAL = (kind for kind in KINDS if kind.name in ("speech", "label-merge dual"))
CALM_SHARE, SETTLE_S, WARM_S = 1 / 6, 2.0, 5.0
# A phase lasts until the working engine answered as many requests, on a busy machine longer.
LEAST_ANSWERED, LONGEST_PHASE_S = 10, 30.0
WAIT_S = 20.0


def main() -> int:
    """Run the load test and print the verdict."""
    options = _options()
    ROOM.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=ROOM) as folder, running_engines() as engines:
        room = Path(folder)
        (room / "uploads").mkdir()
        (room / "tmp").mkdir()
        settings = SETTINGS | _settings(engines, room) | _roles(options.dialect, engines)
        with running_gateway(ROOM / "gateway.log", settings) as gateway:
            load = _Load(gateway, engines, (room / "uploads", room / "tmp"), options.clients)
            before = load.warmed()
            load.run(options.seconds)
            port = int(gateway.url.rpartition(":")[2])
            annoyed = list(Strangers(port, engines, options.strangers).verdicts())
            after = load.left(before)
        own = list(nvidia.verdicts(room, engines["kokoro"], options.nvidia))
    phases = [seen(Phase(name, way), load.outcomes) for name in engines for way in WAYS]
    return _report(phases, [*judge(load.outcomes, phases, before, after), *annoyed, *own])


class _Load:
    def __init__(
        self,
        gateway: Gateway,
        engines: dict[str, EngineProcess],
        folders: tuple[Path, ...],
        clients: int,
    ) -> None:
        self._gateway, self._engines, self._folders = gateway, engines, folders
        self._count = clients
        self._clients = Clients(gateway.url, clients)
        self.outcomes = self._clients.outcomes

    def warmed(self) -> Remains:
        """Return the resources of the idle gateway after all its threads have worked."""
        for name, kind in (("kokoro", SPEECH), ("parakeet", DUAL)):
            self._engines[name].be(SLOW)
            # These requests overlap: each needs one thread, and four more for two tracks.
            ask_concurrently(self._gateway.url, max(self._count, HANGING) + 8, kind)
            self._engines[name].be(CALM)
        warming = Clients(self._gateway.url, self._count)
        with warming.asking():
            time.sleep(WARM_S)
        if any(one.answer != GOOD for one in warming.outcomes):
            raise SystemExit("The gateway does not even serve while both engines are calm.")
        self._rest()
        return self._look()

    def run(self, seconds: float) -> None:
        """Run both engines undisturbed, then break one in each way, then the other."""
        calm_s = seconds * CALM_SHARE
        way_s = (seconds - calm_s - len(self._engines) * SETTLE_S) / len(self._engines) / len(WAYS)
        with self._clients.asking():
            time.sleep(calm_s)
            for name, engine in self._engines.items():
                for way in WAYS:
                    self._clients.phase = Phase(name, way)
                    engine.be(way)
                    self._stay(way_s)
                self._clients.phase = Phase(mended=name)
                engine.be(CALM)
                time.sleep(SETTLE_S)

    def _stay(self, seconds: float) -> None:
        """Wait, and for the least number of the working engine's answers."""
        latest = time.monotonic() + max(seconds, LONGEST_PHASE_S)
        time.sleep(seconds)
        sound = self._clients.phase.sound
        while self._clients.answered(sound) < LEAST_ANSWERED and time.monotonic() < latest:
            time.sleep(0.1)

    def left(self, before: Remains) -> Remains:
        """Return the gateway's resources at the end, once it is idle."""
        self._rest()
        return settled(self._look, lambda now: now.is_no_more_than(before), WAIT_S)

    def _rest(self) -> None:
        """Wait until idle connections expire; the next calls close them."""
        time.sleep(KEPT_S)
        ask_each(self._gateway.url)

    def _look(self) -> Remains:
        return remains(self._gateway.pid, *self._folders)


def _settings(engines: dict[str, EngineProcess], room: Path) -> dict[str, str]:
    return {
        "PARAKEET_URL": engines["parakeet"].url,
        "KOKORO_URL": engines["kokoro"].url,
        "DATABASE_URL": "",
        "UPLOADS_DIR": str(room / "uploads"),
        "TMPDIR": str(room / "tmp"),
        # Status files of engines remain by design.
        "RECOVERY_DIR": str(room / "recovery"),
        # A hanging call must end within its phase.
        "ENGINE_TIMEOUT_S": f"{HANG_S:g}",
        "ENGINE_WAIT_S": "1",
    }


def _roles(dialect: str, engines: dict[str, EngineProcess]) -> dict[str, str]:
    """Return the settings that ask the engine in another dialect than its own."""
    if dialect == "parakeet":
        return {}
    named = {"PARAKEET_URL": ""}
    for role in ("WORDS", "TURNS", "VOICES"):
        named[f"{role}_URL"] = engines["parakeet"].url
        named[f"{role}_DIALECT"] = dialect
        # One model for words and turns would be one call.
        named[f"{role}_MODEL"] = role.lower()
    return named


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=60.0, help="of load (60)")
    parser.add_argument(
        "--strangers", type=float, default=30.0, help="seconds of strangers in each way (30)"
    )
    parser.add_argument(
        "--nvidia", type=float, default=20.0, help="seconds of load on the NVIDIA engine (20)"
    )
    parser.add_argument(
        "--dialect",
        choices=("parakeet", "localai"),
        default="parakeet",
        help="of words, turns and voices (parakeet)",
    )
    parser.add_argument("--clients", type=int, default=64, help="concurrent clients (64)")
    return parser.parse_args()


def _report(phases: list[Seen], verdicts: list[Verdict]) -> int:
    console = Console(width=120)
    console.print(_table(phases))
    for verdict in verdicts:
        console.print(f"{'ok ' if verdict.met else 'NOT'}  {verdict.demand}: {verdict.found}")
    return 0 if all(verdict.met for verdict in verdicts) else 1


def _table(phases: list[Seen]) -> Table:
    table = Table("broken", "how", "its requests", "longest", "the other's p99", "calm", box=None)
    for one in phases:
        answers = ", ".join(f"{count} x {answer}" for answer, count in sorted(one.answers.items()))
        times = (one.broken_max_s, one.sound_p99_s, one.calm_p99_s)
        table.add_row(one.phase.broken, one.phase.way, answers, *(f"{s:.2f} s" for s in times))
    return table


if __name__ == "__main__":
    sys.exit(main())
