"""A Japanese sentence in English, through the gateway and the built-in engine."""

from pathlib import Path

import pytest

from tests.engine_answers import TRANSCRIBE, TRANSLATE
from tests.gateway_process import Gateway

pytestmark = pytest.mark.models
# 客観的実在の判断的知識が成立するのである。
JAPANESE = Path(__file__).parent / "data" / "ja.flac"


def test_japanese_is_translated_into_english(mp3_gateway: Gateway) -> None:
    sent = {"file": ("ja.flac", JAPANESE.read_bytes())}
    asked = {"response_format": "verbose_json"}

    spoken = mp3_gateway.post(TRANSCRIBE, files=sent).json()["text"]
    answer = mp3_gateway.post(TRANSLATE, files=sent, data=asked).json()

    assert not spoken.isascii()
    assert (answer["task"], answer["language"]) == ("translate", "english")
    # Whisper base understands little of it, and draws another wording each time.
    assert answer["text"].isascii()
    assert {"the", "of", "is"} & set(answer["text"].lower().split())
    assert 0 <= answer["segments"][0]["start"] < answer["segments"][-1]["end"] <= 5.5
