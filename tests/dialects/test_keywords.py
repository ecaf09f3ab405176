"""The words that a client expects, as engines of the dialects get them."""

import json

import pytest

from tests.dialects.conftest import Configure
from tests.dialects.scripted_engines import script
from tests.dialects.talk import recording
from tests.dialects.test_transcripts import BLOCKS, MERGE, TRANSCRIBE
from tests.faults import FaultServer

TALK = recording()
TERMS = ["Zorvath", "Ada  Löwe", "Zorvath"]
OTHERS = [
    "openai.words.json",
    "asr-webservice.faster-whisper.json",
    "parakeet.transcriptions.json",
]


@pytest.mark.parametrize("path", [TRANSCRIBE, BLOCKS, MERGE])
def test_nvidia_s_server_gets_keywords_as_speech_contexts_and_no_prompt(
    configure: Configure, faults: FaultServer, path: str
) -> None:
    words = script(faults, "words", "nemo-speech-cpp.transcriptions.json")
    turns = script(faults, "turns", "localai.diarization.json")
    timeline = {"timeline": "[]", "transcribe": "true"} if path == MERGE else {}
    prompt = {"prompt": "A talk"} if path == TRANSCRIBE else {}
    fields = {"keywords[]": TERMS, **timeline, **prompt}

    answer = configure(words, turns).post(path, files={"file": ("talk.wav", TALK)}, data=fields)

    [sent] = [one.form for one in faults.asked if one.path.startswith("/words")]
    assert answer.status_code == 200, answer.text
    assert "prompt" not in sent
    assert "keywords" not in sent
    [context] = json.loads(str(sent["speech_contexts"]))
    assert context["phrases"] == ["Zorvath", "Ada Löwe"]
    assert 2 <= context["boost"] <= 3


def test_without_keywords_there_are_no_speech_contexts(
    configure: Configure, faults: FaultServer
) -> None:
    gateway = configure(script(faults, "words", "nemo-speech-cpp.transcriptions.json"))

    gateway.post(TRANSCRIBE, files={"file": ("talk.wav", TALK)}, data={"prompt": "A talk"})

    assert faults.asked[0].form.keys() == {"file", "response_format"}


@pytest.mark.parametrize("name", OTHERS)
def test_other_engines_get_keywords_in_the_prompt_alone(
    configure: Configure, faults: FaultServer, name: str
) -> None:
    gateway = configure(script(faults, "words", name))
    file = {"file": ("talk.wav", TALK)}

    gateway.post(TRANSCRIBE, files=file, data={"keywords[]": TERMS[:1]})

    asked = faults.asked[0]
    assert not {"keywords", "speech_contexts"} & asked.form.keys()
    assert "Zorvath" in asked.path or asked.form["prompt"] == "Zorvath"
