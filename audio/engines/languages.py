"""The codes and the names of languages, as clients and engines write them."""

from django.conf.locale import LANG_INFO
from icu4py.locale import Locale

# Languages of speech recognition models that Django lists under other codes, or not at all.
_OTHER_NAMES = {
    "zh": "chinese",
    "yue": "cantonese",
    "tl": "tagalog",
    "no": "norwegian",
    "mi": "maori",
    "si": "sinhala",
    "lo": "lao",
    "gu": "gujarati",
}
_LONG_CODE = 3
# ISO 639-2 has a second code for these, from their English names; Mandarin is the Chinese that
# recognisers know. ICU knows all other codes of three letters.
_OTHER_CODES = {
    **{"alb": "sq", "arm": "hy", "baq": "eu", "bur": "my", "chi": "zh", "cze": "cs", "dut": "nl"},
    **{"fre": "fr", "geo": "ka", "ger": "de", "gre": "el", "ice": "is", "mac": "mk", "mao": "mi"},
    **{"may": "ms", "per": "fa", "rum": "ro", "slo": "sk", "tib": "bo", "wel": "cy", "cmn": "zh"},
}
_CODES = {name: code for code, name in _OTHER_NAMES.items()} | {
    str(info["name"]).lower(): code for code, info in LANG_INFO.items() if "name" in info
}


def language_code(language: str) -> str:
    """Return the code of a language's name, tag or longer code: english, en-US, eng give en.

    It is empty for `auto`: the engine finds out the language.
    """
    wanted = language.strip().lower()
    if wanted == "auto":
        return ""
    code = _CODES.get(wanted, wanted).replace("_", "-").partition("-")[0]
    if len(code) != _LONG_CODE:
        return code
    return _OTHER_CODES.get(code) or Locale(code).language


def language_name(code: str) -> str:
    """Return a code's English name, as in OpenAI's answers; an unknown code stays as it is."""
    info = LANG_INFO.get(code.lower())
    return str(info["name"]).lower() if info and "name" in info else _OTHER_NAMES.get(code, code)
