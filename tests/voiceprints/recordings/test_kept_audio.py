"""Tests of the audio that is kept beside transcripts: storing, forgetting, deleting, purging."""

import os
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from django.utils import timezone
from pytest_django import Settings

from audio.library import KeptTrack, Provenance
from audio.media.opus_files import opus_file, read_span
from audio.media.recording import Recording
from audio.merge.values import Block, NamedSpeaker, NamedTranscript, Span
from tests.bucket_server import BucketOfTests
from tests.recordings import square_wave, wav
from tests.voiceprints.people import SHA256, consenting
from voiceprints.erasure.person_erasure import erase_person
from voiceprints.erasure.retention import purge_expired
from voiceprints.models import KeptAudio, Transcript
from voiceprints.models.kept_audio import AUDIO_FOLDER
from voiceprints.recordings.audio_reading import (
    AudioNotKept,
    find_audio,
    read_bytes,
    read_clip,
    size_of,
    waveform,
)
from voiceprints.storage.stored_files import StorageFailed
from voiceprints.stored_library import StoredLibrary
from voiceprints.transcripts.transcript_store import delete_transcript

pytestmark = pytest.mark.django_db(transaction=True)
SECONDS = 6.0


@pytest.fixture
def storage(tmp_path: Path, settings: Settings) -> Path:
    settings.MEDIA_ROOT = tmp_path / "samples"
    return tmp_path / "samples" / AUDIO_FOLDER


@pytest.fixture
def meeting(storage: Path, tmp_path: Path) -> Transcript:
    """Return six seconds of a tone: Emma speaks from 0 s to 2 s, Ben from 4 s to 6 s."""
    return store(tmp_path)


def store(folder: Path, key: str | None = None) -> Transcript:
    """Store a transcript with its audio."""
    path = folder / "talk.wav"
    path.write_bytes(wav(square_wave(4000, SECONDS)))
    speakers = NamedSpeaker("S0", "Emma", "visual"), NamedSpeaker("S1", "Ben", "visual")
    blocks = Block(0, 2000, "Emma", "Hello."), Block(4000, 6000, "Ben", "Bye.")
    named = NamedTranscript("mono", SECONDS, speakers, blocks)
    with opus_file(Recording(path, ".wav")) as opus:
        track = KeptTrack("mono", opus.path, opus.seconds, opus.peaks)
        provenance = Provenance(sha256=SHA256, created_by="desk", audio=(track,), key=key)
        stored = StoredLibrary().remember(named, provenance)
    return Transcript.objects.get(pk=stored)


def loudness(audio: KeptAudio, span: Span) -> int:
    """Return the greatest sample of a part of the audio."""
    with audio.file.open("rb") as file:
        return int(np.abs(read_span(file, span).astype(int)).max())


def test_audio_is_kept_with_its_waveform(meeting: Transcript, storage: Path) -> None:
    audio = find_audio(meeting.pk, None)

    assert (audio.track, audio.seconds) == ("mono", SECONDS)
    assert [path.stat().st_size for path in storage.iterdir()] == [size_of(audio)]
    assert len(waveform(audio, 10)) == 10
    assert max(waveform(audio, 10)) == pytest.approx(4000 / 32768, abs=0.01)


def test_a_transcript_that_is_stored_once_keeps_one_file(storage: Path, tmp_path: Path) -> None:
    first, second = store(tmp_path, key="once"), store(tmp_path, key="once")

    assert first == second
    assert len(list(storage.iterdir())) == KeptAudio.objects.count() == 1


def test_audio_is_deleted_with_its_transcript(meeting: Transcript, storage: Path) -> None:
    delete_transcript(meeting.pk, actor="desk")

    assert list(storage.iterdir()) == []


def test_audio_is_deleted_when_the_retention_of_its_transcript_ends(
    meeting: Transcript, storage: Path
) -> None:
    Transcript.objects.update(retain_until=timezone.now())

    purge_expired()

    assert list(storage.iterdir()) == []


def test_audio_is_deleted_with_a_person_who_speaks_in_it(
    meeting: Transcript, storage: Path
) -> None:
    erase_person(consenting("Emma").pk, actor="desk")

    with pytest.raises(AudioNotKept, match="deleted when a person of the"):
        find_audio(meeting.pk, None)
    assert list(storage.iterdir()) == []


def test_audio_without_the_person_remains(meeting: Transcript, storage: Path) -> None:
    erase_person(consenting("Eva").pk, actor="desk")

    assert find_audio(meeting.pk, None).file


def test_a_person_is_silenced_if_the_policy_says_so(
    meeting: Transcript, storage: Path, settings: Settings
) -> None:
    settings.KEEP_AUDIO_ON_FORGET = "silence"

    erase_person(consenting("Emma").pk, actor="desk")

    audio = find_audio(meeting.pk, None)
    assert loudness(audio, Span(0.1, 1.9)) < 50 < loudness(audio, Span(4.1, 5.9))
    assert [path.name for path in storage.iterdir()] == [Path(str(audio.file.name)).name]


def test_audio_is_not_heard_until_the_person_is_silenced(
    meeting: Transcript, settings: Settings, storage: Path
) -> None:
    settings.KEEP_AUDIO_ON_FORGET = "silence"
    path = next(storage.iterdir())
    away = path.rename(path.with_name("away"))
    erase_person(consenting("Emma").pk, actor="desk")

    with pytest.raises(AudioNotKept, match="is being silenced"):
        find_audio(meeting.pk, None)
    away.rename(path)
    purge_expired()

    assert loudness(find_audio(meeting.pk, None), Span(0.1, 1.9)) < 50


def test_audio_that_a_crash_has_left_is_purged(meeting: Transcript, storage: Path) -> None:
    orphan, old = storage / "5b0f6a3e-6c1d-4f7e-9a53-2f0c8d1e7b94.opus", timedelta(hours=2)
    orphan.write_bytes(b"OggS")
    before = (timezone.now() - old).timestamp()
    os.utime(orphan, (before, before))

    purge_expired()

    assert len(list(storage.iterdir())) == 1


def test_only_the_part_that_is_read_is_fetched_from_a_bucket(
    bucket_in_use: BucketOfTests, tmp_path: Path
) -> None:
    audio = find_audio(store(tmp_path).pk, None)
    [whole] = bucket_in_use.contents().values()

    assert b"".join(read_bytes(audio, range(10, 50))) == whole[10:50]
    assert read_clip(audio, Span(4, 5))[:4] == b"RIFF"


def test_a_bucket_that_refuses_stores_no_transcript(
    bucket_in_use: BucketOfTests, tmp_path: Path, settings: Settings
) -> None:
    default = settings.STORAGES["default"]
    options = {**default["OPTIONS"], "bucket_name": "missing-bucket"}
    settings.STORAGES = {**settings.STORAGES, "default": {**default, "OPTIONS": options}}

    with pytest.raises(StorageFailed):
        store(tmp_path)

    assert Transcript.objects.count() == 0
