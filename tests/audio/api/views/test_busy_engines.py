"""Engines with few free slots, and clients that leave before the answer."""

import json
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from threading import Event

import httpx
import pytest

from tests.audio.api.views.test_diarized_transcriptions import REFERENCE
from tests.audio.pipeline.analysis.test_recording_analysis import BLOCKS, LONG
from tests.engine_answers import DIARIZATION, DIARIZE, SPEAK, TRANSCRIBE, TRANSCRIPTION
from tests.faults import Answer, Asked, FaultServer, breakages
from tests.faults.answers import as_json
from tests.gateway_process import Gateway, running_gateway
from tests.recordings import TONE
from tests.waiting import until

MERGE = "/api/audio/label-merge"
DUAL = {"mic_file": TONE, "system_file": TONE}
KEYS = "desk:desk-key:audio,archive:archive-key:audio"
DESK = {"authorization": "Bearer desk-key"}
ARCHIVE = {"authorization": "Bearer archive-key"}
SOON_S = 10.0
# The server reports a few milliseconds after a client has left that it has.
NOTICED_S = 0.3


class Gate:
    """Holds calls to the engine until it is opened."""

    def __init__(self, faults: FaultServer) -> None:
        self.faults, self.opened = faults, Event()

    def holds(self, path: str, answer: Answer) -> None:
        def respond(asked: Asked) -> Answer:
            self.opened.wait(60)
            return answer

        self.faults.respond(path, respond)

    def holds_back(self, count: int) -> None:
        """Wait until `count` calls have arrived."""
        until(lambda: len(self.faults.asked) >= count)


@pytest.fixture(scope="module")
def four_slots(
    fault_server: FaultServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gateway]:
    """A gateway with keys, whose engines have four slots and long timeouts."""
    with running_gateway(
        tmp_path_factory.mktemp("slots"),
        PARAKEET_URL=fault_server.url,
        KOKORO_URL=fault_server.url,
        API_KEYS=KEYS,
        ENGINE_CONNECTIONS="4",
        ENGINE_WAIT_S="0.2",
    ) as gateway:
        yield gateway


@pytest.fixture
def clients() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(8) as clients:
        yield clients


@pytest.fixture
def gate(faults: FaultServer, clients: ThreadPoolExecutor) -> Iterator[Gate]:
    """A gate that is opened before the clients are awaited."""
    gate = Gate(faults)
    yield gate
    gate.opened.set()


def transcribe(gateway: Gateway, key: dict[str, str]) -> httpx.Response:
    return gateway.post(TRANSCRIBE, files={"file": TONE}, headers=key)


def held(gateway: Gateway, engine: str) -> float:
    lines = gateway.get("/metrics", headers=DESK).text.splitlines()
    name = f'spark_engine_places_in_use{{engine="{engine}"}} '
    return next(float(line.removeprefix(name)) for line in lines if line.startswith(name))


def leave(gateway: Gateway, path: str, meanwhile: Callable[[], object], **asked: object) -> None:
    """Send a request, and leave before the answer is complete."""
    request = httpx.Request("POST", gateway.url + path, **asked)  # type: ignore[arg-type]
    head = "".join(f"{name}: {value}\r\n" for name, value in request.headers.items())
    address = ("127.0.0.1", int(gateway.url.rpartition(":")[2]))
    with socket.create_connection(address) as connection:
        connection.sendall(f"POST {path} HTTP/1.1\r\n{head}\r\n".encode() + request.read())
        meanwhile()


def ends_of(gateway: Gateway) -> list[tuple[str, int]]:
    """The route and the status of each ended request, by the log."""
    lines = [json.loads(line) for line in gateway.log.read_text().splitlines()]
    return [(line["route"], line["status"]) for line in lines if line["message"] == "request"]


def test_a_job_of_four_calls_makes_none_when_a_slot_is_missing(
    four_slots: Gateway, gate: Gate, clients: ThreadPoolExecutor
) -> None:
    gate.holds(TRANSCRIBE, as_json(TRANSCRIPTION))
    clients.submit(transcribe, four_slots, ARCHIVE)
    gate.holds_back(1)

    answer = four_slots.post(MERGE, files=DUAL, data={"timeline": "[]"}, headers=DESK)

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    assert answer.json()["error"]["code"] == "engine_busy"
    assert gate.faults.paths() == [TRANSCRIBE]


def test_a_job_of_four_calls_waits_for_a_slot(
    four_slots: Gateway, gate: Gate, clients: ThreadPoolExecutor
) -> None:
    gate.holds(TRANSCRIBE, as_json(TRANSCRIPTION))
    gate.faults.answer(DIARIZE, DIARIZATION)
    job = partial(four_slots.post, MERGE, files=DUAL, data={"timeline": "[]"}, headers=DESK)
    merged: Future[httpx.Response] = clients.submit(job)
    gate.holds_back(4)

    gate.opened.set()

    assert merged.result(SOON_S).status_code == 200
    assert held(four_slots, "parakeet") == 0


def test_an_archive_leaves_slots_for_a_voice_command(
    four_slots: Gateway, gate: Gate, clients: ThreadPoolExecutor
) -> None:
    gate.holds(TRANSCRIBE, as_json(TRANSCRIPTION))
    [clients.submit(transcribe, four_slots, ARCHIVE) for _recording in range(2)]
    gate.holds_back(2)
    too_many = transcribe(four_slots, ARCHIVE)
    command = clients.submit(transcribe, four_slots, DESK)
    gate.holds_back(3)
    gate.opened.set()

    assert too_many.status_code == 503
    assert too_many.json()["error"]["code"] == "engine_busy"
    assert "this API key" in too_many.json()["error"]["message"]
    assert command.result(SOON_S).status_code == 200


def test_discovery_and_status_need_no_slot(
    four_slots: Gateway, gate: Gate, clients: ThreadPoolExecutor
) -> None:
    gate.faults.answer("/health", {})
    gate.holds(SPEAK, Answer(pieces=(b"RIFF",), content_type="audio/wav"))
    for key in (DESK, DESK, ARCHIVE, ARCHIVE):
        clients.submit(four_slots.post, SPEAK, json={"input": "Hi"}, headers=key)
    gate.holds_back(4)

    assert held(four_slots, "kokoro") == 4
    assert four_slots.get("/readyz").json()["kokoro"] == "ready"


def test_when_a_call_fails_no_further_call_begins(four_slots: Gateway, gate: Gate) -> None:
    failures = iter([Answer(400)])

    def fail_once(asked: Asked) -> Answer:
        gate.holds_back(4)
        failure = next(failures, None)
        if failure is None:
            gate.opened.wait(60)
        return failure or as_json(DIARIZATION)

    gate.faults.respond(DIARIZE, fail_once)
    asked = {
        "response_format": "diarized_json",
        "known_speaker_names[]": list("ABCDE"),
        "known_speaker_references[]": [REFERENCE] * 5,
    }

    answer = four_slots.post(TRANSCRIBE, files={"file": TONE}, data=asked, headers=DESK)
    gate.opened.set()
    until(lambda: held(four_slots, "parakeet") == 0)

    assert answer.status_code == 400
    assert gate.faults.paths() == [DIARIZE] * 4


@pytest.mark.parametrize(
    "answer",
    [breakages.SILENT, Answer(pieces=(b"RIFF",), content_type="audio/wav", hangs=True)],
    ids=["before the first byte", "in the middle"],
)
@pytest.mark.parametrize("stream_format", ["audio", "sse"])
def test_speech_ends_with_its_client_while_the_engine_is_silent(
    four_slots: Gateway, faults: FaultServer, answer: Answer, stream_format: str
) -> None:
    faults.break_with(SPEAK, answer)
    asked = {"input": "Hi", "stream_format": stream_format}

    leave(four_slots, SPEAK, lambda: until(lambda: bool(faults.asked)), json=asked, headers=DESK)

    assert faults.left.wait(SOON_S)
    until(lambda: held(four_slots, "kokoro") == 0)


def test_a_streamed_transcription_ends_with_its_client(
    four_slots: Gateway, faults: FaultServer
) -> None:
    faults.break_with(TRANSCRIBE, breakages.SILENT)
    asked = {"files": {"file": TONE}, "data": {"stream": "true"}, "headers": DESK}

    leave(four_slots, TRANSCRIBE, lambda: until(lambda: bool(faults.asked)), **asked)

    assert faults.left.wait(SOON_S)
    until(lambda: held(four_slots, "parakeet") == 0)


@pytest.mark.parametrize(
    ("path", "asked"),
    [(BLOCKS, {}), (TRANSCRIBE, {"stream": "true", "response_format": "diarized_json"})],
    ids=["whole", "streamed"],
)
def test_a_request_whose_client_left_begins_no_more_calls(
    piecewise: Gateway, gate: Gate, path: str, asked: dict[str, str]
) -> None:
    gate.holds(TRANSCRIBE, as_json(TRANSCRIPTION))
    gate.holds(DIARIZE, as_json(DIARIZATION))

    leave(piecewise, path, lambda: gate.holds_back(4), files={"file": LONG}, data=asked)
    time.sleep(NOTICED_S)
    gate.opened.set()
    until(lambda: (path, 499) in ends_of(piecewise))

    assert len(gate.faults.asked) == 4


def test_a_client_that_left_is_not_logged_as_a_failure(
    four_slots: Gateway, faults: FaultServer
) -> None:
    faults.answer(SPEAK, pieces=(b"RIFF",), content_type="audio/wav", hangs=True)
    before = len(ends_of(four_slots))

    leave(
        four_slots,
        SPEAK,
        lambda: until(lambda: bool(faults.asked)),
        json={"input": "Hi"},
        headers=DESK,
    )
    until(lambda: len(ends_of(four_slots)) > before)

    assert "Traceback" not in four_slots.log.read_text()
