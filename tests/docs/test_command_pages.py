"""The page of commands shows their help, without Django's own options."""

from docs.generator.command_pages import help_of


def test_it_shows_the_options_of_a_command() -> None:
    text = help_of("audio", "watch_engines")

    assert text.startswith("usage: manage.py watch_engines [-h] [--once]")


def test_it_leaves_the_options_of_django_out() -> None:
    assert "--traceback" not in help_of("audio", "diarize")
