"""The arguments that several commands of the voice library share, and their parsers."""

import os
from argparse import ArgumentParser, ArgumentTypeError
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import CommandError

from audio.media.decoding import DecodingUnavailable, UnusableAudio, check_decodable
from audio.media.recording import Recording, suffix_of
from voiceprints.models import Person
from voiceprints.people.consent import Consent


def operator(command: str) -> str:
    """Return the actor for the audit: the command, and the account it runs under."""
    return f"manage.py {command}, uid {os.getuid()}"


def read_recording(path: str) -> Recording:
    """Return a recording on disk, after checking that it can be decoded."""
    file = Path(path)
    if not file.is_file():
        raise CommandError(f"{path}: no such file.")
    try:
        check_decodable(Recording(file, field=path))
    except (UnusableAudio, DecodingUnavailable) as error:
        raise CommandError(str(error)) from error
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}.") from error
    return Recording(file, suffix_of(file.name), file.name)


def find_person(text: str) -> Person:
    """Return the person with this name or identifier."""
    found = Person.objects.named(text.strip()).first() or _by_id(text)
    if found is None:
        raise CommandError(f"No person has the name or identifier {text!r}.")
    return found


def _by_id(text: str) -> Person | None:
    try:
        return Person.objects.filter(pk=UUID(text)).first()
    except ValueError:
        return None


def add_consent_options(parser: ArgumentParser) -> None:
    """Add the options that record consent."""
    parser.add_argument(
        "--consent",
        metavar="HOW",
        help="how consent was given, such as 'signed form of 3 May'; required for a new person",
    )
    parser.add_argument(
        "--consent-until",
        metavar="YYYY-MM-DD",
        type=parse_day,
        help="the last day of the consent, UTC (default: until it is withdrawn)",
    )


def read_consent(options: dict[str, Any]) -> Consent | None:
    """Return the consent that the options record, if any."""
    how, last_day = options["consent"], options["consent_until"]
    if how is None and last_day is not None:
        raise CommandError("--consent-until: expected only with --consent.")
    if how is None:
        return None
    try:
        return Consent(how, None if last_day is None else day_end(last_day))
    except ValueError as error:
        raise CommandError(f"--consent, {error}") from error


def parse_day(text: str) -> date:
    """Parse a day of the calendar."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"expected YYYY-MM-DD, got {text!r}") from None


def day_start(day: date) -> datetime:
    """Return the first moment of a day, UTC."""
    return datetime.combine(day, time.min, tzinfo=UTC)


def day_end(day: date) -> datetime:
    """Return the first moment after a day, UTC; for the last day of the calendar, its last."""
    if day == date.max:
        return datetime.max.replace(tzinfo=UTC)
    return day_start(day + timedelta(days=1))
