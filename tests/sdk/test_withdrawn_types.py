"""The SDKs' types for the endpoints that OpenAI withdraws: frozen, and what the gateway answers.

The versions that are installed have these types; a later one that drops them changes nothing here.
"""

from typing import Any

import pytest

from tests.docs.openai_parameters import SPEECH, TRANSCRIPTIONS, TRANSLATIONS
from tests.engine_answers import (
    DIARIZATION,
    DIARIZE,
    DIARIZE_TURNS,
    TRANSCRIBE,
    TRANSCRIPTION,
    TRANSLATE,
    TRANSLATION,
    without_embeddings,
)
from tests.faults import FaultServer
from tests.gateway_process import Gateway
from tests.recordings import TONE
from tests.sdk.client_process import NODE, PYTHON
from tests.sdk.sdk_types import frozen_types, installed_types, parameters, required_fields

VERSIONS = [*PYTHON, *NODE]
NEWEST = "python-3.54"
TYPES = frozen_types()


@pytest.fixture
def heard(scripted: Gateway, faults: FaultServer) -> Gateway:
    """That gateway, with an engine that hears two speakers."""
    faults.answer(TRANSCRIBE, TRANSCRIPTION)
    faults.answer(DIARIZE, DIARIZATION)
    faults.answer(DIARIZE_TURNS, without_embeddings(DIARIZATION))
    return scripted


@pytest.mark.parametrize("version", VERSIONS)
def test_the_frozen_types_are_those_of_the_installed_version(version: str) -> None:
    assert installed_types(version) == TYPES[version]


@pytest.mark.parametrize(
    ("endpoint", "listed"),
    [
        ("transcriptions", TRANSCRIPTIONS.keys()),
        ("translations", TRANSLATIONS.keys()),
        ("speech", SPEECH.keys()),
    ],
)
def test_every_parameter_of_every_version_is_listed(endpoint: str, listed: set[str]) -> None:
    found = [parameters(TYPES[version], endpoint) for version in VERSIONS]

    assert frozenset().union(*found) == set(listed)
    assert parameters(TYPES[NEWEST], endpoint) == set(listed)


@pytest.mark.parametrize("version", PYTHON)
@pytest.mark.parametrize(
    ("form", "name", "parts"),
    [
        ("json", "Transcription", {}),
        (
            "verbose_json",
            "TranscriptionVerbose",
            {"segments": "TranscriptionSegment", "words": "TranscriptionWord"},
        ),
        ("diarized_json", "TranscriptionDiarized", {"segments": "TranscriptionDiarizedSegment"}),
    ],
)
def test_a_transcription_has_the_fields_of_its_type(
    heard: Gateway, version: str, form: str, name: str, parts: dict[str, str]
) -> None:
    fields = {"response_format": form, "timestamp_granularities[]": ["word", "segment"]}

    answer = heard.post(TRANSCRIBE, files={"file": TONE}, data=fields).json()

    # Version 1 has no type for diarized answers.
    assert missing(answer, TYPES[version].get(name)) == set()
    for part, kind in parts.items():
        assert missing(answer[part][0], TYPES[version].get(kind)) == set()


@pytest.mark.parametrize("version", PYTHON)
@pytest.mark.parametrize(
    ("form", "name"), [("json", "Translation"), ("verbose_json", "TranslationVerbose")]
)
def test_a_translation_has_the_fields_of_its_type(
    scripted: Gateway, faults: FaultServer, version: str, form: str, name: str
) -> None:
    faults.answer(TRANSLATE, TRANSLATION)

    answer = scripted.post(TRANSLATE, files={"file": TONE}, data={"response_format": form}).json()

    assert missing(answer, TYPES[version][name]) == set()


def missing(answer: dict[str, Any], fields: Any) -> frozenset[str]:
    """Return the required fields of a type that an answer lacks."""
    return frozenset() if fields is None else required_fields(fields) - answer.keys()
