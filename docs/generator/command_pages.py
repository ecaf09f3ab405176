"""The page of management commands, from their `--help`."""

import argparse
from collections.abc import Iterable
from typing import Any

from django.core.management import get_commands, load_command_class

APPS = ("audio", "voiceprints")
WIDTH = 96
INTRODUCTION = """\
# Commands

`python manage.py COMMAND` reads its settings as the gateway does. Commands that change many
records, or delete any, have `--dry-run`. The exit status is 0 when all went well, 1 when
something failed, and 2 for wrong usage. This page is generated from `--help`; Django's own
options (`--settings`, `--traceback` and others) are left out. The launcher `python -m
spark_control.laptop` and the targets of `make` list their options with `--help` and `make help`.
"""
DJANGO_OPTIONS = {
    "version",
    "verbosity",
    "settings",
    "pythonpath",
    "traceback",
    "no_color",
    "force_color",
    "skip_checks",
}


def page() -> str:
    """Return the page in Markdown."""
    commands = {name: app for name, app in get_commands().items() if app in APPS}
    return INTRODUCTION + "".join(
        f"\n## {name}\n\n```text\n{help_of(app, name)}\n```\n"
        for name, app in sorted(commands.items())
    )


def help_of(app: str, name: str) -> str:
    """Return the help of a command, without the options that every command of Django has."""
    parser = load_command_class(app, name).create_parser("manage.py", name)
    parser.formatter_class = OwnOptions
    return parser.format_help().strip()


class OwnOptions(argparse.RawDescriptionHelpFormatter):
    """Format the help in a fixed width, and leave Django's options out."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=WIDTH)

    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[Any],
        prefix: str | None = None,
    ) -> None:
        own = [action for action in actions if action.dest not in DJANGO_OPTIONS]
        super().add_usage(usage, own, groups, prefix)

    def add_argument(self, action: argparse.Action) -> None:
        if action.dest not in DJANGO_OPTIONS:
            super().add_argument(action)
