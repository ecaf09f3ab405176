"""The events of a speech contain its audio, and close it."""

from collections.abc import Iterator

from audio.api.sse import SpeechEvents, usage


class Held:
    """Audio that records whether it was closed."""

    closed = False

    def __iter__(self) -> Iterator[bytes]:
        yield b"RIFF"

    def close(self) -> None:
        self.closed = True


def test_closing_the_events_closes_the_audio() -> None:
    audio = Held()

    SpeechEvents("Hi", audio).close()

    assert audio.closed


def test_tokens_are_rounded_up() -> None:
    assert usage("Hello", 1) == {"input_tokens": 2, "output_tokens": 1, "total_tokens": 3}
