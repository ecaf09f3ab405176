"""The arguments of the commands that process archives, and their parsers."""

import re
from argparse import ArgumentParser, ArgumentTypeError, BooleanOptionalAction
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from rest_framework.exceptions import ValidationError

from audio.api.errors import problem_of
from audio.api.serializers.speakers import MAX_SPEAKERS, TIMELINE_FORMATS, SpeakerCounts
from audio.archive.inventory import Inventory, find_recordings
from audio.archive.options import DEFAULT_FORMATS, ArchiveOptions
from audio.archive.paths import NoSuchPath
from audio.archive.voices_file import read_voices
from audio.formats.renderer import NATIVE_FORMATS
from audio.library import NoLibrary, library
from audio.merge.chunks.constrained_clustering import LinkingRule
from audio.merge.defaults import (
    DEFAULT_ECHO,
    DEFAULT_SELF_NAME,
    ECHO_NAMES,
    RULE_NAMES,
)
from audio.merge.name_spelling import readable
from audio.merge.values import Voices
from audio.pipeline.merge_job import build_merge_options
from audio.timelines.registry import AUTO

USAGE = 2
_COUNTS = ("num_speakers", "min_speakers", "max_speakers")


def add_recording_arguments(parser: ArgumentParser) -> None:
    """Add the arguments that select recordings."""
    parser.add_argument(
        "paths", metavar="PATH", nargs="+", help="a recording, a folder, or a quoted pattern"
    )
    parser.add_argument(
        "--newer-than",
        metavar="WHEN",
        type=_parse_time,
        help="only recordings changed after this day or time (UTC): 2026-05-03, 2026-05-03T14:00",
    )


def add_archive_options(parser: ArgumentParser) -> None:
    """Add the options that say what is done with each recording."""
    parser.add_argument(
        "--format",
        type=format_list(NATIVE_FORMATS),
        default=DEFAULT_FORMATS,
        metavar="LIST",
        help=f"output formats, separated by commas, of {', '.join(NATIVE_FORMATS)} "
        f"(default: {','.join(DEFAULT_FORMATS)})",
    )
    parser.add_argument(
        "--rule",
        choices=RULE_NAMES,
        default=settings.DEFAULT_RULE,
        help="how speakers are named. overlap: the name that the timeline shows longest, "
        "else the nearest voice; evidence: timeline and voices are weighed together "
        f"(default: {settings.DEFAULT_RULE})",
    )
    parser.add_argument(
        "--echo",
        choices=ECHO_NAMES,
        default=DEFAULT_ECHO,
        help="what becomes of the voices of *.system.* in *.mic.*. cancel: the engines hear it "
        "without them; gate: only words louder than what would be left of them count; off: only "
        f"words louder than on *.system.* (default: {DEFAULT_ECHO})",
    )
    for count, limit in zip(_COUNTS, ("exactly", "at least", "at most"), strict=True):
        parser.add_argument(
            f"--{count.replace('_', '-')}",
            type=int,
            metavar="N",
            help=f"{limit} N speakers (1 to {MAX_SPEAKERS}); with two tracks: on *.system.*",
        )
    _add_naming_options(parser)
    _add_storage_options(parser)


def _add_naming_options(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--timeline-format",
        choices=TIMELINE_FORMATS,
        default=AUTO,
        metavar="FORMAT",
        help="the format of all timelines (default: auto, each by its shape); one of "
        f"{', '.join(TIMELINE_FORMATS)}",
    )
    parser.add_argument(
        "--self-name",
        default=DEFAULT_SELF_NAME,
        metavar="NAME",
        help=f"the name of the speaker on *.mic.* (default: {DEFAULT_SELF_NAME})",
    )
    parser.add_argument(
        "--known",
        type=Path,
        metavar="FILE",
        help="known voices as JSON: {name: [numbers]}, or a file that export_voiceprints wrote "
        "(default: the voices of the voice library, if there is one)",
    )


def _add_storage_options(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--store", action="store_true", help="store the transcripts in the voice library"
    )
    parser.add_argument(
        "--retain-days",
        type=_parse_days,
        metavar="N",
        help="with --store: the library deletes the transcripts after N days",
    )
    parser.add_argument(
        "--keep-audio",
        action=BooleanOptionalAction,
        help="with --store: store the recordings too, as Opus, to listen to them; a transcript "
        "that is stored already gets none (default: KEEP_AUDIO)",
    )


def read_inventory(options: dict[str, Any]) -> Inventory:
    """Return the recordings that the arguments select."""
    try:
        return find_recordings(options["paths"], newer_than=options["newer_than"])
    except NoSuchPath as error:
        raise CommandError(str(error), returncode=USAGE) from error


def read_archive_options(options: dict[str, Any]) -> ArchiveOptions:
    """Return what is done with each recording."""
    _refuse_contradictions(options)
    self_name = readable(options["self_name"])
    if not self_name:
        raise CommandError("--self-name: expected a name.", returncode=USAGE)
    merge = {
        **options,
        "self_name": self_name,
        "known_voiceprints": _read_known(options["known"]),
        "transcribe": True,
    }
    return ArchiveOptions(
        formats=options["format"],
        merge=build_merge_options(merge, linking=_read_linking(options)),
        store=options["store"],
    )


def _refuse_contradictions(options: dict[str, Any]) -> None:
    message = ""
    if options["retain_days"] is not None and not options["store"]:
        message = "--retain-days: expected only with --store."
    elif options["keep_audio"] and not options["store"]:
        message = "--keep-audio: expected only with --store."
    elif options["store"] and options["known"] is not None:
        message = "--store: expected only without --known, which replaces the voice library."
    elif options["store"] and isinstance(library(), NoLibrary):
        message = "--store: this gateway has no voice library; set DATABASE_URL."
    if message:
        raise CommandError(message, returncode=USAGE)


def _read_linking(options: dict[str, Any]) -> LinkingRule:
    counts = SpeakerCounts(
        data={name: options[name] for name in _COUNTS if options[name] is not None}
    )
    try:
        counts.is_valid(raise_exception=True)
    except ValidationError as error:
        message = re.sub(r"(num|min|max)_speakers", r"--\1-speakers", problem_of(error).message)
        raise CommandError(message, returncode=USAGE) from error
    return counts.linking()


def _read_known(path: Path | None) -> Voices | None:
    if path is None:
        return None
    try:
        return read_voices(path)
    except OSError as error:
        raise CommandError(f"--known {path}: {error.strerror}.", returncode=USAGE) from error
    except ValueError as error:
        raise CommandError(f"--known {error}", returncode=USAGE) from error


def format_list(choices: Sequence[str]) -> Callable[[str], tuple[str, ...]]:
    """Return the parser of a comma-separated list of these formats."""

    def parse_formats(text: str) -> tuple[str, ...]:
        formats = tuple(dict.fromkeys(name.strip() for name in text.split(",")))
        if not set(formats) <= set(choices):
            raise ArgumentTypeError(f"expected a list of {', '.join(choices)}; got {text!r}.")
        return formats

    return parse_formats


def _parse_time(text: str) -> datetime:
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"expected a date or a time, got {text!r}.") from None
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def parse_jobs(text: str) -> int:
    """Parse how many recordings are processed at the same time."""
    return _parse_whole(text, 64)


def parse_folder(text: str) -> Path:
    """Parse a folder; refuse an empty text, which `Path` would read as the current folder."""
    if not text.strip():
        raise ArgumentTypeError("expected a folder, got nothing.")
    return Path(text)


def _parse_days(text: str) -> int:
    return _parse_whole(text, 36_500)


def _parse_whole(text: str, most: int) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= most:
        raise ArgumentTypeError(f"expected 1 to {most}, got {text!r}.")
    return int(text)
