"""What engines of other makes are sent of a recording: WAV, whatever the client sent."""

from pathlib import Path

import pytest

from tests.dialects.conftest import Configure
from tests.dialects.scripted_engines import script
from tests.dialects.talk import recording
from tests.dialects.test_transcripts import TRANSCRIBE
from tests.faults import FaultServer
from tests.recordings import encoded, samples_of, wav

TALK = recording()


def sent(faults: FaultServer) -> bytes:
    file = faults.asked[0].form["file"]
    assert isinstance(file, bytes)
    return file


@pytest.mark.parametrize("name", ["talk.wav", "talk.exe", "talk"])
def test_a_plain_wav_is_sent_as_it_is(
    configure: Configure, faults: FaultServer, name: str
) -> None:
    gateway = configure(script(faults, "words", "openai.words.json"))

    gateway.post(TRANSCRIBE, files={"file": (name, TALK)})

    assert sent(faults) == TALK
    assert b'filename="audio.wav"' in faults.asked[0].body


def test_a_recording_in_another_format_is_sent_as_wav(
    configure: Configure, faults: FaultServer, tmp_path: Path
) -> None:
    (tmp_path / "talk.wav").write_bytes(TALK)
    ogg = encoded(tmp_path / "talk.wav", tmp_path / "talk.ogg", "libopus", seconds=12.0)
    gateway = configure(script(faults, "words", "openai.words.json"))

    gateway.post(TRANSCRIBE, files={"file": ("talk.ogg", ogg.read_bytes())})

    assert sent(faults).startswith(b"RIFF")
    assert b'filename="audio.wav"' in faults.asked[0].body


def test_a_wav_above_the_limit_in_bytes_is_sent_smaller(
    configure: Configure, faults: FaultServer, tmp_path: Path
) -> None:
    (tmp_path / "talk.wav").write_bytes(TALK)
    samples = samples_of(tmp_path / "talk.wav")
    wide = wav(samples.repeat(6), 48_000, channels=2)
    gateway = configure(script(faults, "words", "openai.words.json"), WORDS_MAX_BYTES=600_000)

    gateway.post(TRANSCRIBE, files={"file": ("talk.wav", wide)})

    assert len(faults.asked) == 1
    assert len(sent(faults)) < 600_000 < len(wide)
