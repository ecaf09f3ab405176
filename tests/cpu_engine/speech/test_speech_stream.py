import json

import pytest

from cpu_engine.http.errors import BadRequest
from cpu_engine.speech.speech_stream import parse_request
from cpu_engine.speech.stream_encoding import FORMATS

KNOWN = ["af_heart", "bm_george"]


def body(**fields: object) -> bytes:
    return json.dumps({"input": "Hello", **fields}).encode()


def test_the_defaults_are_those_of_the_container() -> None:
    request = parse_request(body(), KNOWN, 100)

    assert request.voice.ingredients[0].name == "af_heart"
    assert (request.speed, request.form) == (1.0, FORMATS["mp3"])


def test_unknown_fields_are_ignored() -> None:
    assert parse_request(body(lang_code="a", stream=True), KNOWN, 100).text == "Hello"


@pytest.mark.parametrize("speed", [0.25, 4, 1.5])
def test_a_speed_between_the_limits_is_taken(speed: float) -> None:
    assert parse_request(body(speed=speed), KNOWN, 100).speed == speed


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"speed": 0.2}, "'speed' must be between"),
        ({"speed": 4.1}, "'speed' must be between"),
        ({"speed": "fast"}, "'speed' must be a number"),
        ({"speed": True}, "'speed' must be a number"),
        ({"voice": "unknown"}, "'unknown' is not known"),
        ({"voice": 3}, "'voice' must be a text"),
        ({"response_format": "exe"}, "must be one of mp3"),
        ({"input": " "}, "'input' must be a text"),
        ({"input": "x" * 101}, "longer than 100 characters"),
    ],
)
def test_a_wrong_field_is_refused_by_name(fields: dict[str, object], message: str) -> None:
    with pytest.raises(BadRequest, match=message):
        parse_request(body(**fields), KNOWN, 100)


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b"\xff"])
def test_a_body_that_is_not_a_json_object_is_refused(text: bytes) -> None:
    with pytest.raises(BadRequest, match="The body is not"):
        parse_request(text, KNOWN, 100)
