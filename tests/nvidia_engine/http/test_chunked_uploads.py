import io

from nvidia_engine.http.chunked_uploads import copy


def test_a_body_without_a_length_is_copied_to_its_end() -> None:
    body = io.BytesIO()

    length = copy(io.BytesIO(b"twelve bytes"), body, limit=100)

    assert (body.read(), length) == (b"twelve bytes", 12)


def test_a_body_over_the_limit_is_not_read_to_its_end() -> None:
    long = io.BytesIO(bytes(10_000_000))

    length = copy(long, io.BytesIO(), limit=10)

    assert length > 10
    assert long.tell() < 10_000_000
