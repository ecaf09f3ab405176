"""The messages between the gateway and the process that cancels an echo."""

from typing import TypedDict


class RawTrack(TypedDict):
    """An open file, and where its samples are: 16 bits, mono, 16 kHz."""

    file: int
    offset: int
    samples: int


class EchoRequest(TypedDict):
    """Both tracks, the open files to write to, and the limits.

    `cancelled` becomes a WAV of the mic track without its echo, `levels` the powers of residual
    and echo as float32: first all of the one, then all of the other.
    """

    lifeline: int
    mic: RawTrack
    system: RawTrack
    cancelled: int
    levels: int
    memory_bytes: int
    cpu_s: int


class EchoAnswer(TypedDict):
    """The path, as JSON of `audio.merge.tracks.echo_path.EchoPath`; None without an echo."""

    path: dict[str, object] | None
