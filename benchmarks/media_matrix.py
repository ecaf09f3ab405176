"""Print which sound the gateway hears of each container, as a table in Markdown.

    DJANGO_SETTINGS_MODULE=spark_control.mypy_settings .venv/bin/python -m benchmarks.media_matrix

Every file has three tones; a file is heard right where they are at the times that a player shows.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import django

from benchmarks.synthetic.media_files import (
    CASES,
    CONTAINERS,
    Container,
    can_be_made,
    heard_tones_s,
    make_media_file,
    tones_s,
)

CLOSE_S = 0.08


def main() -> int:
    """Make each file, and print a row for each container."""
    django.setup()
    print("| container | " + " | ".join(CASES) + " |")
    print("| --- |" + " --- |" * len(CASES))
    with TemporaryDirectory() as folder:
        for container in CONTAINERS:
            cells = _cells(Path(folder), container)
            print(f"| `{container.suffix}` ({container.codec}) | {' | '.join(cells)} |")
    return 0


def _cells(folder: Path, container: Container) -> Iterator[str]:
    for case in CASES:
        yield _cell(folder, container, case) if can_be_made(container, case) else "–"  # noqa: RUF001


def _cell(folder: Path, container: Container, case: str) -> str:
    # Django's settings are needed first.
    from audio.media.decoding import SAMPLE_RATE, UnusableAudio, inspect, sample_blocks
    from audio.media.recording import Recording

    recording = Recording(make_media_file(folder, container, case))
    try:
        inspection = inspect(recording)
        heard = heard_tones_s(sample_blocks(recording), SAMPLE_RATE)
    except UnusableAudio:
        return "refused"
    wanted = tones_s(case)[: len(heard)] if case == "cut off" else tones_s(case)
    is_right = len(heard) == len(wanted) and all(
        abs(one - other) <= CLOSE_S for one, other in zip(heard, wanted, strict=True)
    )
    codes = ", ".join(f"`{notice.code}`" for notice in inspection.notices)
    return ("right" if is_right else f"wrong: {heard}") + (f", {codes}" if codes else "")


if __name__ == "__main__":
    sys.exit(main())
