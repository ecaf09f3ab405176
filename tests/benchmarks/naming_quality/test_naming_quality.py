"""The benchmark of names, on reference turns of others and on timelines whose clock is off."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from audio.merge.values import Turn
from benchmarks.naming_quality.clock_levels import drifting, offset, paused
from benchmarks.naming_quality.meetings import Source, read_references
from benchmarks.synthetic.conversations import MEETING, converse
from benchmarks.synthetic.measured_voices import made_up_voices
from benchmarks.synthetic.timeline_kinds import Kind

TURNS = tuple(
    Turn(at, at + 8.0, name)
    for at, name in zip(range(0, 600, 10), ["Ann", "Bob"] * 30, strict=True)
)


@pytest.fixture
def collection(tmp_path: Path) -> Path:
    """Write two meetings as a public collection has them: one RTTM file each, in folders."""
    for number in range(2):
        turns = converse(MEETING, 400.0, np.random.default_rng(number))
        rows = [
            f"SPEAKER talk 1 {one.start:.3f} {one.end - one.start:.3f} <NA> <NA> "
            f"{one.speaker.replace(' ', '_')} <NA> <NA>"
            for one in turns
        ]
        folder = tmp_path / "collection" / f"day {number}"
        folder.mkdir(parents=True)
        (folder / "talk.rttm").write_text("\n".join([";; a comment", *rows]))
    return tmp_path / "collection"


def test_a_folder_of_rttm_files_is_measured(collection: Path) -> None:
    command = [
        *(sys.executable, "-m", "benchmarks.naming_quality", "--rttm", str(collection)),
        *("--recordings", "4", "--lengths", "5 min", "--kinds", "tiles, noisy", "room"),
    ]

    shown = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout

    assert "turns a minute" in shown.splitlines()[0]
    assert "broadcasts" not in shown
    assert [line.split(" | ")[0] for line in shown.splitlines()[4:7]] == [
        "| tiles, noisy",
        "| room",
        "| **mean**",
    ]


def test_an_excerpt_of_real_turns_has_its_people(collection: Path) -> None:
    source = Source(made_up_voices(), tuple(read_references(collection)))

    meeting = source.meeting("tiles", 300.0, 0)

    assert {piece.person for piece in meeting.pieces} <= {turn.speaker for turn in converse_all()}
    assert max(piece.end for piece in meeting.pieces) <= 300.0


def test_the_levels_move_a_timeline_by_what_they_say() -> None:
    late = [starts(kind) for kind in (offset(0.0, 0.0), offset(60.0, 60.0), drifting)]

    assert np.abs(late[1] - late[0]) == pytest.approx(60.0)
    assert np.abs(late[2] / late[0] - 1) == pytest.approx(1e-4)


def test_a_pause_moves_what_follows_it() -> None:
    moved = starts(paused(2)) - starts(offset(0.0, 0.0))

    steps = np.unique(moved.round(6))
    assert (steps[0], len(steps)) == (0.0, 3)
    assert (np.diff(moved.round(6)) >= 0).all()


def converse_all() -> list[Turn]:
    every = [converse(MEETING, 400.0, np.random.default_rng(number)) for number in range(2)]
    return [
        Turn(turn.start, turn.end, turn.speaker.replace(" ", "_"))
        for turns in every
        for turn in turns
    ]


def starts(kind: Kind) -> np.ndarray:
    shown = kind(TURNS, np.random.default_rng(3))
    return np.array([entry.start for entry in shown.entries])
