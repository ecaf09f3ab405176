"""Each version of the official client gets its translations in the types that it expects."""

import pytest

from tests.engine_answers import TRANSLATE, TRANSLATED, TRANSLATION
from tests.faults import FaultServer
from tests.gateway_process import Gateway
from tests.recordings import TONE
from tests.sdk.client_process import File, Sdk


@pytest.fixture
def translating(scripted: Gateway, faults: FaultServer) -> Gateway:
    faults.answer(TRANSLATE, TRANSLATION)
    return scripted


def test_a_translation_has_its_text(sdk: Sdk, translating: Gateway) -> None:
    said = sdk.ask("translate", translating, File(TONE), {"model": "whisper-1"})

    assert said.value["text"] == TRANSLATED


@pytest.mark.parametrize("form", ["text", "srt", "vtt"])
def test_text_formats_are_strings(sdk: Sdk, translating: Gateway, form: str) -> None:
    fields = {"model": "whisper-1", "response_format": form}

    assert "Make it bright." in sdk.ask("translate", translating, File(TONE), fields).value


def test_verbose_json_is_the_python_clients_own_type(
    python_sdk: Sdk, translating: Gateway
) -> None:
    fields = {"model": "whisper-1", "response_format": "verbose_json"}

    said = python_sdk.ask("translate", translating, File(TONE), fields)

    assert said.kind == "TranslationVerbose"
    assert said.value["language"] == "english"
    assert len(said.value["segments"]) == 2
