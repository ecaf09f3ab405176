"""The facts of a recording, which are read from its file once."""

import hashlib
from pathlib import Path

import pytest

from audio.media.decoding import check_decodable, length_s, sample_blocks
from audio.media.recording import Recording, digest_of, suffix_of
from tests.recordings import TONE


@pytest.fixture
def tone(tmp_path: Path) -> Recording:
    path = tmp_path / "tone.wav"
    path.write_bytes(TONE)
    return Recording(path, ".wav")


def test_the_digest_of_one_recording_is_that_of_its_file(tone: Recording) -> None:
    assert digest_of(tone) == hashlib.sha256(TONE).hexdigest()


def test_the_digest_of_two_tracks_is_that_of_both_digests(tone: Recording) -> None:
    one = hashlib.sha256(TONE).digest()

    assert digest_of(tone, Recording(tone.path)) == hashlib.sha256(one + one).hexdigest()


def test_the_digest_is_read_once(tone: Recording) -> None:
    before = digest_of(tone)

    tone.path.unlink()

    assert digest_of(tone) == before


def test_the_header_is_read_once(tone: Recording) -> None:
    assert length_s(tone) == 1.0

    tone.path.unlink()

    check_decodable(tone)
    assert length_s(tone) == 1.0


def test_the_samples_are_read_from_the_file(tone: Recording) -> None:
    length_s(tone)

    tone.path.unlink()

    with pytest.raises(FileNotFoundError):
        list(sample_blocks(tone))


@pytest.mark.parametrize(
    ("name", "suffix"),
    [
        ("talk.wav", ".wav"),
        ("Talk.M4A", ".m4a"),
        ("a.b.FLAC", ".flac"),
        ("talk", ""),
        (".wav", ""),
        ("talk.", ""),
        ("a.12345678", ".12345678"),
        ("a.123456789", ""),
        ("a." + "x" * 240, ""),
        ("a.wa\0v", ""),
        ("a.wav\n", ""),
        ("a.wäv", ""),
        ("a.\u0661\u0662", ""),
        ("a.wav/../../b", ""),
    ],
)
def test_a_suffix_is_a_few_ascii_letters_and_digits_or_none(name: str, suffix: str) -> None:
    assert suffix_of(name) == suffix
