"""Multipart forms, byte by byte."""

import io
import tracemalloc
from types import SimpleNamespace

import httpx
import pytest

from audio.api.uploads.body_parsers import MultipartForm
from audio.api.uploads.request_body import UploadBody
from tests.audio.api.uploads.crumbs import Crumbs
from tests.clients.forms import BOUNDARY, MULTIPART, form, part
from tests.engine_answers import TRANSCRIBE
from tests.faults import FaultServer
from tests.gateway_process import Gateway
from tests.recordings import TONE

MODEL = part("model", "whisper-1")
MIB = 1024 * 1024
FILE = part("file", TONE, filename="a.wav", content_type="audio/wav")


def sent(gateway: Gateway, *parts: bytes) -> httpx.Response:
    return gateway.post(TRANSCRIBE, content=form(*parts), headers=MULTIPART)


def with_disposition(disposition: str, content: bytes, *headers: str) -> bytes:
    head = [f"--{BOUNDARY}", f"Content-Disposition: {disposition}", *headers, "", ""]
    return "\r\n".join(head).encode() + content + b"\r\n"


def message_of(answer: httpx.Response) -> str:
    assert answer.status_code == 400
    return str(answer.json()["error"]["message"])


def test_a_file_reaches_the_engine_byte_by_byte(hearing: Gateway, faults: FaultServer) -> None:
    sent(hearing, MODEL, FILE)

    assert TONE in faults.asked[0].body


def test_a_recording_that_contains_part_of_the_boundary_is_not_cut(
    hearing: Gateway, faults: FaultServer
) -> None:
    mark = f"\r\n--{BOUNDARY[:-1]}\r\n--".encode()
    tricky = TONE[:1000] + mark + TONE[1000 + len(mark) :]

    sent(hearing, part("file", tricky, filename="a.wav"), MODEL)

    assert tricky in faults.asked[0].body


def test_a_file_name_that_is_not_ascii_may_have_the_older_form(hearing: Gateway) -> None:
    named = "form-data; name=\"file\"; filename*=utf-8''Gr%C3%BC%C3%9Fe.wav"

    assert sent(hearing, MODEL, with_disposition(named, TONE)).status_code == 200


@pytest.mark.parametrize("end", ["%00wav", "x" * 240, "%2Fa", "w%C3%A4v", "a%0Ab", " "])
def test_an_unusable_suffix_of_a_file_name_is_dropped(
    hearing: Gateway, faults: FaultServer, end: str
) -> None:
    named = f"form-data; name=\"file\"; filename*=utf-8''talk.{end}"

    answer = sent(hearing, MODEL, with_disposition(named, TONE))

    assert answer.status_code == 200
    assert b'filename="audio"' in faults.asked[0].body


def test_a_file_without_a_name_is_ignored(hearing: Gateway) -> None:
    nameless = with_disposition('form-data; name="file"; filename=""', b"")

    assert "file" in message_of(sent(hearing, MODEL, nameless))


def test_bytes_under_a_transfer_encoding_are_refused(hearing: Gateway) -> None:
    encoded = with_disposition(
        'form-data; name="file"; filename="a.wav"',
        b"UklGRg==",
        "Content-Transfer-Encoding: base64",
    )

    assert "file: expected its bytes" in message_of(sent(hearing, MODEL, encoded))


def test_a_binary_transfer_encoding_is_accepted(hearing: Gateway) -> None:
    binary = with_disposition(
        'form-data; name="file"; filename="a.wav"', TONE, "Content-Transfer-Encoding: binary"
    )

    assert sent(hearing, MODEL, binary).status_code == 200


def test_a_form_without_a_boundary_is_refused(hearing: Gateway) -> None:
    kind = {"content-type": "multipart/form-data"}

    answer = hearing.post(TRANSCRIBE, content=form(MODEL, FILE), headers=kind)

    assert "names no boundary" in message_of(answer)


def test_a_form_that_breaks_off_is_refused(hearing: Gateway) -> None:
    answer = hearing.post(TRANSCRIBE, content=MODEL + FILE, headers=MULTIPART)

    assert "malformed" in message_of(answer)


def test_headers_that_are_not_text_are_refused(hearing: Gateway) -> None:
    garbled = FILE.replace(b"a.wav", b"\xff\xfe.wav", 1)

    assert "malformed" in message_of(sent(hearing, MODEL, garbled))


@pytest.mark.parametrize("count", [1001, 5000])
def test_more_fields_than_any_client_sends_are_refused(hearing: Gateway, count: int) -> None:
    message = message_of(sent(hearing, *[part("keywords[]", "a")] * count))

    assert "too many fields: expected at most 1000" in message


def test_more_files_than_any_client_sends_are_refused(hearing: Gateway) -> None:
    assert "too many files" in message_of(sent(hearing, *[FILE[:200] + b"\r\n"] * 101))


def test_a_text_in_tiny_parts_takes_little_more_memory_than_its_length(memory: None) -> None:
    whole = form(part("model", "x" * (MIB // 8)))
    request = SimpleNamespace(META={"wsgi.input": UploadBody(Crumbs(whole), len(whole))})

    parsed = MultipartForm().parse(
        io.BytesIO(), MULTIPART["content-type"], parser_context={"request": request}
    )

    assert len(parsed.data["model"]) == MIB // 8
    assert tracemalloc.get_traced_memory()[1] < MIB
