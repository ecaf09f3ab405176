"""The messages between the gateway and a decoder process."""

from typing import Literal, TypedDict

SAMPLE_RATE = 16_000
# Hz. Engines resample to 16 kHz: at a lower rate, a small file would fill their memory.
SAMPLE_RATES = range(2_000, 384_001)
# The limit of one block of float32 samples: 4 s.
BLOCK_BYTES = 256 * 1024
MESSAGE_BYTES = 4096

Job = Literal["samples", "declared", "length"]


class Request(TypedDict):
    """A request for the samples of a recording or its length in seconds, with its limits."""

    job: Job
    longest_s: float
    memory_bytes: int
    cpu_s: int


class Sound(TypedDict):
    """What a decoder hears of a recording that a program which counts samples may not.

    The number of the audio stream, and how many there are; whether one channel is heard because
    the mean of all would be silence; the seconds of silence that timestamps have before and
    between packets; the seconds that are declared and missing at the end.
    """

    stream: int
    streams: int
    is_one_channel: bool
    silence_s: float
    missing_s: float


class Answer(TypedDict):
    """The outcome, the seconds, and for `sample_rate` the rate (Hz) outside SAMPLE_RATES.

    Outcomes: `done`, `undecodable`, `sample_rate`, `too_long`, `too_much_memory`. The job `length`
    has `sound` too.
    """

    outcome: str
    seconds: float | None
    sample_rate: int | None
    sound: Sound | None
