"""The page of settings lists what `.env.example` lists."""

from docs.generator.settings_page import Group, page, sections

EXAMPLE = """\
# Every setting.

# --- engines ---------------------------------------------------------------
# Base URL of the engine.
# Unset: its endpoints answer 503.
ENGINE_URL=
# Seconds a call may last.
BASE_S=60
# SLOW_S=1
"""


def test_one_comment_describes_the_settings_that_follow_it() -> None:
    [(title, groups)] = sections(EXAMPLE)

    assert title == "engines"
    assert groups == [
        Group("Base URL of the engine. Unset: its endpoints answer 503.", (("ENGINE_URL", ""),)),
        Group("Seconds a call may last.", (("BASE_S", "60"), ("SLOW_S", "1"))),
    ]


def test_the_page_has_a_row_for_each_group() -> None:
    row = next(line for line in page().splitlines() if line.startswith("| `MAX_AUDIO_S`"))

    assert row.startswith("| `MAX_AUDIO_S` | `28800` | Seconds")
