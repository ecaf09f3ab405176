"""What an operator writes on the command line, read into values."""

import os
from argparse import ArgumentParser, ArgumentTypeError
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import CommandError

from audio.media.decoding import DecodingUnavailable, UnusableAudio, check_decodable
from audio.media.recording import Recording
from voiceprints.models import Person
from voiceprints.people.consent import Consent


def operator(command: str) -> str:
    """Who did it, for the audit: the command, and whose account it ran under."""
    return f"manage.py {command}, uid {os.getuid()}"


def recording(path: str) -> Recording:
    """A recording on disk that can be read."""
    file = Path(path)
    if not file.is_file():
        raise CommandError(f"{path}: there is no such file.")
    try:
        check_decodable(Recording(file, field=path))
    except (UnusableAudio, DecodingUnavailable) as error:
        raise CommandError(str(error)) from error
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}.") from error
    return Recording(file, file.suffix.lower(), file.name)


def person(text: str) -> Person:
    """Somebody by name or identifier."""
    found = Person.objects.named(text.strip()).first() or _by_id(text)
    if found is None:
        raise CommandError(f"There is nobody called {text!r}, and no person has that identifier.")
    return found


def _by_id(text: str) -> Person | None:
    try:
        return Person.objects.filter(pk=UUID(text)).first()
    except ValueError:
        return None


def add_consent(parser: ArgumentParser) -> None:
    """The options that say how people agreed."""
    parser.add_argument(
        "--consent",
        metavar="HOW",
        help="how consent was given, such as 'signed form of 3 May'; needed for somebody new",
    )
    parser.add_argument(
        "--consent-until",
        metavar="YYYY-MM-DD",
        type=day,
        help="the last day it holds, UTC (default: until it is withdrawn)",
    )


def consent(options: dict[str, Any]) -> Consent | None:
    """How people agreed, if that is said."""
    how, last_day = options["consent"], options["consent_until"]
    if how is None and last_day is not None:
        raise CommandError("--consent-until says until when, --consent must say how.")
    if how is None:
        return None
    try:
        return Consent(how, None if last_day is None else end_of(last_day))
    except ValueError as error:
        raise CommandError(f"--consent, {error}") from error


def day(text: str) -> date:
    """A day as it is written."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"expected YYYY-MM-DD, got {text!r}") from None


def start_of(day: date) -> datetime:
    """Its first moment, UTC."""
    return datetime.combine(day, time.min, tzinfo=UTC)


def end_of(day: date) -> datetime:
    """The first moment after it, UTC; of the last day that can be told its last."""
    if day == date.max:
        return datetime.max.replace(tzinfo=UTC)
    return start_of(day + timedelta(days=1))
