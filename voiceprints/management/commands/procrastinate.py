"""Procrastinate's command, with a worker that reconnects to its database."""

import asyncio
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.management.commands import procrastinate

from voiceprints.jobs.worker_process import WorkerFailed, run_until_stopped

_NOT_OPTIONS = ("command", "func")


class Command(procrastinate.Command):
    """Run `worker` in a process that reconnects, and every other subcommand unchanged."""

    help = "Run a worker for jobs, or one of the other commands of Procrastinate."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the subcommand."""
        if options["command"] != "worker":
            super().handle(*args, **options)
            return
        every_command = BaseCommand().create_parser("manage.py", "procrastinate").parse_args([])
        ignored = {*vars(every_command), *_NOT_OPTIONS}
        chosen = {name: value for name, value in options.items() if name not in ignored}
        # A database that cannot be reached at the start is reported, not waited for.
        connection.ensure_connection()
        connection.close()
        self.stderr.write("The worker has started.")
        try:
            asyncio.run(run_until_stopped(app, chosen))
        except WorkerFailed as failure:
            raise CommandError(str(failure)) from failure
