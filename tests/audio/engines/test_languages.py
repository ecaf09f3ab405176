"""The codes of languages."""

import pytest

from audio.engines.languages import language_code


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ("en", "en"),
        ("en-US", "en"),
        ("English", "en"),
        ("eng", "en"),
        ("deu", "de"),
        ("ger", "de"),
        ("fre", "fr"),
        ("chi", "zh"),
        ("cmn", "zh"),
        ("zh-Hant", "zh"),
        ("jpn", "ja"),
        ("yue", "yue"),
        ("auto", ""),
        ("AUTO", ""),
        ("", ""),
        ("klingon", "klingon"),
    ],
)
def test_a_language_has_the_code_that_engines_expect(given: str, code: str) -> None:
    assert language_code(given) == code
