"""Engines that refuse a format are asked for less, and what they took is remembered."""

from collections.abc import Iterator
from contextlib import closing
from itertools import count

import pytest

from audio.engines.client import Engine
from audio.engines.dialects.answer_formats import AnswerFormats
from audio.engines.dialects.openai import OpenAI
from audio.engines.dialects.openai_diarized import OpenAIDiarized
from audio.engines.failures import EngineFailed, EngineRefused, LostForm
from audio.engines.role_engine import RoleEngine
from audio.media.recording import Recording
from tests.audio.engines.dialects.samples import body
from tests.faults import Answer, Asked, FaultServer
from tests.faults.answers import as_json

PATH = "/v1/audio/transcriptions"
NUMBERS = count()


@pytest.fixture
def engine(faults: FaultServer) -> Iterator[RoleEngine]:
    """An engine with a model that no test has asked before."""
    with closing(Engine("words", faults.url, is_foreign=True)) as asked:
        yield RoleEngine(asked, "words", f"model-{next(NUMBERS)}")


def refusing(faults: FaultServer, *formats: str, message: str = "", status: int = 400) -> None:
    """Script an engine that refuses these formats, and answers a text in others."""

    def respond(asked: Asked) -> Answer:
        asked_for = asked.form["response_format"]
        if asked_for in formats:
            reason = message or f"response_format {asked_for} is not supported"
            return as_json({"error": {"message": reason}}, status=status)
        return as_json({"text": "Hello."})

    faults.respond(PATH, respond)


def asked_formats(faults: FaultServer) -> list[object]:
    return [asked.form["response_format"] for asked in faults.asked]


def test_an_engine_that_refuses_granularities_is_asked_without(
    faults: FaultServer, engine: RoleEngine, talk: Recording
) -> None:
    def respond(asked: Asked) -> Answer:
        if "timestamp_granularities[]" in asked.form:
            return as_json({"detail": "timestamp_granularities is unknown"}, status=422)
        return as_json(body("openai.segments.json"))

    faults.respond(PATH, respond)

    assert OpenAI().transcribe(engine, talk, {}).words
    assert asked_formats(faults) == ["verbose_json", "verbose_json"]


def test_an_engine_without_verbose_json_is_asked_for_json(
    faults: FaultServer, engine: RoleEngine, talk: Recording
) -> None:
    refusing(faults, "verbose_json")

    assert OpenAI().transcribe(engine, talk, {}).text == "Hello."
    assert asked_formats(faults) == ["verbose_json", "verbose_json", "json"]


@pytest.mark.parametrize(
    "message",
    [
        "Currently do not support diarized_json for x",
        "response_format: Input should be 'text' or 'json'",
    ],
)
def test_an_engine_without_diarized_json_is_asked_for_less(
    faults: FaultServer, engine: RoleEngine, talk: Recording, message: str
) -> None:
    refusing(faults, "diarized_json", message=message)

    OpenAIDiarized().analyse(engine, talk, {})

    assert asked_formats(faults) == ["diarized_json", "verbose_json"]


def test_what_the_engine_took_is_remembered(
    faults: FaultServer, engine: RoleEngine, talk: Recording
) -> None:
    refusing(faults, "verbose_json")
    dialect = OpenAI()

    dialect.transcribe(engine, talk, {})
    dialect.transcribe(engine, talk, {})

    assert asked_formats(faults) == ["verbose_json", "verbose_json", "json", "json"]
    assert dialect.known_words(engine) == "text"


def test_what_the_engine_took_is_forgotten_in_time(engine: RoleEngine) -> None:
    formats = AnswerFormats({"a": 1}, {"b": 1}, remembered_s=0.0)
    refusal = EngineRefused(400, "response_format", None, None)
    answers: list[object] = [refusal, "answer", refusal, "answer"]

    def send(_: object) -> object:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    formats.ask(engine, send)
    formats.ask(engine, send)

    assert not answers


def test_another_refusal_is_not_about_the_format(
    faults: FaultServer, engine: RoleEngine, talk: Recording
) -> None:
    refusing(faults, "verbose_json", message="The audio is empty.")

    with pytest.raises(EngineRefused, match=r"The audio is empty\."):
        OpenAI().transcribe(engine, talk, {})

    assert len(faults.asked) == 1


def test_a_failure_is_not_asked_again(
    faults: FaultServer, engine: RoleEngine, talk: Recording
) -> None:
    refusing(faults, "verbose_json", message="boom", status=500)

    with pytest.raises(EngineFailed):
        OpenAI().transcribe(engine, talk, {})

    assert len(faults.asked) == 1


@pytest.mark.parametrize(
    "model", ["gpt-4o-transcribe", "gpt-4o-mini-transcribe", "x/parakeet-tdt-0.6b-v3-onnx"]
)
def test_a_model_that_answers_text_alone_is_asked_for_text(
    faults: FaultServer, engine: RoleEngine, talk: Recording, model: str
) -> None:
    refusing(faults)
    hosted = RoleEngine(engine.engine, "words", model)

    OpenAI().transcribe(hosted, talk, {})

    assert asked_formats(faults) == ["json"]
    assert OpenAI().known_words(hosted) == "text"


def test_segments_that_an_engine_answers_are_known(
    faults: FaultServer, engine: RoleEngine, talk: Recording
) -> None:
    faults.answer(PATH, body("openai.segments.json"))
    dialect = OpenAI()

    dialect.transcribe(engine, talk, {})

    assert dialect.known_words(engine) == "segments"


def test_the_caller_s_words_about_the_speech_are_sent(
    faults: FaultServer, engine: RoleEngine, talk: Recording
) -> None:
    refusing(faults)
    options = {"language": "en", "prompt": "Ana", "temperature": "0.2", "model": "whisper-1"}

    OpenAI().transcribe(engine, talk, options)

    sent = faults.asked[0].form
    assert {name: sent[name] for name in options} == {**options, "model": engine.model}


def test_no_prompt_is_sent_for_speakers(
    faults: FaultServer, engine: RoleEngine, talk: Recording
) -> None:
    refusing(faults)

    OpenAIDiarized().analyse(engine, talk, {"prompt": "Ana", "language": "en"})

    assert "prompt" not in faults.asked[0].form


def test_an_answer_without_its_form_is_no_fault_of_the_recording(
    faults: FaultServer, engine: RoleEngine, talk: Recording
) -> None:
    message = "Model output did not contain a valid diarized transcript"
    refusing(faults, "diarized_json", message=message)

    with pytest.raises(LostForm):
        OpenAIDiarized().analyse(engine, talk, {})


def test_labels_in_the_text_are_read_after_the_format_was_refused(
    faults: FaultServer, engine: RoleEngine, talk: Recording
) -> None:
    def respond(asked: Asked) -> Answer:
        if asked.form["response_format"] == "diarized_json":
            return as_json({"error": {"message": "response_format"}}, status=400)
        return as_json(body("openai-diarized.sglang.json"))

    faults.respond(PATH, respond)

    _, turns = OpenAIDiarized().analyse(engine, talk, {})

    assert turns.speakers == ("S01", "S02")
