"""What operators read about engines of roles: readiness, dialects, capabilities and probes."""

from typing import Any

import pytest

from audio.api.views.status import can_serve, engine_states
from audio.engines.recovery.probes import CLIP_TEXT, probe
from tests.dialects.conftest import Configure
from tests.dialects.scripted_engines import script
from tests.dialects.talk import recording
from tests.faults import FaultServer
from tests.faults.answers import as_json

DEAD = "http://127.0.0.1:9"
TRANSCRIBE = "/words/v1/audio/transcriptions"


def reports(answer: Any) -> dict[str, Any]:
    return {one["name"]: one for one in answer.json()["data"]}


def test_engines_are_listed_with_roles_dialects_and_capabilities(
    configure: Configure, faults: FaultServer
) -> None:
    words = script(faults, "words", "openai.words.json")
    turns = script(faults, "turns", "speaches.diarization.json")

    listed = reports(configure(words, turns, WORDS_MAX_S=90.0).get("/api/engines"))

    assert list(listed) == ["parakeet", "kokoro", "words", "turns"]
    assert listed["parakeet"]["roles"] == []
    assert (listed["words"]["roles"], listed["words"]["dialect"]) == (["words"], "openai")
    assert listed["words"]["capabilities"]["max_s"] == 90.0
    assert listed["turns"]["capabilities"]["voices"] == "clip"


def test_a_dead_engine_of_a_list_leaves_the_gateway_ready(
    configure: Configure, faults: FaultServer
) -> None:
    words = script(faults, "words", "openai.words.json")

    configure(words, WORDS_URL=DEAD)
    alone = engine_states()
    configure(words, WORDS_URL=f"{DEAD},{faults.url}/words")
    both = engine_states()

    assert not can_serve({**alone, "database": "ready"})
    assert (both["words"], both["words-2"]) == ("down", "ready")
    assert can_serve({**both, "database": "ready"})


@pytest.mark.parametrize(
    ("status", "body", "result", "reason"),
    [
        (200, {"text": CLIP_TEXT}, "ok", "It answered correctly."),
        (200, {"text": "something else"}, "wrong", "It transcribed"),
        (401, {}, "refused", "It refuses the gateway's key."),
        (404, {"detail": "No model x"}, "refused", "No model x"),
        (429, {}, "busy", "It is too busy to be probed."),
    ],
)
def test_a_probe_asks_an_engine_for_what_it_does(
    configure: Configure,
    faults: FaultServer,
    status: int,
    body: dict[str, str],
    result: str,
    reason: str,
) -> None:
    configure(script(faults, "words", "openai.text.json"), WORDS_PATH="")
    faults.break_with(TRANSCRIBE, as_json(body, status=status))

    found = probe("words")

    assert found.result == result
    assert reason in found.reason


def test_a_probe_of_one_engine_for_words_turns_and_voices_is_one_call(
    configure: Configure, faults: FaultServer
) -> None:
    name = "asr-webservice.whisperx-embeddings.json"
    roles = ("words", "turns", "voices")
    configure(*(script(faults, role, name, place="fork") for role in roles))

    probe("words")

    assert len([path for path in faults.paths() if path.startswith("/fork/asr")]) == 1


@pytest.mark.parametrize(
    ("path", "fields", "missing"),
    [
        ("/v1/audio/transcriptions", {}, "words"),
        ("/api/audio/transcribe-with-speakers", {}, "words"),
        ("/api/audio/label-merge", {"timeline": "[]"}, "turns"),
        ("/api/audio/diarize-chunk", {}, "turns"),
    ],
)
def test_a_refusal_names_the_role_without_an_engine(
    configure: Configure, faults: FaultServer, path: str, fields: dict[str, str], missing: str
) -> None:
    gateway = configure(script(faults, "voices", "localai.voice-embed.json"))

    answer = gateway.post(path, files={"file": ("talk.wav", recording())}, data=fields)

    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (503, "engine_not_configured")
    assert error["message"] == f"No {missing} engine is configured on this gateway."


def test_without_voices_a_warning_says_that_they_were_not_compared(
    configure: Configure, faults: FaultServer
) -> None:
    gateway = configure(script(faults, "turns", "localai.diarization.json"))
    file = {"file": ("talk.wav", recording())}

    answer = gateway.post("/api/audio/label-merge", files=file, data={"timeline": "[]"}).json()

    assert [one["code"] for one in answer["warnings"]].count("no_voices_engine") == 1
