"""What an engine's health route says of an engine that is loading, in each dialect."""

from typing import Any

import pytest

from audio.api.views.status import engine_states
from audio.engines.dialects.registry import DIALECTS
from audio.engines.recovery.probes import CLIP_TEXT, probe
from tests.audio.engines.dialects.exchanges import answer_of
from tests.audio.engines.dialects.samples import ERRORS
from tests.dialects.conftest import Configure
from tests.dialects.scripted_engines import script
from tests.dialects.test_failures import PATHS, WORDS
from tests.faults import Answer, FaultServer
from tests.faults.answers import as_json

LOADING = [case for case in ERRORS if "GET /health" in case["server"]]
NOT_READY = as_json({"ready": False, "device": "cuda", "capabilities": []}, status=503)
# No route, a page of a proxy, a key that the route asks for: the known answer is the proof.
UNTOLD = [Answer(404), Answer(404, (b"<html></html>",)), Answer(405), Answer(401), Answer(500)]


def health(
    configure: Configure, faults: FaultServer, dialect: str, answer: Answer, text: str = CLIP_TEXT
) -> list[str]:
    """Have an engine that transcribes rightly answer its health route; return where that is."""
    path = f"/words{DIALECTS[dialect].capabilities.health_path}"
    words = script(faults, "words", WORDS[dialect])
    configure(words, WORDS_MODEL="a/model", WORDS_PATH="")
    segment = {"start": 0.1, "end": 2.5, "text": text, "speaker": "A"}
    faults.answer(f"/words{PATHS[dialect]}", {"text": text, "segments": [segment]})
    faults.break_with(path, answer)
    return [path]


@pytest.mark.parametrize("dialect", WORDS)
@pytest.mark.parametrize(
    "case", LOADING, ids=[str(case["response"]["status"]) for case in LOADING]
)
def test_an_engine_that_is_loading_is_busy_and_asked_nothing(
    configure: Configure, faults: FaultServer, dialect: str, case: dict[str, Any]
) -> None:
    asked = health(configure, faults, dialect, answer_of(case["response"]))

    found = probe("words")

    said = case["message"].replace("/health", "…")
    assert (found.result, found.reason) == (case["means"], f"It is loading: {said}")
    assert faults.paths() == asked
    assert engine_states()["words"] == "down"


def test_an_engine_that_is_not_ready_without_a_reason_is_loading(
    configure: Configure, faults: FaultServer
) -> None:
    health(configure, faults, "nemo-speech-cpp", NOT_READY)

    assert probe("words").reason == "It is loading."


@pytest.mark.parametrize("answer", UNTOLD, ids=["404", "page", "405", "401", "500"])
def test_an_engine_that_does_not_say_is_asked_for_the_known_answer(
    configure: Configure, faults: FaultServer, answer: Answer
) -> None:
    health(configure, faults, "openai", answer)

    assert probe("words").result == "ok"


@pytest.mark.parametrize("dialect", WORDS)
def test_good_health_does_not_prove_an_engine_right(
    configure: Configure, faults: FaultServer, dialect: str
) -> None:
    health(configure, faults, dialect, as_json({"status": "ok"}), text="something else")

    assert probe("words").result == "wrong"
