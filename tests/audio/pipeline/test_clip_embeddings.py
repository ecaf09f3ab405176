"""How those in short clips sound, by an engine that says so."""

from pathlib import Path

import numpy as np
import pytest
from pytest_django import Settings

from audio.engines.failures import EngineNonsense
from audio.pipeline.clip_embeddings import embed_clips
from tests.faults import FaultServer

DIARIZE = "/v1/audio/diarize-chunk"
CLIP = np.zeros(16_000, dtype=np.float32)
HEARD = {
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


def test_a_clip_sounds_like_the_one_who_talks_most(faults: FaultServer) -> None:
    faults.answer(DIARIZE, HEARD)

    [voice] = embed_clips([CLIP])

    assert voice is not None
    assert (voice.embedding.tolist(), voice.space) == ([0.0, 1.0], "titanet@1")


def test_a_clip_in_which_nobody_is_heard_sounds_like_nobody(faults: FaultServer) -> None:
    faults.answer(DIARIZE, {"segments": [], "fingerprints": {}})

    assert embed_clips([CLIP, CLIP]) == [None, None]


def test_a_fingerprint_of_nothing_but_zeros_is_nobodys(faults: FaultServer) -> None:
    faults.answer(DIARIZE, HEARD | {"fingerprints": {"Speaker_0": [0.0, 0.0]}})

    assert embed_clips([CLIP]) == [None]


def test_an_engine_must_say_what_its_fingerprints_are_of(faults: FaultServer) -> None:
    faults.answer(DIARIZE, HEARD | {"models": {}})

    with pytest.raises(EngineNonsense):
        embed_clips([CLIP])


def test_no_clips_ask_nothing(faults: FaultServer) -> None:
    assert embed_clips([]) == []
    assert faults.asked == []


def test_clips_are_files_only_while_the_engine_listens(
    faults: FaultServer, tmp_path: Path
) -> None:
    faults.answer(DIARIZE, HEARD)

    embed_clips([CLIP])

    assert b"RIFF" in faults.asked[0].body
    assert list(tmp_path.rglob("*.wav")) == []
