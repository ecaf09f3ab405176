"""Translations, which are refused."""

from collections.abc import Iterator

import pytest

from tests.gateway_process import Gateway
from tests.recordings import TONE

TRANSLATE = "/v1/audio/translations"


def in_pieces() -> Iterator[bytes]:
    yield b"--cut"
    yield b" and malformed"


@pytest.mark.parametrize(
    "how",
    [
        {"files": {"file": TONE}, "data": {"model": "whisper-1"}},
        {"json": {"model": "whisper-1"}},
        {"content": b""},
        {"content": b"x" * 3_000_000},
    ],
    ids=["form", "json", "nothing", "too large"],
)
def test_a_translation_is_refused_whatever_the_body(bare: Gateway, how: dict[str, object]) -> None:
    answer = bare.post(TRANSLATE, **how)

    assert answer.status_code == 400
    assert answer.json()["error"] == {
        "message": "No model on this server can translate audio.",
        "type": "invalid_request_error",
        "param": "model",
        "code": "unsupported_value",
    }


def test_a_chunked_translation_is_refused_too(bare: Gateway) -> None:
    kind = {"content-type": "multipart/form-data; boundary=cut"}

    answer = bare.post(TRANSLATE, content=in_pieces(), headers=kind)

    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "unsupported_value"
