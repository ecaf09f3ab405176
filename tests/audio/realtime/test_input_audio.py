"""Appended audio, compared with FFmpeg's decoders."""

import io

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from audio.realtime.input_audio import ALAW, PCM, ULAW, AudioFormat, InputAudio, expansion

CODES = bytes(range(256))


def decoded_by_ffmpeg(form: str) -> NDArray[np.int16]:
    options = {"ar": "8000"}
    with av.open(io.BytesIO(CODES), "r", format=form, options=options) as container:
        frames = [frame.to_ndarray().reshape(-1) for frame in container.decode(audio=0)]
    return np.concatenate(frames)


@pytest.mark.parametrize(("form", "ffmpeg"), [(ULAW, "mulaw"), (ALAW, "alaw")])
def test_each_code_of_g711_is_the_sample_of_other_decoders(form: AudioFormat, ffmpeg: str) -> None:
    assert expansion(form).tolist() == decoded_by_ffmpeg(ffmpeg).tolist()


@pytest.mark.parametrize("form", [PCM, ULAW, ALAW])
def test_a_second_of_each_format_is_a_second(form: AudioFormat) -> None:
    audio = InputAudio(form)
    second = bytes(form.bytes_a_second)

    seconds = [len(audio.decode(second)) for _ in range(3)]

    assert sum(seconds) == pytest.approx(48_000, abs=40)


def test_a_sample_may_be_split_between_two_messages() -> None:
    tone = (np.sin(np.arange(4800) / 8) * 9000).astype("<i2").tobytes()
    whole, split = InputAudio(PCM), InputAudio(PCM)

    parts = [split.decode(tone[start : start + 801]) for start in range(0, len(tone), 801)]

    assert np.concatenate(parts).tolist() == whole.decode(tone).tolist()


@pytest.mark.parametrize("form", [PCM, ULAW, ALAW])
@pytest.mark.parametrize("sent", [2400, 2401, 4801, 24_000])
def test_the_samples_that_wait_are_counted(form: AudioFormat, sent: int) -> None:
    audio = InputAudio(form)
    coming = audio.coming(bytes(sent))

    decoded = len(audio.decode(bytes(sent)))

    assert audio.waiting == coming - decoded
    assert len(audio.finish()) == coming - decoded
    assert coming == -(-(sent // form.sample_bytes) * 16_000 // form.rate)


def test_nothing_becomes_nothing() -> None:
    assert len(InputAudio(PCM).finish()) == 0
    assert len(InputAudio(PCM).decode(b"")) == 0
    assert len(InputAudio(PCM).decode(b"\1")) == 0
