"""The embeddings of the voices in short clips."""

from pathlib import Path

import numpy as np
import pytest
from pytest_django import Settings

from audio.engines.failures import EngineNonsense
from audio.pipeline.analysis.clip_embeddings import embed_clips
from tests.faults import FaultServer

DIARIZE = "/v1/audio/diarize-chunk"
CLIP = np.zeros(16_000, dtype=np.float32)
DIARIZED = {
    "segments": [
        {"start_s": 0.0, "end_s": 0.4, "speaker": "Speaker_0"},
        {"start_s": 0.4, "end_s": 1.0, "speaker": "Speaker_1"},
    ],
    "fingerprints": {"Speaker_0": [1.0, 0.0], "Speaker_1": [0.0, 1.0], "Speaker_2": [1.0, 1.0]},
    "models": {"embedding": "titanet@1"},
}


@pytest.fixture(autouse=True)
def _engine(settings: Settings, faults: FaultServer, tmp_path: Path) -> None:
    settings.PARAKEET_URL, settings.UPLOADS_DIR = faults.url, str(tmp_path)


def test_a_clip_has_the_embedding_of_the_speaker_who_talks_most(faults: FaultServer) -> None:
    faults.answer(DIARIZE, DIARIZED)

    [voice] = embed_clips([CLIP])

    assert voice is not None
    assert (voice.embedding.tolist(), voice.space) == ([0.0, 1.0], "titanet@1")


def test_a_clip_without_a_speaker_has_no_embedding(faults: FaultServer) -> None:
    faults.answer(DIARIZE, {"segments": [], "fingerprints": {}})

    assert embed_clips([CLIP, CLIP]) == [None, None]


def test_an_embedding_of_zeros_does_not_count(faults: FaultServer) -> None:
    faults.answer(DIARIZE, DIARIZED | {"fingerprints": {"Speaker_0": [0.0, 0.0]}})

    assert embed_clips([CLIP]) == [None]


def test_an_engine_must_name_the_model_of_its_embeddings(faults: FaultServer) -> None:
    faults.answer(DIARIZE, DIARIZED | {"models": {}})

    with pytest.raises(EngineNonsense):
        embed_clips([CLIP])


def test_without_clips_the_engine_is_not_asked(faults: FaultServer) -> None:
    assert embed_clips([]) == []
    assert faults.asked == []


def test_the_files_of_clips_are_deleted(faults: FaultServer, tmp_path: Path) -> None:
    faults.answer(DIARIZE, DIARIZED)

    embed_clips([CLIP])

    assert b"RIFF" in faults.asked[0].body
    assert list(tmp_path.rglob("*.wav")) == []
