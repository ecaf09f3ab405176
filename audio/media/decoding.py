"""Any recording, as mono samples, in bounded memory.

Plain WAV is read directly. All else is decoded by processes with limits (`audio.media.decoders`):
a recording that breaks, stalls or fills its decoder is refused, and nothing else suffers from it.
"""

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from audio.media.decoders.pool import AllBusy, decoders
from audio.media.decoders.process import Decoder, Died, Limits, Refused
from audio.media.decoders.protocol import SAMPLE_RATE as SAMPLE_RATE
from audio.media.decoders.protocol import Job
from audio.media.wav import plain_wav
from audio.merge.values import Span

# Who does not read to the end closes them, and so ends the decoding.
Blocks = Generator[NDArray[np.float32], None, None]

# So much is read in a moment.
GLANCE_BYTES = 2 * 1024 * 1024


class UnusableAudio(Exception):
    """A recording that will not do, in which field, and why."""

    def __init__(self, param: str, reason: str) -> None:
        super().__init__(f"{param}: {reason}")
        self.param = param


class UndecodableAudio(UnusableAudio):
    """A recording that holds no audio we can read."""


class AudioTooLong(UnusableAudio):
    """A recording that lasts longer than MAX_AUDIO_S."""


class DecodingUnavailable(Exception):
    """Nothing is wrong with the recording, as far as we know: it may be decoded later."""


def check_decodable(path: Path, *, param: str) -> None:
    """Refuse a recording, named by its field, of which not even the first samples can be read.

    Raises
    ------
    UndecodableAudio, DecodingUnavailable
    """
    wav = plain_wav(path)
    if wav is not None and wav.seconds <= settings.MAX_AUDIO_S:
        return
    if next(_blocks(path, param, for_long=False), None) is None:
        raise UndecodableAudio(param, "the recording holds no audio.")


def declared_s(path: Path, *, param: str = "file") -> float | None:
    """How long a recording says it is, in seconds; None where it does not say.

    Raises
    ------
    UndecodableAudio, DecodingUnavailable
    """
    wav = plain_wav(path)
    return wav.seconds if wav else _seconds("declared", path, param)


def length_s(path: Path, *, param: str = "file") -> float | None:
    """How long a recording says it is, or its packets are, in seconds; None where neither tells.

    A header of a few bytes may lie about hours of silence.

    Raises
    ------
    UndecodableAudio, AudioTooLong, DecodingUnavailable
    """
    wav = plain_wav(path)
    if wav is None:
        return _seconds("length", path, param)
    if wav.seconds > settings.MAX_AUDIO_S:
        raise _too_long(param)
    return wav.seconds


def sample_blocks(path: Path, *, param: str = "file") -> Blocks:
    """Yield a recording as blocks of 16 kHz mono samples in [-1, 1], channels averaged.

    A recording that breaks off ends where it breaks off.

    Raises
    ------
    UndecodableAudio
        Before the first block, when there is none to come; later, when decoding takes too much.
    AudioTooLong
        Where it goes on for longer than is allowed.
    DecodingUnavailable
    """
    return _blocks(path, param, for_long=True)


def clips(path: Path, spans: Sequence[Span], *, param: str = "file") -> list[NDArray[np.float32]]:
    """The 16 kHz mono samples of some spans, read in one pass; none where the recording ended.

    Raises
    ------
    UndecodableAudio, AudioTooLong, DecodingUnavailable
    """
    edges = [(round(s.start * SAMPLE_RATE), round(s.end * SAMPLE_RATE)) for s in spans]
    pieces: list[list[NDArray[np.float32]]] = [[np.empty(0, np.float32)] for _ in spans]
    last, at = max((end for _, end in edges), default=0), 0
    for block in sample_blocks(path, param=param):
        for (start, end), found in zip(edges, pieces, strict=True):
            if start < at + len(block) and end > at:
                found.append(block[max(0, start - at) : end - at])
        at += len(block)
        if at >= last:
            break
    return [np.concatenate(found) for found in pieces]


def _seconds(job: Job, path: Path, param: str) -> float | None:
    # Its packets may have to be read one by one: of a large file that is no glance.
    for_long = job == "length" and path.stat().st_size > GLANCE_BYTES
    with _decoder(path, param, for_long=for_long) as (decoder, recording):
        return decoder.seconds(job, recording, _limits())


def _blocks(path: Path, param: str, *, for_long: bool) -> Blocks:
    wav = plain_wav(path)
    if wav is None:
        yield from _decoded(path, param, for_long=for_long)
    elif wav.seconds > settings.MAX_AUDIO_S:
        raise _too_long(param)
    else:
        yield from wav.blocks(SAMPLE_RATE)


def _decoded(path: Path, param: str, *, for_long: bool) -> Iterator[NDArray[np.float32]]:
    with (
        _decoder(path, param, for_long=for_long) as (decoder, recording),
        # Closed before the decoder goes back: it must hear that the rest is not wanted.
        closing(decoder.samples(recording, _limits())) as pieces,
    ):
        for piece in pieces:
            yield np.frombuffer(piece, np.float32)


def _limits() -> Limits:
    return Limits(
        longest_s=settings.MAX_AUDIO_S,
        memory_bytes=settings.DECODER_MEMORY_MB * 1024 * 1024,
        cpu_s=settings.DECODER_CPU_S,
    )


@contextmanager
def _decoder(path: Path, param: str, *, for_long: bool) -> Iterator[tuple[Decoder, IO[bytes]]]:
    """A decoder with a recording for it; its refusals name the field."""
    with path.open("rb") as recording:
        try:
            with decoders(settings.DECODERS).one(for_long=for_long) as decoder:
                yield decoder, recording
        except Refused as refused:
            raise _refusal(refused, param) from refused
        except AllBusy as error:
            raise DecodingUnavailable("The gateway has too much to decode.") from error
        except Died as error:
            raise DecodingUnavailable("Decoding was interrupted.") from error


def _too_long(param: str) -> AudioTooLong:
    hours = settings.MAX_AUDIO_S / 3600
    return AudioTooLong(param, f"the recording is longer than {hours:g} hours.")


def _refusal(refused: Refused, param: str) -> UnusableAudio:
    if refused.too_long:
        return _too_long(param)
    return UndecodableAudio(
        param, "the audio file could not be decoded or its format is not supported."
    )
