"""The built-in engine beside the command."""

import re

from tests.spark_control.laptop.launcher import (
    ENGINE_THAT_ENDS,
    PING,
    SHOW,
    Laptop,
)


def test_the_command_reaches_the_engine_under_both_names(laptop: Laptop) -> None:
    show = f"{PING}; print(os.environ['KOKORO_URL'] == os.environ['PARAKEET_URL'])"

    ran = laptop.run("--no-database", "--", "python", "-c", show)

    assert ran.stdout == "b'Hello'\nTrue\n"
    assert re.fullmatch(r"engine … ready in .* s\n", ran.stderr)


def test_the_engine_replaces_the_one_that_is_not_configured(laptop: Laptop) -> None:
    urls = ("PARAKEET_URL", "KOKORO_URL")

    ran = laptop.run("--no-database", "--", "python", "-c", SHOW, *urls, PARAKEET_URL="http://p")

    assert re.fullmatch(r"http://p\nhttp://127\.0\.0\.1:\d+\n", ran.stdout)


def test_an_engine_that_fails_shows_the_end_of_its_log(laptop: Laptop) -> None:
    ran = laptop.run("--no-database", "--", "true", ENGINE="no_such_module:engine")

    assert ran.returncode == 1
    assert "The engine ended before it was ready." in ran.stderr
    assert "No module named 'no_such_module'" in ran.stderr
    assert "pass --no-engines" in ran.stderr


def test_an_engine_that_ends_too_early_is_reported(laptop: Laptop) -> None:
    end = "import os, urllib.request as r; r.urlopen(os.environ['KOKORO_URL'] + '/end').read()"

    ran = laptop.run("--no-database", "--", "python", "-c", end, ENGINE=ENGINE_THAT_ENDS)

    assert "engine ended before the command did" in ran.stderr


def test_a_failed_model_download_says_what_to_do(laptop: Laptop) -> None:
    ran = laptop.run("--no-database", "--", "true", MODELS="raise SystemExit('no network')")

    assert ran.returncode == 1
    assert "no network" in ran.stderr
    assert "`python -m cpu_engine.models` tries again" in ran.stderr


def test_the_command_gives_the_engine_more_time_for_each_second_of_audio(laptop: Laptop) -> None:
    names = ("ENGINE_TIMEOUT_PER_AUDIO_S", "ENGINE_TIMEOUT_S")

    ran = laptop.run("--no-database", "--", "python", "-c", SHOW, *names)

    assert ran.stdout == "4\n3600\n"


def test_deadlines_that_are_set_stay(laptop: Laptop) -> None:
    show = (SHOW, "ENGINE_TIMEOUT_PER_AUDIO_S")

    ran = laptop.run("--no-database", "--", "python", "-c", *show, ENGINE_TIMEOUT_PER_AUDIO_S="9")

    assert ran.stdout == "9\n"


def test_the_deadlines_of_another_engine_stay(laptop: Laptop) -> None:
    show = (SHOW, "ENGINE_TIMEOUT_PER_AUDIO_S")

    ran = laptop.run("--no-database", "--", "python", "-c", *show, PARAKEET_URL="http://p")

    assert ran.stdout == "None\n"
