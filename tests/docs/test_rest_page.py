"""The page of endpoints shows the fields of each request."""

from docs.generator.rest_page import page


def test_it_shows_fields_with_their_defaults() -> None:
    rows = page().splitlines()

    assert "### POST /api/audio/label-merge" in rows
    assert any(row.startswith("| `min_overlap` | double | `0.0` |") for row in rows)


def test_it_shows_the_values_that_a_field_may_have() -> None:
    assert "`json`, `txt`, `srt`, `vtt`, `rttm`" in page()
