"""An engine whose embeddings change their length, which shows that its model was changed."""

from audio.engines.recovery.probes import probe
from tests.dialects.conftest import Configure
from tests.dialects.scripted_engines import script
from tests.dialects.talk import recording
from tests.dialects.test_transcripts import MERGE
from tests.faults import Answer, FaultServer
from tests.faults.answers import as_json

EMBED = "/voices/v1/audio/speech/embedding"


def embedding(length: int) -> Answer:
    return as_json({"data": [{"index": 0, "embedding": [0.5] * length}]})


def test_another_length_is_refused_until_it_is_the_old_one_again(
    configure: Configure, faults: FaultServer
) -> None:
    voices = script(faults, "voices", "speaches.embedding.json")
    turns = script(faults, "turns", "localai.diarization.json")
    gateway = configure(voices, turns, VOICES_MODEL="first/model")
    results = []
    for length in (256, 512, 256):
        faults.break_with(EMBED, embedding(length))
        results.append(probe("voices").result)
    faults.break_with(EMBED, embedding(512))

    answer = gateway.post(
        MERGE, files={"file": ("talk.wav", recording())}, data={"timeline": "[]"}
    )

    error = answer.json()["error"]
    assert results == ["ok", "wrong", "ok"]
    assert (answer.status_code, error["code"]) == (502, "engine_bad_answer")
    assert "its embedding has 512 numbers, and earlier ones had 256" in error["message"]


def test_each_model_has_its_own_length(configure: Configure, faults: FaultServer) -> None:
    voices = script(faults, "voices", "speaches.embedding.json")
    results = []
    for model, length in (("small/model", 192), ("large/model", 512)):
        configure(voices, VOICES_MODEL=model)
        faults.break_with(EMBED, embedding(length))
        results.append(probe("voices").result)

    assert results == ["ok", "ok"]
