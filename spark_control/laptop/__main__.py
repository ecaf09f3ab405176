import argparse
import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from environ import Env

from spark_control.laptop import PROJECT
from spark_control.laptop.admin import admin_account
from spark_control.laptop.database import migrate, private_database
from spark_control.laptop.engine import built_in_engine
from spark_control.laptop.folder import private_folder, secret_in
from spark_control.laptop.processes import Failed, Launcher, kept, run
from spark_control.laptop.worker import beside

NO_SUCH_COMMAND = 127

USAGE = "python -m spark_control.laptop [options] -- COMMAND [ARGUMENT…]"
HELP = """\
Run a command with what a production host would have: a Postgres with pgvector and the engines.

What the environment names (DATABASE_URL, PARAKEET_URL, KOKORO_URL) is used and not started.
For the rest a private Postgres and the built-in engine are started on free loopback ports, and
the command finds them under the same names. When it ends, so does everything that was started.
"""
EXAMPLES = """\
examples:
  python -m spark_control.laptop -- gunicorn -c python:spark_control.server spark_control.wsgi
  python -m spark_control.laptop --no-engines -- python manage.py shell
  python -m spark_control.laptop --no-engines --data var/test -- pytest
  PARAKEET_URL=http://10.0.0.5:9100 python -m spark_control.laptop --no-database -- COMMAND

The exit status is the command's: 128 + N when signal N ended it; 1 when something could not be
started, 2 for wrong usage, 127 when there is no such command. Ctrl-C and SIGTERM reach the
command once; when the launcher itself is killed, everything else is ended all the same.
"""


@dataclass(frozen=True, slots=True)
class Wishes:
    database: bool
    admin: bool
    engines: bool
    worker: bool
    data: Path
    command: Sequence[str]


def main() -> int:
    wishes = wishes_in(sys.argv[1:])
    Env.read_env(PROJECT / ".env")  # as the settings do: what it names is named
    # `python` and `gunicorn` are the launcher's own, whether its venv is active or not.
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), *os.get_exec_path()])
    if shutil.which(wishes.command[0]) is None:
        print(f"There is no command {wishes.command[0]!r}.", file=sys.stderr)
        return NO_SUCH_COMMAND
    return kept(lambda launcher: fulfil(wishes, launcher))


def wishes_in(arguments: Sequence[str]) -> Wishes:
    parser = argparse.ArgumentParser(
        usage=USAGE,
        description=HELP,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--no-database",
        action="store_true",
        help="the command gets no database, not even one that DATABASE_URL names",
    )
    parser.add_argument(
        "--no-engines",
        action="store_true",
        help="start no engine; those that PARAKEET_URL and KOKORO_URL name are still used",
    )
    parser.add_argument(
        "--worker",
        action="store_true",
        help="run a worker for jobs beside the command, where there is a database",
    )
    parser.add_argument(
        "--admin",
        action="store_true",
        help="make an account for the admin where the private database has none",
    )
    parser.add_argument(
        "--data",
        type=Path,
        default=PROJECT / "var",
        metavar="DIR",
        help="where database, samples of voices, secret key and logs are kept (default: var/ of "
        "the project); a second launcher beside this one needs its own",
    )
    split = list(arguments).index("--") if "--" in arguments else len(arguments)
    options, command = parser.parse_args(arguments[:split]), arguments[split + 1 :]
    if not command:
        parser.error("say which command to run, after a `--`; --help shows examples")
    data = options.data.resolve()
    database, engines = not options.no_database, not options.no_engines
    return Wishes(database, options.admin, engines, options.worker, data, command)


def fulfil(wishes: Wishes, launcher: Launcher) -> int:
    wishes.data.mkdir(parents=True, exist_ok=True)
    environment = dict(os.environ)
    environment["SECRET_KEY"] = environment.get("SECRET_KEY") or secret_in(
        wishes.data / "secret_key"
    )
    with ExitStack() as everything:
        # Recordings under way when everything is ended must not stay behind.
        uploads = everything.enter_context(TemporaryDirectory(prefix="uploads-", dir=wishes.data))
        os.environ["UPLOADS_DIR"] = environment["UPLOADS_DIR"] = uploads
        try:
            environment |= database_for(environment, wishes, everything)
            environment |= engines_for(environment, wishes, everything)
            if wishes.worker and environment.get("DATABASE_URL"):
                everything.enter_context(beside(environment, wishes.data))
        except Failed as failure:
            print(failure, file=sys.stderr)
            return 1
        return run(wishes.command, environment, launcher)


def database_for(
    environment: Mapping[str, str], wishes: Wishes, everything: ExitStack
) -> dict[str, str]:
    if not wishes.database:
        return {"DATABASE_URL": ""}  # set, or the settings would read it from `.env`
    if environment.get("DATABASE_URL"):
        return {}
    url = everything.enter_context(private_database(wishes.data))
    migrate({**environment, "DATABASE_URL": url})
    if wishes.admin:
        admin_account(wishes.data, {**environment, "DATABASE_URL": url})
    # Samples belong to the prints of one database: another's purge would take them for orphans.
    samples = environment.get("SAMPLES_DIR") or str(private_folder(wishes.data / "samples"))
    return {"DATABASE_URL": url, "SAMPLES_DIR": samples}


def engines_for(
    environment: Mapping[str, str], wishes: Wishes, everything: ExitStack
) -> dict[str, str]:
    unnamed = [name for name in ("PARAKEET_URL", "KOKORO_URL") if not environment.get(name)]
    if not unnamed or not wishes.engines:
        return {}
    url = everything.enter_context(built_in_engine(wishes.data))
    return dict.fromkeys(unnamed, url)


if __name__ == "__main__":
    sys.exit(main())
