"""What a client reads when an engine of a dialect fails, and what it never reads."""

import json
from typing import Any

import httpx
import pytest

from tests.audio.engines.dialects.exchanges import answer_of, path_of
from tests.audio.engines.dialects.samples import ERRORS, sample
from tests.dialects.conftest import Configure
from tests.dialects.scripted_engines import script
from tests.dialects.talk import recording
from tests.dialects.test_transcripts import (
    BLOCKS,
    MERGE,
    TRANSCRIBE,
)
from tests.faults import Answer, Asked, FaultServer, breakages
from tests.faults.answers import as_json
from tests.gateway_process import Gateway

TALK = recording()
# One sample for each dialect in the role words.
WORDS = {
    "openai": "openai.words.json",
    "openai-diarized": "openai-diarized.coro.json",
    "localai": "localai.diarization-verbose.json",
    "speaches": "speaches.transcriptions.json",
    "asr-webservice": "asr-webservice.faster-whisper.json",
    "nemo-speech-cpp": "nemo-speech-cpp.transcriptions.json",
}
PATHS = {dialect: path_of(sample(name)["request"]) for dialect, name in WORDS.items()} | {
    "localai": "/v1/audio/transcriptions"
}
MEANINGS = {
    "refused": (None, "engine_refused"),
    "misconfigured": (502, "engine_misconfigured"),
    "too_large": (413, "engine_refused"),
    "busy": (503, "engine_busy"),
    "failed": (503, "engine_restarting"),
    "nonsense": (502, "engine_bad_answer"),
}
# What a probe reads, and what is no dialect of others.
OTHER_ERRORS = ("GET /health", "wedged CUDA")
CASES = [case for case in ERRORS if not any(other in case["server"] for other in OTHER_ERRORS)]


def scripted(
    configure: Configure, faults: FaultServer, dialect: str, answer: Answer, **more: object
) -> Gateway:
    """Return a gateway whose words engine gives this answer to every request."""
    engine = script(faults, "words", WORDS[dialect])
    faults.answers.clear()
    faults.break_with(f"/words{PATHS[dialect]}", answer)
    named = {"WORDS_MODEL": "a/model", "WORDS_KEY": "sk-secret-key", "WORDS_PATH": ""}
    return configure(engine, **named, **more)


def transcribe(gateway: Gateway) -> httpx.Response:
    return gateway.post(TRANSCRIBE, files={"file": ("talk.wav", TALK)})


def leaks(answer: httpx.Response, faults: FaultServer) -> bool:
    """Whether an answer names the host, the port, the key or a path of the engine."""
    port = faults.url.rpartition(":")[2]
    return any(secret in answer.text for secret in ("127.0.0.1", port, "secret", "/words"))


@pytest.mark.parametrize("case", CASES, ids=[case["server"] for case in CASES])
def test_a_failure_means_the_same_to_every_client(
    configure: Configure, faults: FaultServer, case: dict[str, Any]
) -> None:
    response = case["response"]
    gateway = scripted(configure, faults, case["dialect"], answer_of(response))

    answer = transcribe(gateway)

    status, code = meaning_of(case)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert not leaks(answer, faults)
    if code in ("engine_refused", "engine_misconfigured", "engine_busy"):
        assert case["message"] in answer.json()["error"]["message"]
    assert answer.headers.get("retry-after") == retry_after_of(case, code)


def meaning_of(case: dict[str, Any]) -> tuple[int, str]:
    """Return the status and the code that a client gets."""
    if case["response"]["status"] == 401:
        return 502, "engine_refused_key"
    status, code = MEANINGS[case["means"].partition(":")[0]]
    return status or case["response"]["status"], code


def retry_after_of(case: dict[str, Any], code: str) -> str | None:
    if code == "engine_restarting":
        return "60"
    return str(case["retry_after_s"]) if "retry_after_s" in case else None


@pytest.mark.parametrize("dialect", WORDS)
@pytest.mark.parametrize(
    ("broken", "status", "code"),
    [
        (breakages.NO_JSON, 502, "engine_bad_answer"),
        (Answer(pieces=(b"",)), 502, "engine_bad_answer"),
        (Answer(pieces=(b"<html></html>",), content_type="text/plain"), 502, "engine_bad_answer"),
        (as_json({"error": {"message": "no"}}), 502, "engine_bad_answer"),
        (as_json({"segments": [{"start": 5, "end": 1, "text": "a"}]}), 502, "engine_bad_answer"),
        (as_json({"detail": "x"}, status=500), 503, "engine_restarting"),
        (as_json({"detail": "x"}, status=403), 502, "engine_refused_key"),
        (as_json({}, status=302, headers={"Location": "/stolen"}), 502, "engine_bad_answer"),
        (breakages.RESET, 502, "engine_unreachable"),
        (breakages.NO_HTTP, 502, "engine_bad_answer"),
    ],
    ids=["cut", "empty", "html", "error", "order", "500", "403", "redirect", "reset", "no http"],
)
def test_an_engine_that_breaks_is_reported(
    configure: Configure,
    faults: FaultServer,
    dialect: str,
    broken: Answer,
    status: int,
    code: str,
) -> None:
    answer = transcribe(scripted(configure, faults, dialect, broken))

    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert not leaks(answer, faults)
    assert "/stolen" not in faults.paths()


@pytest.mark.parametrize("dialect", WORDS)
def test_an_engine_that_hangs_is_given_up(
    configure: Configure, faults: FaultServer, dialect: str
) -> None:
    silent = scripted(configure, faults, dialect, breakages.SILENT, ENGINE_TIMEOUT_S=0.3)

    answer = transcribe(silent)

    assert (answer.status_code, answer.json()["error"]["code"]) == (504, "engine_timeout")


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("ASR is not loaded", "engine_misconfigured"),
        ("the model file is missing", "engine_misconfigured"),
        ("CUDA error: an illegal memory access", "engine_restarting"),
        ("unknown server error", "engine_restarting"),
    ],
)
def test_a_server_error_of_nvidia_s_server_is_a_model_that_is_not_loaded(
    configure: Configure, faults: FaultServer, message: str, code: str
) -> None:
    error = {"message": message, "type": "server_error", "param": None, "code": None}
    answer = as_json({"error": error}, status=500)

    named = transcribe(scripted(configure, faults, "nemo-speech-cpp", answer)).json()["error"]

    assert named["code"] == code
    assert (message in named["message"]) is (code == "engine_misconfigured")


def test_a_server_error_of_other_engines_is_a_failure(
    configure: Configure, faults: FaultServer
) -> None:
    answer = as_json({"error": {"message": "No luck", "type": "server_error"}}, status=500)

    named = transcribe(scripted(configure, faults, "openai", answer)).json()["error"]

    assert named["code"] == "engine_restarting"


def test_the_key_of_a_role_is_sent_to_its_engine_alone(
    configure: Configure, faults: FaultServer
) -> None:
    words = script(faults, "words", "openai.words.json")
    turns = script(faults, "turns", "localai.diarization.json")

    configure(words, turns).post(BLOCKS, files={"file": ("talk.wav", TALK)})

    sent = {asked.path.split("/")[1]: asked.headers.get("authorization") for asked in faults.asked}
    assert sent == {"words": "Bearer KEY", "turns": None}


def test_a_recording_that_is_too_large_is_sent_once_more_in_halves(
    configure: Configure, faults: FaultServer
) -> None:
    limit = len(TALK) - 1
    words = script(faults, "words", "openai.text.json")
    spoken = faults.answers["/words/v1/audio/transcriptions"]
    assert not isinstance(spoken, Answer)

    def respond(asked: Asked) -> Answer:
        if len(asked.body) > limit:
            return as_json({"error": {"message": "Maximum content size exceeded"}}, status=413)
        return spoken(asked)

    faults.respond("/words/v1/audio/transcriptions", respond)

    answer = transcribe(configure(words))

    sizes = [len(asked.body) for asked in faults.asked]
    assert answer.status_code == 200, answer.text
    assert [size > limit for size in sizes] == [True, False, False]


def test_numbers_that_json_does_not_have_do_no_harm_where_no_reader_uses_them(
    configure: Configure, faults: FaultServer
) -> None:
    segment = b'{"start": 0.5, "end": 1.0, "text": " Good \\"NaN\\".", "avg_logprob": NaN}'
    body = b'{"segments": [%s], "language": "en"}' % segment
    gateway = scripted(
        configure, faults, "asr-webservice", Answer(pieces=(body,), content_type="text/plain")
    )

    assert transcribe(gateway).json()["text"] == 'Good "NaN".'


def test_a_time_that_is_not_a_number_is_refused(configure: Configure, faults: FaultServer) -> None:
    body = b'{"segments": [{"start": NaN, "end": 1.0, "text": "Good"}]}'
    gateway = scripted(configure, faults, "asr-webservice", Answer(pieces=(body,)))

    assert transcribe(gateway).json()["error"]["code"] == "engine_bad_answer"


def test_an_engine_that_is_loading_is_busy_not_misconfigured(
    configure: Configure, faults: FaultServer
) -> None:
    gateway = scripted(configure, faults, "openai", Answer(404, (b"File Not Found (/inference)",)))
    faults.break_with("/words/health", Answer(404, (b"File Not Found (/health)",)))

    answer = transcribe(gateway)

    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (503, "engine_busy")
    assert error["message"] == "The words engine is loading. Try again in a moment."


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_key_of_an_address_is_not_the_clients(
    configure: Configure, faults: FaultServer, status: int
) -> None:
    faults.break_with(TRANSCRIBE, as_json({"detail": "no token"}, status=status))
    url = faults.url.replace("//", "//:sk-secret@")

    answer = transcribe(configure(PARAKEET_URL=url))

    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (502, "engine_refused_key")
    assert error["message"] == "The parakeet engine refuses the gateway's key."
    assert faults.asked[0].headers["authorization"] == "Bearer sk-secret"


@pytest.mark.parametrize(
    "broken",
    [breakages.RESET, breakages.WEDGED, breakages.NO_HTTP, as_json({"no": "key"}, status=401)],
    ids=["reset", "500", "no http", "401"],
)
def test_a_key_in_an_address_is_in_no_log_and_no_answer(
    configure: Configure,
    faults: FaultServer,
    caplog: pytest.LogCaptureFixture,
    broken: Answer,
) -> None:
    host = faults.url.removeprefix("http://")
    faults.break_with("/v1/audio/transcriptions", broken)
    caplog.set_level(0)
    gateway = configure(
        WORDS_URL=f"http://user:sk-secret@{host},http://{host}?api_key=sk-secret",
        WORDS_DIALECT="openai",
    )

    answer = transcribe(gateway)
    engines = gateway.get("/api/engines")

    assert answer.status_code in (502, 503)
    assert "sk-secret" not in answer.text + engines.text + caplog.text
    sent = {asked.headers["authorization"] for asked in faults.asked}
    assert sent == {"Bearer sk-secret", "Basic dXNlcjpzay1zZWNyZXQ="}
    assert not any("api_key" in asked.path for asked in faults.asked)


def test_a_speaker_whose_embedding_has_no_numbers_is_left_out(
    configure: Configure, faults: FaultServer
) -> None:
    name = "asr-webservice.whisperx-embeddings.json"
    body = json.loads(json.dumps(sample(name)["response"]["body"]))
    [label, _] = body["speaker_embeddings"]
    length = len(body["speaker_embeddings"][label])
    body["speaker_embeddings"][label] = [None] * length
    gateway = configure(
        *(script(faults, role, name, place="fork") for role in ("words", "turns", "voices"))
    )
    faults.break_with(f"/fork{path_of(sample(name)['request'])}", as_json(body))

    answer = gateway.post(
        MERGE, files={"file": ("talk.wav", TALK)}, data={"timeline": "[]", "transcribe": "true"}
    )

    assert answer.status_code == 200, answer.text
    assert len(answer.json()["fingerprints"]) == 1
