"""What an operator says about the recordings of an archive, read into values."""

import re
from argparse import ArgumentParser, ArgumentTypeError
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from rest_framework.exceptions import ValidationError

from audio.api.errors import problem_of
from audio.api.serializers.speakers import MAX_SPEAKERS, SpeakerCounts
from audio.archive.inventory import Finds, find
from audio.archive.options import DEFAULT_FORMATS, ArchiveOptions
from audio.archive.paths import NothingThere
from audio.archive.voices_file import read_voices
from audio.formats.renderer import NATIVE_FORMATS
from audio.library import NoLibrary, library
from audio.merge.constrained_clustering import LinkingRule
from audio.merge.defaults import DEFAULT_RULE, DEFAULT_SELF_NAME, RULE_NAMES
from audio.merge.name_spelling import readable
from audio.merge.values import Voices
from audio.pipeline.label_merge import build_merge_options

USAGE = 2
_COUNTS = ("num_speakers", "min_speakers", "max_speakers")


def add_recordings(parser: ArgumentParser) -> None:
    """Which recordings."""
    parser.add_argument(
        "paths", metavar="PATH", nargs="+", help="a recording, a folder, or a quoted pattern"
    )
    parser.add_argument(
        "--newer-than",
        metavar="WHEN",
        type=_moment,
        help="only recordings changed after this day or time (UTC): 2026-05-03, 2026-05-03T14:00",
    )


def add_options(parser: ArgumentParser) -> None:
    """What is to become of each."""
    parser.add_argument(
        "--format",
        type=_formats,
        default=DEFAULT_FORMATS,
        metavar="LIST",
        help=f"comma-separated, of {', '.join(NATIVE_FORMATS)} "
        f"(default: {','.join(DEFAULT_FORMATS)})",
    )
    parser.add_argument(
        "--rule",
        choices=RULE_NAMES,
        default=DEFAULT_RULE,
        help="how speakers get their names. overlap: the name that the timeline shows longest, "
        "else the nearest voice; evidence: both are weighed together "
        f"(default: {DEFAULT_RULE})",
    )
    for count, how in zip(_COUNTS, ("exactly", "at least", "at most"), strict=True):
        parser.add_argument(
            f"--{count.replace('_', '-')}",
            type=int,
            metavar="N",
            help=f"{how} so many people talk (1 to {MAX_SPEAKERS}); of two tracks, on *.system.*",
        )
    _add_names(parser)
    _add_keeping(parser)


def _add_names(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--self-name",
        default=DEFAULT_SELF_NAME,
        metavar="NAME",
        help=f"who speaks on *.mic.* (default: {DEFAULT_SELF_NAME})",
    )
    parser.add_argument(
        "--known",
        type=Path,
        metavar="FILE",
        help="known voices: {name: [numbers]}, or what export_voiceprints writes; "
        "without it the voice library is asked, where there is one",
    )


def _add_keeping(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--store", action="store_true", help="have the voice library keep the transcripts"
    )
    parser.add_argument(
        "--retain-days", type=_days, metavar="N", help="with --store: days until it deletes them"
    )


def finds_in(options: dict[str, Any]) -> Finds:
    """The recordings that are meant."""
    try:
        return find(options["paths"], newer_than=options["newer_than"])
    except NothingThere as error:
        raise CommandError(str(error), returncode=USAGE) from error


def archive_options(options: dict[str, Any]) -> ArchiveOptions:
    """What is to become of each."""
    _refuse_contradictions(options)
    self_name = readable(options["self_name"])
    if not self_name:
        raise CommandError("--self-name: expected a name.", returncode=USAGE)
    merge = {
        **options,
        "self_name": self_name,
        "known_voiceprints": _known(options["known"]),
        "transcribe": True,
    }
    return ArchiveOptions(
        formats=options["format"],
        merge=build_merge_options(merge, linking=_linking(options)),
        store=options["store"],
    )


def _refuse_contradictions(options: dict[str, Any]) -> None:
    said = ""
    if options["retain_days"] is not None and not options["store"]:
        said = "--retain-days: expected only with --store."
    elif options["store"] and options["known"] is not None:
        said = "--store: expected only without --known, which leaves the voice library alone."
    elif options["store"] and isinstance(library(), NoLibrary):
        said = "--store: there is no voice library; DATABASE_URL names one."
    if said:
        raise CommandError(said, returncode=USAGE)


def _linking(options: dict[str, Any]) -> LinkingRule:
    asked = SpeakerCounts(
        data={name: options[name] for name in _COUNTS if options[name] is not None}
    )
    try:
        asked.is_valid(raise_exception=True)
    except ValidationError as error:
        said = re.sub(r"(num|min|max)_speakers", r"--\1-speakers", problem_of(error).message)
        raise CommandError(said, returncode=USAGE) from error
    return asked.linking()


def _known(path: Path | None) -> Voices | None:
    if path is None:
        return None
    try:
        return read_voices(path)
    except OSError as error:
        raise CommandError(f"--known {path}: {error.strerror}.", returncode=USAGE) from error
    except ValueError as error:
        raise CommandError(f"--known {error}", returncode=USAGE) from error


def _formats(text: str) -> tuple[str, ...]:
    named = tuple(dict.fromkeys(name.strip() for name in text.split(",")))
    if not set(named) <= set(NATIVE_FORMATS):
        raise ArgumentTypeError(f"expected a list of {', '.join(NATIVE_FORMATS)}; got {text!r}.")
    return named


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"expected a date or a time, got {text!r}.") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def jobs(text: str) -> int:
    """How many recordings at a time."""
    return _whole(text, 64)


def folder(text: str) -> Path:
    """A folder of outputs; what is empty was meant to be one, and the current folder was not."""
    if not text.strip():
        raise ArgumentTypeError("expected a folder, got nothing.")
    return Path(text)


def _days(text: str) -> int:
    return _whole(text, 36_500)


def _whole(text: str, most: int) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= most:
        raise ArgumentTypeError(f"expected 1 to {most}, got {text!r}.")
    return int(text)
