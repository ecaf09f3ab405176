"""The private Postgres of the launcher."""

import os
import re
from pathlib import Path

import pytest

from spark_control.laptop.postgres_account import ACCOUNT, LIBRARIES, WHEEL, find_wheel
from tests.spark_control.laptop.launcher import (
    QUERY,
    SLOW,
    WAIT,
    Laptop,
    kill,
    pid_file_of_postgres,
    supervisor_of,
)

MIGRATE = """
import os, django
os.environ["DJANGO_SETTINGS_MODULE"] = "spark_control.settings"
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
"""
LOG_IN = """
import os, sys, django
os.environ["DJANGO_SETTINGS_MODULE"] = "spark_control.settings"
django.setup()
from django.contrib.auth import get_user_model
user = get_user_model().objects.get(username=sys.argv[1], is_superuser=True)
print(user.check_password(open(sys.argv[2]).read()))
"""
AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root gives Postgres its own account")


def modes_above(path: Path) -> dict[Path, int]:
    return {parent: parent.stat().st_mode for parent in path.parents}


def test_the_command_reaches_a_database(laptop: Laptop) -> None:
    ran = laptop.run("--no-engines", "--", "python", "-c", QUERY, "select 41 + 1")

    assert (ran.stdout, ran.returncode) == ("42\n", 0)
    assert re.fullmatch(r"database … ready in .* s\ntables … ready in .* s\n", ran.stderr)


def test_the_database_has_vectors(laptop: Laptop) -> None:
    statements = ("create extension if not exists vector", "select '[1,2]'::vector <-> '[1,5]'")

    ran = laptop.run("--no-engines", "--", "python", "-c", QUERY, *statements)

    assert ran.stdout == "3.0\n"


def test_the_database_is_brought_up_to_date_before_the_command_runs(laptop: Laptop) -> None:
    create = "import os, psycopg as p; c = p.connect(os.environ['DATABASE_URL'])"
    create += "; c.execute('create table brought (id int)'); c.commit(); c.close()"

    ran = laptop.run(
        *("--no-engines", "--", "python", "-c", QUERY, "select count(*) from brought"),
        MIGRATE=create,
    )

    assert ran.stdout == "0\n"


def test_the_database_requires_a_password(laptop: Laptop) -> None:
    script = QUERY.replace(
        'os.environ["DATABASE_URL"]', 'os.environ["DATABASE_URL"], password="x"'
    )

    ran = laptop.run("--no-engines", "--", "python", "-c", script, "select 1")

    assert "password authentication failed" in ran.stderr


def test_stored_rows_are_there_at_the_next_start(laptop: Laptop) -> None:
    words = ("--no-engines", "--", "python", "-c", QUERY)
    laptop.run(*words, "create table stored as select 7 as seven", "select 1")

    ran = laptop.run(*words, "select seven from stored")

    assert ran.stdout == "7\n"


def test_the_administrator_logs_in_with_the_stored_password(
    laptop: Laptop,
) -> None:
    password = laptop.data / "admin_password"
    words = ("--admin", "--no-engines", "--", "python", "-c", LOG_IN, "admin", str(password))
    first = laptop.run(*words, MIGRATE=MIGRATE)

    again = laptop.run(*words, MIGRATE=MIGRATE)

    assert (first.stdout, again.stdout) == ("True\n", "True\n")
    assert f"account admin, password in {password}" in again.stderr
    assert password.stat().st_mode & 0o777 == 0o600


def test_a_refused_statement_leaves_no_name_in_the_log(laptop: Laptop) -> None:
    once, twice = ("insert into people values ('Ana Ruiz')",) * 2
    make = "create temporary table people (name text unique)"

    ran = laptop.run("--no-engines", "--", "python", "-c", QUERY, make, once, twice)

    log = laptop.data / "logs" / "postgres.log"
    assert "Ana Ruiz" in ran.stderr
    assert "duplicate key" in log.read_text()
    assert "Ana" not in log.read_text()


def test_only_its_owner_can_read_the_log(laptop: Laptop) -> None:
    laptop.run("--no-engines", "--", "true")

    log = laptop.data / "logs" / "postgres.log"
    modes = [path.stat().st_mode & 0o777 for path in (log, log.parent)]
    assert modes == [0o600, 0o700]


def test_the_next_start_recovers_from_a_crash(laptop: Laptop) -> None:
    with laptop.started("--no-engines", "--", "python", "-c", SLOW) as launcher:
        pid_file = pid_file_of_postgres(laptop)
        postmaster, *rest = pid_file.read_text().splitlines(keepends=True)
        kill(supervisor_of(launcher), launcher.pid, int(postmaster))
    pid_file.write_text("".join([f"{os.getpid()}\n", *rest]))

    ran = laptop.run("--no-engines", "--", "python", "-c", QUERY, "select 42")

    assert ran.stdout == "42\n"


def test_a_failed_migration_stops_the_start(laptop: Laptop) -> None:
    ran = laptop.run("--no-engines", "--", "echo", "ran", MIGRATE="raise SystemExit('a conflict')")

    assert (ran.returncode, ran.stdout) == (1, "")
    assert "a conflict" in ran.stderr


@AS_ROOT
def test_postgres_runs_without_opening_a_closed_folder(
    empty_root_folder: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    home.mkdir(0o700)
    (home / WHEEL).symlink_to(find_wheel() / WHEEL)
    (home / LIBRARIES).symlink_to(find_wheel() / LIBRARIES)
    before = modes_above(home / "data")

    closed = {"WHEEL_FOLDER": str(home), "UMASK": "0o077"}
    laptop = Laptop(home / "data", empty_root_folder)
    ran = laptop.run("--no-engines", "--", "python", "-c", QUERY, "select 42", **closed)

    assert ran.stdout == "42\n"
    assert modes_above(home / "data") == before


@AS_ROOT
def test_postgres_runs_as_an_account_of_its_own(laptop: Laptop) -> None:
    with laptop.started("--no-engines", "--", "python", "-c", WAIT):
        postmaster = pid_file_of_postgres(laptop).read_text().splitlines()[0]
        user = Path("/proc", postmaster).owner()

    assert user == ACCOUNT
