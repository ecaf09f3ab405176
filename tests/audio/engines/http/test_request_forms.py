"""The form that carries a recording to an engine."""

from email import message_from_bytes
from pathlib import Path

import httpx
import pytest

from audio import context
from audio.engines.http import request_forms
from audio.engines.http.request_forms import form_with

URL = httpx.URL("http://engine.example/v1/audio/transcriptions")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "a.wav"
    path.write_bytes(b"begun")
    return path


def sent(request: httpx.Request) -> bytes:
    assert isinstance(request.stream, httpx.SyncByteStream)
    return b"".join(map(bytes, request.stream))


def test_a_form_holds_the_fields_and_the_recording(path: Path) -> None:
    fields = {"model": "whisper-1", "granularities[]": ["word", "segment"]}

    with form_with(path, 'audio".wav', fields, URL) as request:
        body = sent(request)

    head = f"Content-Type: {request.headers['content-type']}\r\n\r\n".encode()
    parts = message_from_bytes(head + body).get_payload()
    received = [
        (part.get_param("name", header="content-disposition"), part.get_payload())
        for part in parts
        if not isinstance(part, str)
    ]
    assert received == [
        ("model", "whisper-1"),
        ("granularities[]", "word"),
        ("granularities[]", "segment"),
        ("file", "begun"),
    ]
    assert request.headers["content-length"] == str(len(body))


def test_a_long_recording_is_read_in_blocks(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_forms, "BLOCK_BYTES", 2)

    with form_with(path, "audio.wav", {}, URL) as request:
        blocks = [bytes(block) for block in request.stream]  # type: ignore[union-attr]

    assert blocks[1:-1] == [b"be", b"gu", b"n"]


def test_a_recording_that_grows_is_sent_with_its_first_length(path: Path) -> None:
    with form_with(path, "audio.wav", {}, URL) as request:
        path.write_bytes(b"begun, and more")
        body = sent(request)

    assert b"begun\r\n" in body
    assert request.headers["content-length"] == str(len(body))


def test_a_recording_that_is_cut_meanwhile_is_an_error(path: Path) -> None:
    with form_with(path, "audio.wav", {}, URL) as request:
        path.write_bytes(b"")

        with pytest.raises(OSError, match="cut while it was read"):
            sent(request)


def test_an_engine_gets_the_trace(path: Path) -> None:
    with context.traced("req_7"), form_with(path, "audio.wav", {}, URL) as request:
        assert request.headers["x-request-id"] == "req_7"
