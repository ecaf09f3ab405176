"""Translations in each dialect: which request asks for them, and who refuses."""

from typing import Any

import httpx
import pytest

from tests.dialects.conftest import Configure
from tests.dialects.scripted_engines import ScriptedEngine
from tests.engine_answers import TRANSLATE, TRANSLATED, TRANSLATION
from tests.faults import FaultServer
from tests.faults.answers import Answer, Asked, as_json
from tests.gateway_process import Gateway
from tests.recordings import TONE, square_wave, wav

FOUR_S = wav(square_wave(4000, 4.0))
SEGMENTS = [
    {"id": 0, "start": 0.0, "end": 1.5, "text": " Make it bright."},
    {"id": 1, "start": 1.5, "end": 3.5, "text": " Then shut the blinds."},
]
# speaches names the task wrong, vLLM not at all.
VERBOSE = {"task": "transcribe", "language": "de", "text": TRANSLATED, "segments": SEGMENTS}


def words(faults: FaultServer, place: str, dialect: str, **more: str) -> ScriptedEngine:
    """Return an engine below a path of its own: what it cannot do is remembered."""
    settings = {"WORDS_URL": f"{faults.url}/{place}", "WORDS_DIALECT": dialect, **more}
    return ScriptedEngine("words", dialect, settings)


def translate(gateway: Gateway, **fields: str) -> httpx.Response:
    return gateway.post(TRANSLATE, files={"file": ("a.wav", FOUR_S)}, data=fields)


@pytest.mark.parametrize(
    ("dialect", "settings", "path"),
    [
        ("openai", {"WORDS_MODEL": "whisper-1"}, TRANSLATE),
        ("openai", {"WORDS_PATH": "/openai/v1/audio/transcriptions"}, f"/openai{TRANSLATE}"),
        ("openai", {"WORDS_PATH": "/inference"}, "/inference"),
        ("speaches", {"WORDS_MODEL": "Systran/faster-whisper-small"}, TRANSLATE),
        ("asr-webservice", {}, "/asr?encode=true&task=translate&output=json"),
    ],
)
def test_a_dialect_that_translates_is_asked_for_segments(
    configure: Configure,
    faults: FaultServer,
    dialect: str,
    settings: dict[str, str],
    path: str,
) -> None:
    faults.answer(f"/whisper{path}", VERBOSE)
    gateway = configure(words(faults, "whisper", dialect, **settings))

    answer: Any = translate(gateway, response_format="verbose_json", language="de").json()

    assert answer["text"] == TRANSLATED
    assert answer["language"] == "english"
    assert [one["start"] for one in answer["segments"]] == [0.0, 1.5]
    assert faults.paths() == [f"/whisper{path}"]
    assert b'name="language"' not in faults.asked[0].body


def test_whisper_cpp_is_asked_to_translate(configure: Configure, faults: FaultServer) -> None:
    faults.answer("/cpp/inference", VERBOSE)

    translate(configure(words(faults, "cpp", "openai", WORDS_PATH="/inference")))

    assert faults.asked[0].form["translate"] == "true"


def test_an_engine_without_segments_is_asked_for_the_text(
    configure: Configure, faults: FaultServer
) -> None:
    def answer(asked: Asked) -> Answer:
        if asked.form["response_format"] == "json":
            return as_json({"text": TRANSLATED})
        return as_json({"error": {"message": "response_format must be json"}}, status=400)

    faults.respond(f"/plain{TRANSLATE}", answer)

    said = translate(configure(words(faults, "plain", "openai")))

    assert said.json() == {"text": TRANSLATED}


@pytest.mark.parametrize(
    ("dialect", "settings"),
    [
        ("openai", {"WORDS_MODEL": "gpt-4o-transcribe"}),
        ("openai", {"WORDS_PATH": "/recognize"}),
        ("localai", {"WORDS_MODEL": "whisper-1"}),
        ("openai-diarized", {"WORDS_MODEL": "gpt-4o-transcribe-diarize"}),
        ("nemo-speech-cpp", {}),
    ],
)
def test_a_dialect_or_model_that_only_transcribes_is_not_asked(
    configure: Configure, faults: FaultServer, dialect: str, settings: dict[str, str]
) -> None:
    answer = translate(configure(words(faults, "other", dialect, **settings)))

    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "unsupported_value"
    assert faults.asked == []


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (404, "Not Found"),
        (501, "Not implemented"),
        (400, "The model whisper-large-v3-turbo does not support translation"),
    ],
)
def test_an_engines_own_refusal_is_shown_with_what_would_translate(
    configure: Configure, faults: FaultServer, status: int, reason: str
) -> None:
    body = {"error": {"message": reason, "type": "invalid_request_error"}}
    faults.answer(f"/turbo{TRANSLATE}", body, status=status)

    error = translate(configure(words(faults, "turbo", "openai"))).json()["error"]

    assert error["code"] == "unsupported_value"
    assert f"The engine says: {reason}." in error["message"]


def test_another_refusal_stays_what_it_is(configure: Configure, faults: FaultServer) -> None:
    body = {"error": {"message": "temperature is too hot", "type": "invalid_request_error"}}
    faults.answer(f"/hot{TRANSLATE}", body, status=400)

    answer = translate(configure(words(faults, "hot", "openai")), temperature="1")

    assert answer.json()["error"]["code"] == "engine_refused"


@pytest.mark.parametrize("said", [{"text": "Mach hell."}, {**TRANSLATION, "task": "transcribe"}])
def test_a_server_that_transcribes_instead_is_found_out_and_remembered(
    configure: Configure, faults: FaultServer, said: dict[str, Any]
) -> None:
    place = f"parakeet-{len(said)}"
    faults.answer(f"/{place}{TRANSLATE}", said)
    gateway = configure(PARAKEET_URL=f"{faults.url}/{place}")

    answers = [translate(gateway), translate(gateway)]

    assert [one.json()["error"]["code"] for one in answers] == ["unsupported_value"] * 2
    assert faults.paths() == [f"/{place}{TRANSLATE}"]


def test_asr_translates(configure: Configure, faults: FaultServer) -> None:
    faults.answer(f"/asr{TRANSLATE}", TRANSLATION)
    gateway = configure(PARAKEET_URL=f"{faults.url}/asr")

    answer = gateway.post("/asr?task=translate&output=txt", files={"audio_file": TONE})

    assert answer.text == "Make it bright.\nThen shut the blinds.\n"


def test_asr_without_an_engine_that_translates_refuses(
    configure: Configure, faults: FaultServer
) -> None:
    gateway = configure(words(faults, "other", "localai", WORDS_MODEL="whisper-1"))

    answer = gateway.post("/asr?task=translate", files={"audio_file": TONE})

    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "unsupported_value"


LONG = wav(square_wave(4000, 130.0))
CHUNKS = {"CHUNK_AFTER_S": 90.0, "CHUNK_S": 60.0}


def test_a_long_recording_is_translated_in_chunks(
    configure: Configure, faults: FaultServer
) -> None:
    faults.answer(f"/long{TRANSLATE}", TRANSLATION)
    gateway = configure(PARAKEET_URL=f"{faults.url}/long", **CHUNKS)

    answer = gateway.post(TRANSLATE, files={"file": ("a.wav", LONG)})

    assert answer.json()["text"].startswith(TRANSLATED)
    assert len(faults.asked) > 1
    assert set(faults.paths()) == {f"/long{TRANSLATE}"}


def test_a_long_recording_is_refused_as_a_whole_where_nothing_translates(
    configure: Configure, faults: FaultServer
) -> None:
    gateway = configure(PARAKEET_URL=f"{faults.url}/nothing", **CHUNKS)

    answer = gateway.post(TRANSLATE, files={"file": ("a.wav", LONG)})

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "unsupported_value")
