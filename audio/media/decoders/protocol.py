"""What the gateway and a decoder say to each other."""

from typing import Literal, TypedDict

SAMPLE_RATE = 16_000
# Samples come in pieces of at most so many bytes, float32: 4 s.
PIECE_BYTES = 256 * 1024
MESSAGE_BYTES = 4096

Job = Literal["samples", "declared", "length"]


class Request(TypedDict):
    """What is wanted of a recording: its samples, or its seconds; and the limits."""

    job: Job
    longest_s: float
    memory_bytes: int
    cpu_s: int


class Answer(TypedDict):
    """How it went: `done`, `undecodable`, `too_long`, `too_much_memory`; and the seconds."""

    outcome: str
    seconds: float | None
