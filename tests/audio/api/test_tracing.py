"""W3C traces: passed on to the engines, and written to the log."""

from dataclasses import replace
from pathlib import Path

import pytest
from pytest_django import Settings

from audio import context
from audio.api.tracing import parse_trace
from audio.archive.options import DEFAULT_MERGE, ArchiveOptions
from audio.archive.recording_job import RecordingFiles, label_recording
from audio.merge.values import NO_VOICES
from tests.audio.api.test_request_log import line
from tests.audio.pipeline.watcher import Watcher
from tests.engine_answers import DIARIZATION, TRANSCRIBE, TRANSCRIPTION
from tests.faults import Asked, FaultServer
from tests.gateway_process import Gateway
from tests.recordings import TONE

TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
GIVEN = f"00-{TRACE}-{PARENT}-01"
KNOWING_NO_VOICE = replace(DEFAULT_MERGE, known_voiceprints=NO_VOICES)
TRACKS = {"mic_file": TONE, "system_file": TONE}


def headers_of(asked: Asked) -> dict[str, str]:
    return {name.lower(): value for name, value in asked.headers.items()}


def passed_on(gateway: Gateway, faults: FaultServer, **given: str) -> dict[str, str]:
    """Return the headers that the engine got for a request with these headers."""
    faults.answer(TRANSCRIBE, TRANSCRIPTION)
    gateway.post(TRANSCRIBE, files={"file": TONE}, headers=given)
    return headers_of(faults.asked[-1])


def test_a_trace_goes_to_the_engine_as_it_came(scripted: Gateway, faults: FaultServer) -> None:
    sent = passed_on(scripted, faults, traceparent=GIVEN, tracestate="rojo=00f0, congo=t61")

    assert sent["traceparent"] == GIVEN
    assert sent["tracestate"] == "rojo=00f0,congo=t61"


def test_the_id_of_a_request_goes_to_the_engine(scripted: Gateway, faults: FaultServer) -> None:
    sent = passed_on(scripted, faults, **{"x-request-id": "call-7"})

    assert sent["x-request-id"] == "call-7"


def test_all_calls_of_a_request_are_of_one_trace(scripted: Gateway, faults: FaultServer) -> None:
    faults.answer(TRANSCRIBE, TRANSCRIPTION)
    faults.answer("/v1/audio/diarize-chunk", DIARIZATION)

    answer = scripted.post("/api/audio/label-merge", files=TRACKS, data={"timeline": "[]"})

    calls = [headers_of(asked) for asked in faults.asked]
    assert len(calls) == 4
    assert {one["x-request-id"] for one in calls} == {answer.headers["x-request-id"]}
    assert len({one["traceparent"] for one in calls}) == 1


def test_the_log_names_the_trace(scripted: Gateway, faults: FaultServer) -> None:
    passed_on(scripted, faults, traceparent=GIVEN, **{"x-request-id": "traced-7"})

    assert line(scripted, "traced-7")["trace_id"] == TRACE


def test_requests_of_one_connection_have_traces_of_their_own(
    scripted: Gateway, faults: FaultServer
) -> None:
    first, second = passed_on(scripted, faults), passed_on(scripted, faults)

    assert first["traceparent"] != second["traceparent"]
    assert "tracestate" not in first


def test_two_traceparents_are_ignored(scripted: Gateway, faults: FaultServer) -> None:
    faults.answer(TRANSCRIBE, TRANSCRIPTION)
    twice = [("traceparent", GIVEN), ("traceparent", GIVEN.replace("a", "b"))]

    scripted.post(TRANSCRIBE, files={"file": TONE}, headers=twice)

    assert TRACE not in headers_of(faults.asked[-1])["traceparent"]


@pytest.mark.parametrize(
    "given",
    [
        "",
        "00",
        f"00-{TRACE}-{PARENT}",
        f"00-{TRACE}-{PARENT}-01-more",
        f"ff-{TRACE}-{PARENT}-01",
        f"00-{TRACE.upper()}-{PARENT}-01",
        f"00-{'0' * 32}-{PARENT}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"00-{TRACE}-{PARENT}-1",
        f"00-{TRACE}-{PARENT}-01\u00b9",
        f"cc-{TRACE}-{PARENT}-01.more",
    ],
)
def test_a_malformed_trace_is_replaced_and_its_state_is_dropped(given: str) -> None:
    trace = parse_trace(given, "rojo=1", request_id="id")

    assert trace.trace_id != TRACE
    assert trace.flags == 0
    assert trace.state == ""


@pytest.mark.parametrize("given", [f"cc-{TRACE}-{PARENT}-01", f"cc-{TRACE}-{PARENT}-01-more"])
def test_a_later_version_is_read_as_far_as_it_is_known(given: str) -> None:
    assert parse_trace(given, "", request_id="id").headers()["traceparent"] == GIVEN


def test_unknown_flags_are_not_passed_on() -> None:
    trace = parse_trace(f"00-{TRACE}-{PARENT}-ff", "", request_id="id")

    assert trace.headers()["traceparent"] == f"00-{TRACE}-{PARENT}-03"


@pytest.mark.parametrize(
    "state",
    [
        "rojo",
        "Rojo=1",
        "rojo=",
        "rojo=a=b",
        "rojo=\u00e9",
        f"{'r' * 257}=1",
        f"rojo={'1' * 257}",
        ",".join(f"r{number}=1" for number in range(33)),
    ],
)
def test_a_malformed_state_is_dropped_and_the_trace_passed_on(state: str) -> None:
    trace = parse_trace(GIVEN, state, request_id="id")

    assert trace.trace_id == TRACE
    assert trace.state == ""


@pytest.mark.parametrize("state", ["t1@rojo=x", "a=1,,b=2", "0/x=! ~"])
def test_a_valid_state_is_passed_on(state: str) -> None:
    passed_on = parse_trace(GIVEN, state, request_id="id").state

    assert passed_on == state.replace(",,", ",")


def test_work_without_a_request_has_no_trace() -> None:
    assert context.trace_headers() == {}


def test_work_inside_of_a_trace_stays_in_it() -> None:
    with context.traced("outer"):
        outer = context.trace_headers()
        with context.traced("inner"):
            assert context.trace_headers() == outer

    assert context.trace_headers() == {}


def test_each_recording_of_an_archive_has_a_trace_of_its_own(
    faults: FaultServer, settings: Settings, tmp_path: Path
) -> None:
    settings.PARAKEET_URL = faults.url
    faults.answer(TRANSCRIBE, TRANSCRIPTION)
    faults.answer("/v1/audio/diarize-chunk", DIARIZATION)
    (tmp_path / "talk.wav").write_bytes(TONE)
    files = RecordingFiles((tmp_path / "talk.wav",))
    options = ArchiveOptions(merge=KNOWING_NO_VOICE)

    label_recording(files, options, Watcher(), actor="tests")
    label_recording(files, options, Watcher(), actor="tests")

    sent = [headers_of(asked)["traceparent"] for asked in faults.asked]
    assert sent[0] == sent[1] != sent[2] == sent[3]
