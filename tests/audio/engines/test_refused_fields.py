"""The field that an engine's refusal is about."""

import pytest

from audio.engines.failures import EngineRefused

SENT = {
    "language": "klingon",
    "prompt": "Ana",
    "temperature": "0.5",
    "response_format": "verbose_json",
    "timestamp_granularities[]": ["word"],
}


@pytest.mark.parametrize(
    ("reason", "field"),
    [
        ("The language 'klingon' is not known; give a code such as 'en'.", "language"),
        ("Unsupported language", "language"),
        ('"klingon" is not one of en, de.', "language"),
        ("Prompt is too long.", "prompt"),
        ("The temperature must be at most 0.2 for this language.", "temperature"),
        ("Invalid response format: verbose_json", "response_format"),
        ("timestamp_granularities are not supported", "timestamp_granularities"),
        ("This file has no audio.", "file"),
        ("No language was found in the audio.", "file"),
        ("Too short.", "file"),
        ("", "file"),
    ],
)
def test_a_refusal_names_the_field_that_it_is_about(reason: str, field: str) -> None:
    refused = EngineRefused(400, reason, None, None).about("file", SENT)

    assert refused.param == field


def test_a_field_that_was_not_sent_is_not_blamed() -> None:
    assert (
        EngineRefused(422, "The language is unknown.", None, None).about("file", {}).param
        == "file"
    )


def test_the_engines_own_field_is_believed() -> None:
    assert EngineRefused(400, "language?", "prompt", None).about("file", SENT).param == "prompt"


def test_a_refusal_of_speech_without_a_field_has_none() -> None:
    assert EngineRefused(400, "Not now.", None, None).about(None, {"input": "hi"}).param is None


def test_a_refusal_of_speech_names_its_field() -> None:
    refused = EngineRefused(400, "input is too long", None, None).about(None, {"input": "hi"})

    assert (refused.param, str(refused)) == ("input", "input: input is too long")


def test_a_busy_engine_blames_no_field() -> None:
    assert EngineRefused(503, "language model loading", None, 3).about("file", SENT).param is None
