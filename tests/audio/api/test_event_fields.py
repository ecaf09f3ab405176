"""The fields of clients' events; those of each protocol are tested with it."""

import pytest

from audio.api.event_fields import Fields, InvalidEvent


def test_a_number_with_one_value_is_expected_as_such() -> None:
    with pytest.raises(InvalidEvent, match=r"^audio\.rate: expected the number 8000, got 1\.$"):
        Fields({"rate": 1}, "audio").number("rate", least=8000, most=8000)


def test_a_long_value_is_quoted_in_part() -> None:
    with pytest.raises(InvalidEvent) as refused:
        Fields({"model": ["x" * 1_000]}).text("model", longest=10)

    assert len(str(refused.value)) < 120
    assert refused.value.param == "model"
