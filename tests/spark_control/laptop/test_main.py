"""The launcher's options, and the environment of the command."""

from collections.abc import Sequence

import pytest

from tests.spark_control.laptop.launcher import (
    PING,
    QUERY,
    SHOW,
    WAIT,
    Laptop,
)

PRINT_DATABASE = "import os, time; print(os.environ['DATABASE_URL'], flush=True); time.sleep(100)"
LISTEN = (
    "import socket, sys, time\n"
    "print(sys.argv[1], flush=True)\n"
    "time.sleep(0.3)\n"
    "print('listens', flush=True)\n"
    "listening = socket.create_server(('127.0.0.1', 0))\n"
    "time.sleep(100)"
)


def test_configured_servers_are_used_and_not_started(other: Laptop) -> None:
    named = {
        "DATABASE_URL": "postgres://far",
        "PARAKEET_URL": "http://p",
        "KOKORO_URL": "http://k",
    }

    ran = other.run("--", "python", "-c", SHOW, *named, **named)

    assert ran.stdout.split() == list(named.values())
    assert ran.stderr == ""
    assert [path.name for path in other.data.iterdir()] == ["secret_key"]


def test_no_database_overrides_the_environment(laptop: Laptop) -> None:
    options = ("--no-database", "--no-engines")

    ran = laptop.run(
        *options, "--", "python", "-c", SHOW, "DATABASE_URL", DATABASE_URL="postgres://far"
    )

    assert ran.stdout == "\n"


def test_uploads_in_progress_are_removed_at_the_end(other: Laptop) -> None:
    keep = 'touch "$UPLOADS_DIR/recording" && ls "$UPLOADS_DIR"'

    ran = other.run("--no-database", "--no-engines", "--", "sh", "-c", keep)

    assert ran.stdout == "recording\n"
    assert list(other.data.glob("uploads-*")) == []


def test_voice_samples_are_stored_with_their_database_and_private(laptop: Laptop) -> None:
    ran = laptop.run("--no-engines", "--", "python", "-c", SHOW, "SAMPLES_DIR")

    assert ran.stdout == f"{laptop.data / 'samples'}\n"
    assert (laptop.data / "samples").stat().st_mode & 0o777 == 0o700


def test_a_configured_folder_of_samples_is_used(laptop: Laptop) -> None:
    words = ("--no-engines", "--", "python", "-c", SHOW, "SAMPLES_DIR")

    assert laptop.run(*words, SAMPLES_DIR="/mine").stdout == "/mine\n"


def test_without_a_database_no_folder_of_samples_is_set(laptop: Laptop) -> None:
    words = ("--no-database", "--no-engines", "--", "python", "-c", SHOW, "SAMPLES_DIR")

    assert laptop.run(*words).stdout == "None\n"


def test_the_secret_key_stays_the_same_and_private(laptop: Laptop) -> None:
    words = ("--no-database", "--no-engines", "--", "python", "-c", SHOW, "SECRET_KEY")

    first, second = laptop.run(*words), laptop.run(*words)

    assert len(first.stdout) > 50
    assert first.stdout == second.stdout
    assert (laptop.data / "secret_key").stat().st_mode & 0o777 == 0o600


def test_a_configured_secret_key_is_used(laptop: Laptop) -> None:
    words = ("--no-database", "--no-engines", "--", "python", "-c", SHOW, "SECRET_KEY")

    assert laptop.run(*words, SECRET_KEY="mine").stdout == "mine\n"


@pytest.mark.parametrize("words", [(), ("--",), ("--no-database",), ("--nonsense", "--", "true")])
def test_wrong_usage_exits_with_2(laptop: Laptop, words: Sequence[str]) -> None:
    ran = laptop.run(*words)

    assert ran.returncode == 2
    assert "usage: python -m spark_control.laptop [options] -- COMMAND" in ran.stderr


def test_help_shows_examples(laptop: Laptop) -> None:
    ran = laptop.run("--help")

    assert "-- python manage.py shell" in ran.stdout


def test_an_unknown_command_exits_with_127_and_starts_nothing(other: Laptop) -> None:
    ran = other.run("--", "no-such-command")

    assert (ran.returncode, ran.stderr) == (127, "Command not found: 'no-such-command'.\n")
    assert not other.data.exists()


def test_a_second_launcher_with_its_own_data_works_beside_the_first(
    laptop: Laptop, other: Laptop
) -> None:
    with laptop.started("--", "python", "-c", WAIT):
        ran = other.run("--", "python", "-c", QUERY + PING, "select 42")

    assert ran.stdout == "42\nb'Hello'\n"


def test_a_second_launcher_with_the_same_data_is_refused(laptop: Laptop) -> None:
    with laptop.started("--no-engines", "--", "python", "-c", WAIT) as first:
        ran = laptop.run("--no-engines", "--", "true")

    assert ran.returncode == 1
    assert f"Another launcher (process {first.pid}) uses this data folder." in ran.stderr


def test_a_worker_runs_beside_the_command_with_its_settings(laptop: Laptop) -> None:
    wait = (
        "import os, pathlib, sys, time\n"
        "while not (url := pathlib.Path(sys.argv[1]).read_text()): time.sleep(0.02)\n"
        "print(url.strip() == os.environ['DATABASE_URL'])"
    )
    log = str(laptop.data / "worker.log")
    words = ("--worker", "--no-engines", "--", "python", "-c", wait, log)

    assert laptop.run(*words, WORKER=PRINT_DATABASE).stdout == "True\n"


def test_no_worker_runs_without_a_database(other: Laptop) -> None:
    other.run("--worker", "--no-database", "--no-engines", "--", "true", WORKER=PRINT_DATABASE)

    assert not (other.data / "worker.log").exists()


def test_realtime_sessions_are_served_beside_the_command(other: Laptop) -> None:
    log = str(other.data / "realtime.log")
    words = ("--realtime", "127.0.0.1:0", "--no-database", "--no-engines", "--", "cat")

    ran = other.run(*words, log, REALTIME=LISTEN)

    assert ran.stdout == "127.0.0.1:0\nlistens\n"
    assert "realtime … ready in" in ran.stderr


def test_the_command_does_not_begin_where_realtime_sessions_cannot(other: Laptop) -> None:
    fails = "import sys; sys.exit(f'--bind {sys.argv[1]}: Address already in use')"
    words = ("--realtime", "127.0.0.1:9", "--no-database", "--no-engines", "--", "echo", "up")

    ran = other.run(*words, REALTIME=fails)

    assert (ran.returncode, ran.stdout) == (1, "")
    assert "realtime … failed in" in ran.stderr
    assert "The realtime server did not start." in ran.stderr
    assert "--bind 127.0.0.1:9: Address already in use" in ran.stderr
