"""Each way in which an engine fails, and what a client of the gateway sees of it.

It tests the table of failures row by row, and the cases between its rows, through the gateway.
"""

import socket
from pathlib import Path

import httpx
import pytest

from tests.engine_answers import DIARIZE, SPEAK, TRANSCRIBE, TRANSCRIPTION
from tests.faults import Answer, FaultServer, breakages
from tests.faults.answers import as_json
from tests.gateway_process import Gateway, running_gateway
from tests.recordings import TONE

HTML = breakages.HTML
AT = "https://elsewhere.example/v1"


def transcribe(gateway: Gateway) -> httpx.Response:
    return gateway.post(TRANSCRIBE, files={"file": TONE})


def speak(gateway: Gateway) -> httpx.Response:
    return gateway.post(SPEAK, json={"input": "Hi"})


def outcome(answer: httpx.Response) -> tuple[int, str, str | None]:
    """Return the status, the code and the Retry-After."""
    code = answer.json()["error"]["code"]
    return answer.status_code, code, answer.headers.get("retry-after")


ROWS = {
    "wedged": (breakages.WEDGED, (503, "engine_restarting", "60")),
    "poisoned": (breakages.POISONED, (503, "engine_restarting", "60")),
    "out of memory": (breakages.OUT_OF_GPU_MEMORY, (503, "engine_restarting", "60")),
    "500 in HTML": (breakages.FAILED_IN_HTML, (503, "engine_restarting", "60")),
    "500 for ever": (breakages.FAILED_FOR_EVER, (503, "engine_restarting", "60")),
    "500 and a hang": (Answer(500, hangs=True), (503, "engine_restarting", "60")),
    "503": (breakages.LOADING, (503, "engine_refused", "7")),
    "503 without more": (Answer(503), (503, "engine_refused", None)),
    "429": (breakages.TOO_MANY, (429, "engine_refused", "9")),
    "413": (breakages.TOO_LARGE, (413, "engine_refused", None)),
    "400": (as_json({"detail": "too short"}, status=400), (400, "engine_refused", None)),
    "401": (as_json({"detail": "no token"}, status=401), (502, "engine_refused_key", None)),
    "403": (as_json({"detail": "no token"}, status=403), (502, "engine_refused_key", None)),
    "451": (as_json({"detail": "by law"}, status=451), (451, "engine_refused", None)),
    "501": (Answer(501, (HTML,)), (502, "engine_bad_answer", None)),
    "502 of a proxy": (Answer(502, (HTML,)), (502, "engine_unreachable", None)),
    "504 of a proxy": (Answer(504, (HTML,)), (504, "engine_timeout", None)),
    "201": (as_json(TRANSCRIPTION, status=201), (502, "engine_bad_answer", None)),
    "204": (Answer(204, ()), (502, "engine_bad_answer", None)),
    "206": (as_json(TRANSCRIPTION, status=206), (502, "engine_bad_answer", None)),
    "302": (Answer(302, (HTML,), headers={"Location": AT}), (502, "engine_bad_answer", None)),
    "silence": (breakages.SILENT, (504, "engine_timeout", None)),
    "a slow head": (breakages.SLOW_HEAD, (504, "engine_timeout", None)),
    "slow chunks": (breakages.SLOW_CHUNKS, (504, "engine_timeout", None)),
    "reset": (breakages.RESET, (502, "engine_unreachable", None)),
    "closed": (breakages.CLOSED, (502, "engine_unreachable", None)),
    "a gigantic header": (breakages.GIGANTIC_HEADER, (502, "engine_bad_answer", None)),
    "another protocol": (breakages.SWITCHING, (502, "engine_bad_answer", None)),
    "no HTTP": (breakages.NO_HTTP, (502, "engine_bad_answer", None)),
}
BODIES = {
    "a slow body": (breakages.SLOW_BODY, (504, "engine_timeout", None)),
    "cut": (breakages.CUT, (502, "engine_unreachable", None)),
    "too short": (breakages.SHORTER_THAN_ANNOUNCED, (502, "engine_unreachable", None)),
    "too long": (breakages.LONGER_THAN_ANNOUNCED, (502, "engine_bad_answer", None)),
    "endless": (breakages.ENDLESS, (502, "engine_bad_answer", None)),
    "broken JSON": (breakages.NO_JSON, (502, "engine_bad_answer", None)),
    "HTML": (Answer(pieces=(HTML,), content_type="text/html"), (502, "engine_bad_answer", None)),
    "empty": (Answer(), (502, "engine_bad_answer", None)),
    "no object": (as_json([1]), (502, "engine_bad_answer", None)),
    "null": (as_json(None), (502, "engine_bad_answer", None)),
    "words for times": (
        as_json({"text": "a", "words": [{"word": "a", "start": "soon"}]}),
        (502, "engine_bad_answer", None),
    ),
    "NaN": (
        Answer(pieces=(b'{"text": "a", "words": [{"word": "a", "start": NaN}]}',)),
        (502, "engine_bad_answer", None),
    ),
    "infinite": (
        Answer(pieces=(b'{"text": "a", "duration": Infinity}',)),
        (502, "engine_bad_answer", None),
    ),
}
Row = tuple[Answer, tuple[int, str, str | None]]


@pytest.mark.parametrize("row", [*ROWS.values(), *BODIES.values()], ids=[*ROWS, *BODIES])
def test_a_failed_transcription_answers_by_the_table(
    scripted: Gateway, faults: FaultServer, row: Row
) -> None:
    faults.break_with(TRANSCRIBE, row[0])

    assert outcome(transcribe(scripted)) == row[1]


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_failed_speech_answers_by_the_table(
    scripted: Gateway, faults: FaultServer, row: Row
) -> None:
    faults.break_with(SPEAK, row[0])

    assert outcome(speak(scripted)) == row[1]


@pytest.mark.parametrize("row", BODIES.values(), ids=BODIES)
def test_a_failed_diarization_answers_by_the_table(
    scripted: Gateway, faults: FaultServer, row: Row
) -> None:
    faults.break_with(DIARIZE, row[0])

    answer = scripted.post("/api/audio/diarize-chunk", files={"file": TONE})

    assert outcome(answer) == row[1]


@pytest.mark.parametrize(
    "answer",
    [
        Answer(content_type="audio/wav"),
        Answer(pieces=(b"{}",)),
        Answer(pieces=(HTML,), content_type="text/html"),
    ],
    ids=["nothing", "JSON", "HTML"],
)
def test_an_answer_without_speech_is_a_bad_answer(
    scripted: Gateway, faults: FaultServer, answer: Answer
) -> None:
    faults.break_with(SPEAK, answer)

    assert outcome(speak(scripted)) == (502, "engine_bad_answer", None)


@pytest.mark.parametrize(
    "answer",
    [
        Answer(pieces=(b"RIFF",), content_type="audio/wav", pause_s=0.1, cut=True),
        Answer(pieces=(b"RIFF",), content_type="audio/wav", hangs=True),
        Answer(pieces=(b"RI",), content_type="audio/wav", announced=99, pause_s=0.1, cut=True),
    ],
    ids=["cut", "silent", "too short"],
)
def test_speech_that_breaks_off_is_never_ended_cleanly(
    scripted: Gateway, faults: FaultServer, answer: Answer
) -> None:
    faults.break_with(SPEAK, answer)

    with pytest.raises(httpx.RemoteProtocolError):
        speak(scripted)


def test_speech_may_take_longer_than_any_silence(scripted: Gateway, faults: FaultServer) -> None:
    faults.answer(SPEAK, pieces=(b"RIFF",) * 5, pause_s=0.4, content_type="audio/wav")

    assert speak(scripted).content == b"RIFF" * 5


@pytest.mark.parametrize(
    "answer",
    [breakages.RESET, breakages.CLOSED, breakages.CUT, breakages.WEDGED, breakages.LOADING],
    ids=["reset", "closed", "cut", "500", "503"],
)
def test_a_sent_request_is_not_sent_again(
    scripted: Gateway, faults: FaultServer, answer: Answer
) -> None:
    faults.break_with(TRANSCRIBE, answer)

    transcribe(scripted)

    assert faults.paths() == [TRANSCRIBE]


def test_cuda_messages_are_not_passed_on(scripted: Gateway, faults: FaultServer) -> None:
    faults.break_with(TRANSCRIBE, breakages.WEDGED)

    assert "cublas" not in transcribe(scripted).text.lower()


def test_a_reason_is_limited_to_five_hundred_characters(
    scripted: Gateway, faults: FaultServer
) -> None:
    faults.answer(TRANSCRIBE, {"detail": "word " * 400}, status=422)

    message = transcribe(scripted).json()["error"]["message"]

    assert len(message) == len("file: ") + 500


def test_an_answer_longer_than_announced_does_not_spoil_the_next(
    scripted: Gateway, faults: FaultServer
) -> None:
    faults.break_with(TRANSCRIBE, breakages.LONGER_THAN_ANNOUNCED)
    transcribe(scripted)
    faults.answer(TRANSCRIBE, TRANSCRIPTION)

    assert transcribe(scripted).json()["text"] == TRANSCRIPTION["text"]


@pytest.mark.parametrize("address", ["http://127.0.0.1:9", "http://no-such-host.invalid:80"])
def test_a_missing_engine_cannot_be_reached(tmp_path: Path, address: str) -> None:
    with running_gateway(tmp_path, KOKORO_URL=address, PARAKEET_URL=address) as gateway:
        assert outcome(speak(gateway)) == (502, "engine_unreachable", None)
        assert outcome(transcribe(gateway)) == (502, "engine_unreachable", None)


def test_an_engine_that_does_not_take_the_upload_is_a_timeout(tmp_path: Path) -> None:
    with socket.socket() as deaf:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        address = f"http://127.0.0.1:{deaf.getsockname()[1]}"
        with running_gateway(tmp_path, PARAKEET_URL=address, ENGINE_TIMEOUT_S="1") as gateway:
            answer = gateway.post(TRANSCRIBE, files={"file": bytes(16_000_000)})

    assert outcome(answer) == (504, "engine_timeout", None)


def test_an_engine_has_more_time_for_more_audio(
    tmp_path: Path, fault_server: FaultServer, faults: FaultServer
) -> None:
    faults.answer(TRANSCRIBE, TRANSCRIPTION, after_s=0.8)
    allowed = {"ENGINE_BASE_TIMEOUT_S": "0.2", "ENGINE_TIMEOUT_PER_AUDIO_S": "0.2"}
    with running_gateway(tmp_path, PARAKEET_URL=fault_server.url, **allowed) as gateway:
        a_second = gateway.post(TRANSCRIBE, files={"file": TONE})
        of_unknown_length = gateway.post(TRANSCRIBE, files={"file": b"no audio"})

    assert outcome(a_second) == (504, "engine_timeout", None)
    assert of_unknown_length.status_code == 200
