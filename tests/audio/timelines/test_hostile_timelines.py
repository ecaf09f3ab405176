"""Timelines that are large, long or odd, in every format."""

import pytest

from audio.timelines.entries import timeline_entries
from audio.timelines.export import Unreadable
from audio.timelines.registry import read_timeline
from tests.audio.timelines.export_writers import Entries, plain, writers

WRITERS = {name: write for name, _, _, write in writers()}
MANY = 10_000
SPACES = 1_000_000 * " "
ONE_CUE = "WEBVTT\n\n1\n00:01.000 --> 00:02.000\n"


def written(name: str, entries: Entries) -> str:
    return WRITERS[name](entries, lambda *_: "a")


def names_in(text: str) -> set[str]:
    entries, _ = timeline_entries(read_timeline(text), 3600.0)
    return {entry.name for entry in entries}


@pytest.mark.parametrize(
    "text",
    [
        f"{ONE_CUE}<v{SPACES}\n",
        f"{ONE_CUE}{SPACES}Ana\n",
        f"WEBVTT\n\n00:01.000{SPACES}->\n00:01.000 --> 00:02.000\nAna Ruiz\n",
        f'WEBVTT\n\n1 "{SPACES}\n00:01.000 --> 00:02.000\nAna Ruiz\n',
    ],
    ids=["voice", "prefix", "times", "identifier"],
)
def test_endless_white_space_is_refused_in_linear_time(text: str) -> None:
    with pytest.raises(Unreadable, match="nobody is named in it"):
        read_timeline(text)


@pytest.mark.parametrize(
    "name", ["zoom.vtt", "bbb_events.xml", "timeline.rttm", "generic_ms.json"]
)
def test_a_person_may_have_ten_thousand_entries(name: str) -> None:
    export = read_timeline(written(name, [(2.0 * at, 2.0 * at + 1, "Ana") for at in range(MANY)]))

    entries, facts = timeline_entries(export, 2.0 * MANY)

    assert (len(entries), facts.people) == (MANY, 1)


@pytest.mark.parametrize("name", WRITERS)
def test_a_name_of_ten_thousand_characters_is_refused_and_not_quoted(name: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_timeline(written(name, [(1.0, 2.0, "Xy" * 5000)]))

    assert "Xy" not in str(refused.value)


@pytest.mark.parametrize("name", WRITERS)
def test_marks_of_direction_are_taken_off_names(name: str) -> None:
    text = written(name, [(1.0, 2.0, "\u202eAna\u2066 Ruiz\u200f"), (3.0, 4.0, "עדי כהן")])

    assert names_in(text) == {"Ana Ruiz", "עדי כהן"}


@pytest.mark.parametrize("name", [name for name in WRITERS if not name.endswith(".xml")])
def test_control_characters_are_taken_off_names(name: str) -> None:
    assert names_in(written(name, [(1.0, 2.0, "Ana\x07\x1b\x7f Ruiz")])) == {"Ana Ruiz"}


def test_control_characters_of_xml_are_refused() -> None:
    text = written("bbb_events.xml", [(1.0, 2.0, "Ana\x07 Ruiz")])

    with pytest.raises(Unreadable, match="expected XML that is well formed"):
        read_timeline(text)


def test_the_plain_list_keeps_long_names() -> None:
    assert names_in(plain([(1.0, 2.0, "Xy" * 5000)])) == {"Xy" * 5000}
