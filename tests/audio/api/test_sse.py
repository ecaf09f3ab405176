"""The events of a job that may take long."""

import threading
from collections.abc import Iterator

import pytest

from audio.api import sse
from audio.api.sse import EventStream


def failure_event(failure: Exception) -> dict[str, str]:
    return {"error": str(failure)}


def test_an_event_is_one_line_of_json_and_a_blank_line() -> None:
    assert sse.event({"text": "Grüße\nan alle"}) == 'data: {"text":"Grüße\\nan alle"}\n\n'.encode()


def test_a_quick_job_sends_its_events_and_then_done() -> None:
    stream = EventStream(lambda: [{"n": 1}, {"n": 2}], failure_event)

    assert list(stream) == [b'data: {"n":1}\n\n', b'data: {"n":2}\n\n', b"data: [DONE]\n\n"]


def test_a_quick_failure_is_raised_for_its_status() -> None:
    def job() -> list[sse.Json]:
        raise ValueError("no audio")

    with pytest.raises(ValueError, match="no audio"):
        EventStream(job, failure_event)


def test_pings_are_sent_until_a_long_job_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sse, "PATIENCE_S", 0)
    monkeypatch.setattr(sse, "PING_S", 0.01)
    may_end = threading.Event()
    stream = iter(EventStream(lambda: _after(may_end), failure_event))

    pings = [next(stream), next(stream)]
    may_end.set()

    assert pings == [sse.PING, sse.PING]
    assert [line for line in stream if line != sse.PING] == [b'data: {"n":1}\n\n', sse.DONE]


def test_a_late_failure_is_the_last_event(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sse, "PATIENCE_S", 0)
    monkeypatch.setattr(sse, "PING_S", 0.01)
    may_end = threading.Event()
    stream: Iterator[bytes] = iter(EventStream(lambda: _after(may_end, fail=True), failure_event))

    assert next(stream) == sse.PING
    may_end.set()

    assert [line for line in stream if line != sse.PING] == [b'data: {"error":"it broke"}\n\n']


def _after(may_end: threading.Event, *, fail: bool = False) -> list[sse.Json]:
    may_end.wait()
    if fail:
        raise ValueError("it broke")
    return [{"n": 1}]
