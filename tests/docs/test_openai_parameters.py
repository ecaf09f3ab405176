"""The page "From OpenAI to here" lists every parameter, with what the gateway does with it."""

import re
from pathlib import Path
from typing import Any

import pytest

from tests.docs.openai_parameters import ARRAYS, SPEECH, TRANSCRIPTIONS, TRANSLATIONS
from tests.engine_answers import SPEAK, TRANSCRIBE, TRANSLATE, TRANSLATION
from tests.faults import FaultServer
from tests.gateway_process import ROOT, Gateway
from tests.recordings import TONE

PAGE = Path(ROOT / "docs" / "how-to" / "from-openai.md")
_ROW = re.compile(r"^\| (transcriptions|translations|speech) \| `(\w+)` \| (.+) \|$", re.M)
ROWS = {(endpoint, name): here for endpoint, name, here in _ROW.findall(PAGE.read_text())}
SENT = [name for name, (value, _) in TRANSCRIPTIONS.items() if value is not None]


def test_the_page_lists_exactly_the_parameters_of_the_sdks() -> None:
    listed = {
        "transcriptions": TRANSCRIPTIONS.keys(),
        "translations": TRANSLATIONS,
        "speech": SPEECH.keys(),
    }

    assert ROWS.keys() == {(one, name) for one, names in listed.items() for name in names}


@pytest.mark.parametrize("name", SENT)
def test_a_parameter_of_transcriptions_has_the_listed_effect(hearing: Gateway, name: str) -> None:
    value, has_effect = TRANSCRIPTIONS[name]
    fields: dict[str, Any] = {f"{name}[]" if name in ARRAYS else name: value}

    answer = hearing.post(TRANSCRIBE, files={"file": TONE}, data=fields)

    assert answer.status_code == 200
    assert answer.headers.get("x-ignored-params") == (None if has_effect else name)
    assert has_effect or "no effect" in ROWS["transcriptions", name]


@pytest.mark.parametrize("name", SPEECH)
def test_a_parameter_of_speech_has_the_listed_effect(speaking: Gateway, name: str) -> None:
    value, has_effect = SPEECH[name]

    answer = speaking.post(SPEAK, json={"input": "Hi", name: value})

    assert answer.status_code == 200
    assert answer.headers.get("x-ignored-params") == (None if has_effect else name)
    assert has_effect is ("no effect" not in ROWS["speech", name])


@pytest.mark.parametrize("name", TRANSLATIONS)
def test_a_parameter_of_translations_has_the_listed_effect(
    scripted: Gateway, faults: FaultServer, name: str
) -> None:
    faults.answer(TRANSLATE, TRANSLATION)
    value, has_effect = TRANSLATIONS[name]
    fields = {} if value is None else {name: value}

    answer = scripted.post(TRANSLATE, files={"file": TONE}, data=fields)

    assert answer.status_code == 200
    assert answer.headers.get("x-ignored-params") == (None if has_effect else name)
    assert has_effect is ("no effect" not in ROWS["translations", name])
