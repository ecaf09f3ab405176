"""The command line of the launcher: `python -m spark_control.laptop`."""

import argparse
import os
import shutil
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from environ import Env

from spark_control.core_dumps import disable_core_dumps
from spark_control.laptop import PROJECT
from spark_control.laptop.built_in_engine import DEADLINES, built_in_engine
from spark_control.laptop.data_folder import make_private_folder, read_secret
from spark_control.laptop.database import ensure_admin, migrate, private_database
from spark_control.laptop.listening_server import is_listening, wait_until_ready
from spark_control.laptop.nvidia_engine import nvidia_engine
from spark_control.laptop.processes import (
    Launcher,
    StartError,
    background_process,
    pause,
    run_in_foreground,
    supervise,
)
from spark_control.laptop.step_progress import progress

COMMAND_NOT_FOUND = 127
ENV_FILE = PROJECT / ".env"
WORKER = (sys.executable, "manage.py", "procrastinate", "worker")
REALTIME = (sys.executable, "manage.py", "realtime", "--bind")

USAGE = "python -m spark_control.laptop [options] -- COMMAND [ARGUMENT…]"
HELP = """\
Run a command with everything that a production host has: Postgres with pgvector, and the engines.

Servers that the environment names (DATABASE_URL, PARAKEET_URL, KOKORO_URL) are used as they are.
For each missing one, the launcher starts a private Postgres or the built-in engine on a free
loopback port and passes its URL to the command. Everything it started ends with the command.
PARAKEET_MODELS names a folder of NVIDIA's models, which then run on the CPU in its place.
"""
EXAMPLES = """\
examples:
  python -m spark_control.laptop -- python -m spark_control.server
  python -m spark_control.laptop --no-engines -- python manage.py shell
  python -m spark_control.laptop --no-engines --data var/test -- pytest
  PARAKEET_URL=http://10.0.0.5:9100 python -m spark_control.laptop --no-database -- COMMAND

The exit status is the command's: 128 + N if signal N ended it, 1 if a server could not be
started, 2 for wrong usage, 127 if the command does not exist. Ctrl-C and SIGTERM reach the
command once. If the launcher itself is killed, everything that it started still ends.
"""


@dataclass(frozen=True, slots=True)
class Options:
    """The arguments of the command line."""

    database: bool
    admin: bool
    engines: bool
    worker: bool
    realtime: str | None
    data: Path
    command: Sequence[str]


def main() -> int:
    """Run the launcher and return its exit status."""
    options = parse_options(sys.argv[1:])
    disable_core_dumps()
    Env.read_env(ENV_FILE)  # as the settings do, so that both see the same variables
    # `python` and other programs are those of this virtual environment, even if it is not active.
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), *os.get_exec_path()])
    if shutil.which(options.command[0]) is None:
        print(f"Command not found: {options.command[0]!r}.", file=sys.stderr)
        return COMMAND_NOT_FOUND
    return supervise(lambda launcher: run(options, launcher))


def parse_options(arguments: Sequence[str]) -> Options:
    """Parse the arguments; print help or an error and exit where necessary."""
    parser = make_parser()
    split = list(arguments).index("--") if "--" in arguments else len(arguments)
    parsed, command = parser.parse_args(arguments[:split]), arguments[split + 1 :]
    if not command:
        parser.error("expected a command after `--`; --help shows examples")
    return Options(
        database=not parsed.no_database,
        admin=parsed.admin,
        engines=not parsed.no_engines,
        worker=parsed.worker,
        realtime=parsed.realtime,
        data=parsed.data.resolve(),
        command=command,
    )


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of the options before `--`."""
    parser = argparse.ArgumentParser(
        usage=USAGE,
        description=HELP,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--no-database",
        action="store_true",
        help="run without a database, even if DATABASE_URL names one",
    )
    parser.add_argument(
        "--no-engines",
        action="store_true",
        help="start no engine; PARAKEET_URL and KOKORO_URL are still used",
    )
    parser.add_argument(
        "--worker",
        action="store_true",
        help="run a job worker beside the command; requires a database",
    )
    parser.add_argument(
        "--realtime",
        metavar="HOST:PORT",
        help="serve realtime sessions at this address beside the command",
    )
    parser.add_argument(
        "--admin",
        action="store_true",
        help="create an administrator's account unless the private database has an account",
    )
    parser.add_argument(
        "--data",
        type=Path,
        default=PROJECT / "var",
        metavar="DIR",
        help="folder for the database, voice samples, the secret key and logs (default: var/ in "
        "the project); two launchers at the same time need different folders",
    )
    return parser


def run(options: Options, launcher: Launcher) -> int:
    """Start the servers, run the command, and return its exit status."""
    options.data.mkdir(parents=True, exist_ok=True)
    environment = dict(os.environ)
    environment["SECRET_KEY"] = environment.get("SECRET_KEY") or read_secret(
        options.data / "secret_key"
    )
    with ExitStack() as resources:
        # Uploads in progress must not remain on disk when the launcher ends.
        uploads = resources.enter_context(TemporaryDirectory(prefix="uploads-", dir=options.data))
        os.environ["UPLOADS_DIR"] = environment["UPLOADS_DIR"] = uploads
        try:
            environment |= start_database(environment, options, resources)
            environment |= start_engines(environment, options, resources)
            if options.worker and environment.get("DATABASE_URL"):
                resources.enter_context(running_beside("worker", WORKER, environment, options))
            if options.realtime:
                command = (*REALTIME, options.realtime)
                realtime = running_beside("realtime", command, environment, options, listens=True)
                resources.enter_context(realtime)
        except StartError as error:
            print(error, file=sys.stderr)
            return 1
        return run_in_foreground(options.command, environment, launcher)


def start_database(
    environment: Mapping[str, str], options: Options, resources: ExitStack
) -> dict[str, str]:
    """Start a private database if none is configured; return the variables that name it."""
    if not options.database:
        return {"DATABASE_URL": ""}  # if it were unset, the settings would read it from `.env`
    if environment.get("DATABASE_URL"):
        return {}
    url = resources.enter_context(private_database(options.data))
    migrate({**environment, "DATABASE_URL": url})
    if options.admin:
        ensure_admin(options.data, {**environment, "DATABASE_URL": url})
    # Samples belong to one database: purging with another database would delete them as orphans.
    samples = environment.get("SAMPLES_DIR") or str(make_private_folder(options.data / "samples"))
    return {"DATABASE_URL": url, "SAMPLES_DIR": samples}


# The settings that name an engine, and those that take each of its roles away from it.
_SHORT_FORMS = {
    "PARAKEET_URL": ("WORDS_URL", "TURNS_URL", "VOICES_URL"),
    "KOKORO_URL": ("SPEECH_URL",),
}


def _is_filled(name: str, environment: Mapping[str, str]) -> bool:
    return bool(environment.get(name)) or all(map(environment.get, _SHORT_FORMS[name]))


def start_engines(
    environment: Mapping[str, str], options: Options, resources: ExitStack
) -> dict[str, str]:
    """Start an engine for each missing URL; return the variables that go with it."""
    missing = [name for name in _SHORT_FORMS if not _is_filled(name, environment)]
    if not missing or not options.engines:
        return {}
    slow = DEADLINES if "PARAKEET_URL" in missing else {}
    urls = {name: value for name, value in slow.items() if not environment.get(name)}
    if "PARAKEET_URL" in missing and (folder := environment.get("PARAKEET_MODELS")):
        engine = nvidia_engine(Path(folder).resolve(), options.data)
        urls["PARAKEET_URL"] = resources.enter_context(engine)
    if missing := [name for name in missing if name not in urls]:
        urls |= dict.fromkeys(missing, resources.enter_context(built_in_engine(options.data)))
    return urls


@contextmanager
def running_beside(
    name: str,
    command: Sequence[str],
    environment: Mapping[str, str],
    options: Options,
    *,
    listens: bool = False,
) -> Iterator[None]:
    """Run a process of the gateway beside the command, for the block; `listens`: wait for it."""
    log = options.data / f"{name}.log"
    # A worker returns a job under way to the queue; other workers take over those of a lost one.
    with ExitStack() as resources:
        with progress(name):
            beside = background_process(
                command,
                signal.SIGTERM,
                log,
                env=dict(environment),
                cwd=PROJECT,
            )
            process = resources.enter_context(beside)
            if listens:
                wait_until_ready(process, log, lambda: is_listening(process.pid), pause)
        yield


if __name__ == "__main__":
    sys.exit(main())
