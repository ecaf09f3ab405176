"""The list of decision records has the title and status of each."""

from pathlib import Path

from docs.generator.decision_index import RECORDS, row


def test_a_row_has_the_title_and_the_status(tmp_path: Path) -> None:
    record = tmp_path / "0001-slots.md"
    record.write_text("# 0001. Slots\n\nStatus: accepted, 2026-11-22\n")

    assert row(record) == "| [0001. Slots](0001-slots.md) | accepted, 2026-11-22 |\n"


def test_every_record_has_a_number_of_its_own_and_a_status() -> None:
    rows = [row(path) for path in RECORDS.glob("*.md")]

    assert len({line[3:7] for line in rows}) == len(rows)
    assert [line for line in rows if "| accepted" not in line and "superseded" not in line] == []
