"""Random bytes are accepted or refused, and cause no other failure."""

import io
import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import Settings
from rest_framework.exceptions import ValidationError

from audio.api.fields import TimelineField
from audio.api.uploads.request_body import LimitedBodies
from audio.media.decoding import UnusableAudio, length_s, sample_blocks
from audio.media.recording import Recording
from tests.recordings import TONE

FOREVER = settings(
    max_examples=200,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
LINES = [
    b"--cut\r\n",
    b"--cut--\r\n",
    b"--cut",
    b"\r\n",
    b'Content-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\n',
    b"Content-Disposition: form-data; name=\"file\"; filename*=utf-8''%ff\r\n\r\n",
    b'Content-Disposition: form-data; name="model"\r\n\r\n',
    b"Content-Disposition: form-data; name=\r\n\r\n",
    b"Content-Type: multipart/mixed; boundary=cut\r\n",
    b"Content-Transfer-Encoding: base64\r\n",
    b"Content-Length: 99999999999999999999\r\n",
    TONE[:200],
]
BODIES = st.lists(st.sampled_from(LINES) | st.binary(max_size=40), max_size=14).map(b"".join)
BOUNDARIES = st.sampled_from(["cut", "", '"cut"', "c" * 300, "cüt", "cut; charset=utf-7"])


@pytest.fixture
def without_database() -> Iterator[None]:
    """A request does not close a connection that an earlier test has left open."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.fixture
def uploads(tmp_path: Path, settings: Settings, without_database: None) -> Path:
    settings.UPLOADS_DIR, settings.API_KEYS, settings.PARAKEET_URL = str(tmp_path), [], ""
    settings.ALLOWED_HOSTS = ["localhost"]
    return tmp_path


@FOREVER
@given(body=BODIES, boundary=BOUNDARIES, missing=st.integers(-20, 20))
def test_an_upload_of_any_bytes_is_answered_in_the_envelope(
    uploads: Path, body: bytes, boundary: str, missing: int
) -> None:
    status, told = answer_to(body, boundary, max(0, len(body) + missing))

    assert status < 500 or told["code"] == "engine_not_configured"
    assert told.keys() == {"message", "type", "param", "code"}
    assert list(uploads.rglob("*.upload*")) == []


def answer_to(body: bytes, boundary: str, declared: int) -> tuple[int, dict[str, str]]:
    """The answer of the gateway to an upload of these bytes."""
    statuses: list[str] = []
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/v1/audio/transcriptions",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_TYPE": f"multipart/form-data; boundary={boundary}",
        "CONTENT_LENGTH": str(declared),
        "wsgi.input": io.BytesIO(body),
        "wsgi.url_scheme": "http",
    }
    application = LimitedBodies(get_wsgi_application())
    answer = application(environ, lambda status, *_rest: statuses.append(status))  # type: ignore[arg-type]
    content = b"".join(answer)
    answer.close()  # type: ignore[attr-defined]
    return int(statuses[0][:3]), json.loads(content)["error"]


@FOREVER
@given(
    changes=st.lists(st.tuples(st.integers(0, 43), st.integers(0, 255)), min_size=1, max_size=6),
    length=st.integers(0, 2000),
)
def test_a_wav_with_any_header_is_read_or_refused(
    tmp_path: Path, changes: list[tuple[int, int]], length: int
) -> None:
    content = bytearray(TONE[:2044])
    for place, value in changes:
        content[place] = value
    path = tmp_path / "a.wav"
    path.write_bytes(content[: 44 + length])

    with suppress(UnusableAudio):
        assert (length_s(Recording(path)) or 0.0) >= 0.0
        assert all(block.dtype == np.float32 for block in sample_blocks(Recording(path)))


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["start", "end", "name", 10**400]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["start", "end", "name", "confidence", "x"]), inner, max_size=5
        )
    ),
    max_leaves=20,
)


@FOREVER
@given(text=JSON.map(json.dumps) | st.text(max_size=60))
def test_any_text_is_a_timeline_or_refused(text: str) -> None:
    field = TimelineField()
    field.field_name = "timeline"

    with suppress(ValidationError):
        export = field.read(field.to_internal_value(text), "auto", None)
        assert all(entry.start <= (entry.end or entry.start) for entry in export.entries)
