"""Engines that answer in another dialect than the settings name: the error names both."""

import pytest

from tests.audio.engines.dialects.exchanges import answer_of, path_of
from tests.audio.engines.dialects.samples import sample
from tests.dialects.conftest import Configure
from tests.dialects.scripted_engines import script
from tests.dialects.talk import recording
from tests.dialects.test_transcripts import ANY_TURNS, ANY_VOICES, ANY_WORDS, MERGE
from tests.faults import FaultServer

TALK = recording()
# The sample that sets the role, the answer of an engine of another dialect, and that dialect.
OTHER_DIALECTS = [
    ("turns", "localai.diarization.json", "parakeet.diarize-chunk.json", "parakeet"),
    ("turns", "speaches.diarization.json", "asr-webservice.faster-whisper.json", ""),
    ("turns", "localai.diarization.json", "openai-diarized.moss-raw.json", "openai-diarized"),
    ("words", "openai.words.json", "openai-diarized.moss-raw.json", "openai-diarized"),
    ("voices", "localai.voice-embed.json", "speaches.embedding.json", "speaches"),
    ("voices", "speaches.embedding.json", "localai.voice-embed.json", "localai"),
]


@pytest.mark.parametrize(("role", "configured", "answered", "named"), OTHER_DIALECTS)
def test_an_engine_of_another_dialect_is_named(
    configure: Configure,
    faults: FaultServer,
    role: str,
    configured: str,
    answered: str,
    named: str,
) -> None:
    usual = {"words": ANY_WORDS, "turns": ANY_TURNS, "voices": ANY_VOICES} | {role: configured}
    engines = [script(faults, one, name) for one, name in usual.items()]
    path = f"/{role}{path_of(sample(configured)['request'])}"
    faults.break_with(path, answer_of(sample(answered)["response"]))

    answer = configure(*engines).post(
        MERGE,
        files={"file": ("talk.wav", TALK)},
        data={"timeline": "[]", "transcribe": "true"},
    )

    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (502, "engine_bad_answer")
    assert f"Its dialect is set to {configured.split('.')[0]}." in error["message"]
    assert ("it looks like" in error["message"]) is bool(named)
    assert f"the dialect {named}" in error["message"] or not named
