"""The samples of any recording, as mono blocks in bounded memory.

Plain WAV is read directly. All else is decoded by processes with limits (`audio.media.decoders`):
a recording that breaks, stalls or fills its decoder is refused, and affects nothing else.
"""

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from typing import IO

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from audio.media.decoders.pool import AllBusy, decoders
from audio.media.decoders.process import Decoder, Died, Limits, Refused
from audio.media.decoders.protocol import SAMPLE_RATE as SAMPLE_RATE
from audio.media.decoders.protocol import SAMPLE_RATES, Job
from audio.media.recording import Recording
from audio.merge.values import Span

# A reader that does not read to the end closes the generator, which ends the decoding.
Blocks = Generator[NDArray[np.float32], None, None]

# The packets of a file of this size are read in a moment.
QUICK_BYTES = 2 * 1024 * 1024


class UnusableAudio(Exception):
    """A recording that cannot be used; names its field and the reason."""

    def __init__(self, param: str, reason: str) -> None:
        super().__init__(f"{param}: {reason}")
        self.param, self.reason = param, reason


class UndecodableAudio(UnusableAudio):
    """A recording without audio that the gateway can decode."""


class UnusableSampleRate(UnusableAudio):
    """A recording with a sample rate that no engine may be sent: it would fill its memory."""


class AudioTooLong(UnusableAudio):
    """A recording that is longer than MAX_AUDIO_S."""


class DecodingUnavailable(Exception):
    """The gateway cannot decode now; the recording may be fine, and be decoded later."""


def check_decodable(recording: Recording) -> None:
    """Refuse a recording whose first samples cannot be read.

    Raises
    ------
    UndecodableAudio, UnusableSampleRate, DecodingUnavailable
    """
    wav = recording.wav
    if wav is not None and wav.seconds <= settings.MAX_AUDIO_S:
        return
    if next(_blocks(recording, is_long=False), None) is None:
        raise UndecodableAudio(recording.field, "the recording holds no audio.")


def declared_s(recording: Recording) -> float | None:
    """Return the length that a recording declares, in seconds; None where it declares none.

    Raises
    ------
    UndecodableAudio, UnusableSampleRate, DecodingUnavailable
    """
    return recording.wav.seconds if recording.wav else _seconds("declared", recording)


def length_s(recording: Recording) -> float | None:
    """Return the declared length of a recording or that of its packets, whichever is greater.

    In seconds; None where neither is known. A header of a few bytes may declare hours of silence.

    Raises
    ------
    UndecodableAudio, UnusableSampleRate, AudioTooLong, DecodingUnavailable
    """
    wav = recording.wav
    if wav is None:
        return _seconds("length", recording)
    if wav.seconds > settings.MAX_AUDIO_S:
        raise _too_long(recording.field)
    return wav.seconds


def sample_blocks(recording: Recording) -> Blocks:
    """Yield a recording as blocks of 16 kHz mono samples in [-1, 1], channels averaged.

    A recording that breaks off ends where it breaks off.

    Raises
    ------
    UndecodableAudio
        Before the first block, when it has no samples; later, when decoding exceeds its limits.
    UnusableSampleRate
        Before the first block, or where the rate changes.
    AudioTooLong
        As soon as the samples exceed MAX_AUDIO_S.
    DecodingUnavailable
    """
    return _blocks(recording, is_long=True)


def clips(recording: Recording, spans: Sequence[Span]) -> list[NDArray[np.float32]]:
    """Return the 16 kHz mono samples of spans, read in one pass; none past the end.

    Raises
    ------
    UndecodableAudio, UnusableSampleRate, AudioTooLong, DecodingUnavailable
    """
    edges = [(round(s.start * SAMPLE_RATE), round(s.end * SAMPLE_RATE)) for s in spans]
    parts: list[list[NDArray[np.float32]]] = [[np.empty(0, np.float32)] for _ in spans]
    last, at = max((end for _, end in edges), default=0), 0
    for block in sample_blocks(recording):
        for (start, end), found in zip(edges, parts, strict=True):
            if start < at + len(block) and end > at:
                found.append(block[max(0, start - at) : end - at])
        at += len(block)
        if at >= last:
            break
    return [np.concatenate(found) for found in parts]


def _seconds(job: Job, recording: Recording) -> float | None:
    # The packets of a large file may have to be read one by one, which takes long.
    is_long = job == "length" and recording.path.stat().st_size > QUICK_BYTES
    with _decoder(recording, is_long=is_long) as (decoder, file):
        return decoder.seconds(job, file, _limits())


def _blocks(recording: Recording, *, is_long: bool) -> Blocks:
    wav = recording.wav
    if wav is None:
        yield from _decoded(recording, is_long=is_long)
    elif wav.seconds > settings.MAX_AUDIO_S:
        raise _too_long(recording.field)
    else:
        yield from wav.blocks(SAMPLE_RATE)


def _decoded(recording: Recording, *, is_long: bool) -> Iterator[NDArray[np.float32]]:
    with (
        _decoder(recording, is_long=is_long) as (decoder, file),
        # Closed before the decoder is returned, so that it learns that the rest is not wanted.
        closing(decoder.samples(file, _limits())) as blocks,
    ):
        for block in blocks:
            yield np.frombuffer(block, np.float32)


def _limits() -> Limits:
    return Limits(
        longest_s=settings.MAX_AUDIO_S,
        memory_bytes=settings.DECODER_MEMORY_MB * 1024 * 1024,
        cpu_s=settings.DECODER_CPU_S,
    )


@contextmanager
def _decoder(recording: Recording, *, is_long: bool) -> Iterator[tuple[Decoder, IO[bytes]]]:
    """Take a decoder and open the recording for it; refusals name the field."""
    with recording.path.open("rb") as file:
        try:
            with decoders(settings.DECODERS).one(is_long=is_long) as decoder:
                yield decoder, file
        except Refused as refused:
            raise _refusal(refused, recording.field) from refused
        except AllBusy as error:
            raise DecodingUnavailable("The gateway has too much to decode.") from error
        except Died as error:
            raise DecodingUnavailable("Decoding was interrupted.") from error


def _too_long(param: str) -> AudioTooLong:
    hours = settings.MAX_AUDIO_S / 3600
    return AudioTooLong(param, f"the recording is longer than {hours:g} hours.")


def _refusal(refused: Refused, param: str) -> UnusableAudio:
    if refused.is_too_long:
        return _too_long(param)
    if refused.sample_rate is not None:
        expected = f"a sample rate of {SAMPLE_RATES[0]} to {SAMPLE_RATES[-1]} Hz"
        return UnusableSampleRate(param, f"expected {expected}, got {refused.sample_rate} Hz.")
    return UndecodableAudio(
        param, "the audio file could not be decoded or its format is not supported."
    )
