"""The shims of the dialects lose no word that their dialect can carry."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from audio.engines.dialects.readers.transcripts import read_labelled_text, read_turns
from benchmarks.dialect_quality.shims import DIARIZE, TRANSCRIBE, running_shims
from tests.engine_answers import DIARIZATION, TEXT, TRANSCRIPTION, without_embeddings
from tests.engine_answers import DIARIZE_TURNS as ENGINE_TURNS
from tests.engine_answers import TRANSCRIBE as ENGINE_WORDS
from tests.faults import FaultServer

LENGTH_S = 4.0
WORDS = {
    f"/openai{TRANSCRIBE}": "file",
    f"/segments{TRANSCRIBE}": "file",
    "/whisper.cpp/inference": "file",
    f"/diarized{TRANSCRIBE}": "file",
    f"/moss{TRANSCRIBE}": "file",
    f"/localai{TRANSCRIBE}": "file",
    "/asr/asr": "audio_file",
    "/asr/asr?diarize=true": "audio_file",
    f"/nemo{TRANSCRIBE}": "file",
}
TURNS = [f"/localai{DIARIZE}", f"/speaches{DIARIZE}", "/nemo/v1/audio/diarizations"]


@pytest.fixture
def shims(faults: FaultServer, tmp_path: Path) -> Iterator[str]:
    faults.answer(ENGINE_WORDS, TRANSCRIPTION)
    faults.answer(ENGINE_TURNS, without_embeddings(DIARIZATION))
    with running_shims(faults.url, tmp_path) as url:
        yield url


@pytest.mark.parametrize(("path", "field"), WORDS.items())
def test_the_words_are_the_engine_s(shims: str, path: str, field: str) -> None:
    answer = httpx.post(shims + path, files={field: ("audio.wav", b"RIFF")}).json()

    transcription, _ = read_labelled_text(answer, LENGTH_S)

    assert [word.text for word in transcription.words] == TEXT.split()


@pytest.mark.parametrize("path", TURNS)
def test_the_turns_are_the_engine_s(shims: str, path: str) -> None:
    answer = httpx.post(shims + path, files={"file": ("audio.wav", b"RIFF")}).json()

    turns = read_turns(answer, LENGTH_S).turns

    spans = [(one["start_s"], one["end_s"]) for one in DIARIZATION["segments"]]
    assert [(turn.start, turn.end) for turn in turns] == spans


def test_the_engine_hears_a_file_once(shims: str, faults: FaultServer) -> None:
    for path in (f"/openai{TRANSCRIBE}", f"/speaches{TRANSCRIBE}"):
        httpx.post(shims + path, files={"file": ("audio.wav", b"RIFF")})

    assert faults.paths() == [ENGINE_WORDS]
