"""The samples of any recording, as mono blocks in bounded memory.

Plain WAV is read directly. All else is decoded by processes with limits (`audio.media.decoders`):
a recording that breaks, stalls or fills its decoder is refused, and affects nothing else.
"""

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import IO

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from audio.media.decoders.pool import AllBusy, decoders
from audio.media.decoders.process import Decoder, Died, Limits, Refused
from audio.media.decoders.protocol import SAMPLE_RATE as SAMPLE_RATE
from audio.media.decoders.protocol import SAMPLE_RATES, Answer, Job, Sound
from audio.media.recording import Recording
from audio.media.wav import PlainWav, sample_chunks
from audio.merge.values import Notice, Span

# A reader that does not read to the end closes the generator, which ends the decoding.
Blocks = Generator[NDArray[np.float32], None, None]

# The packets of a file of this size are read in a moment.
QUICK_BYTES = 2 * 1024 * 1024
# Less is not worth a warning: writers round declared lengths.
LEAST_MISSING_S = 0.5


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
    if recording.wav:
        return recording.wav.seconds
    return _look_at("declared", recording)["seconds"]


@dataclass(frozen=True, slots=True)
class Inspection:
    """The length of a recording, and how it has to be heard.

    `seconds` is its declared length or that of its packets, whichever is greater; None where
    neither is known. An engine that counts samples and averages channels hears it as the gateway
    does where it `is_plain`. `notices` say what of it cannot be heard.
    """

    seconds: float | None
    is_plain: bool = True
    notices: tuple[Notice, ...] = ()


def inspect(recording: Recording) -> Inspection:
    """Measure a recording, and find out how it has to be heard.

    A header of a few bytes may declare hours of silence.

    Raises
    ------
    UndecodableAudio, UnusableSampleRate, AudioTooLong, DecodingUnavailable
    """
    wav = recording.wav
    if wav is not None:
        return _inspected(wav, recording.field)
    answer = _look_at("length", recording)
    sound = answer["sound"]
    if sound is None:
        return Inspection(answer["seconds"])
    moves = sound["streams"] > 1 or sound["is_one_channel"] or sound["silence_s"] > 0
    notices = [*_notices(sound, recording.field), *_wav_notices(recording)]
    return Inspection(answer["seconds"], not moves, tuple(notices))


def length_s(recording: Recording) -> float | None:
    """Return the declared length of a recording or that of its packets, whichever is greater.

    In seconds; None where neither is known.

    Raises
    ------
    UndecodableAudio, UnusableSampleRate, AudioTooLong, DecodingUnavailable
    """
    return inspect(recording).seconds


def _inspected(wav: PlainWav, field: str) -> Inspection:
    if wav.seconds > settings.MAX_AUDIO_S:
        raise _too_long(field)
    is_one_channel = wav.channel is not None
    notices = [_opposite_phase(field)] if is_one_channel else []
    last = wav
    while last.following is not None:
        last = last.following
    if last.missing_s >= LEAST_MISSING_S:
        notices.append(_truncated(field, last.missing_s))
    is_plain = wav.following is None and not is_one_channel
    return Inspection(wav.seconds, is_plain, tuple(notices))


def _notices(sound: Sound, field: str) -> Iterator[Notice]:
    if sound["streams"] > 1:
        yield Notice(
            "other_streams",
            f"{field}: the file has {sound['streams']} audio streams; only number "
            f"{sound['stream'] + 1}, the first with sound, was heard.",
        )
    if sound["is_one_channel"]:
        yield _opposite_phase(field)
    if sound["missing_s"] >= LEAST_MISSING_S:
        yield _truncated(field, sound["missing_s"])


def _wav_notices(recording: Recording) -> Iterator[Notice]:
    """Yield what of a WAV that is decoded cannot be heard; nothing for another file."""
    chunks, field = sample_chunks(recording.path), recording.field
    if chunks.count > 1:
        yield Notice(
            "sound_left_out",
            f"{field}: the file has {chunks.count} parts with samples, as WAVs that were joined "
            "end to end have; only one of them was heard.",
        )
    if chunks.missing_s >= LEAST_MISSING_S:
        yield _truncated(field, chunks.missing_s)


def _opposite_phase(field: str) -> Notice:
    return Notice(
        "channels_in_opposite_phase",
        f"{field}: the channels cancel each other, so only the loudest one was heard.",
    )


def _truncated(field: str, seconds: float) -> Notice:
    return Notice(
        "recording_truncated",
        f"{field}: the file ends {seconds:.1f} s before the length that it declares.",
    )


def sample_blocks(recording: Recording) -> Blocks:
    """Yield a recording as blocks of 16 kHz mono samples in [-1, 1], as a listener hears it.

    Channels are averaged, unless they cancel each other. The first audio stream with sound is
    taken. Sound is at the times that a player shows, with silence where the file has none. A
    recording that breaks off ends where it breaks off.

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


def _look_at(job: Job, recording: Recording) -> Answer:
    # The packets of a large file may have to be read one by one, which takes long.
    is_long = job == "length" and recording.path.stat().st_size > QUICK_BYTES
    with _decoder(recording, is_long=is_long) as (decoder, file):
        return decoder.look_at(job, file, _limits())


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
