"""Translation into English: its mark among the options of a dialect, its route, its refusals."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from audio.engines.failures import EngineCannotTranslate, EngineMisconfigured, EngineRefused

# The path of whisper.cpp's own, which knows no granularities.
WHISPER_CPP_PATH = "/inference"
_TRANSCRIPTIONS, _TRANSLATIONS = "/transcriptions", "/translations"
_LACKS_ROUTE = (404, 405, 501)
_NAMES_TRANSLATION = re.compile(r"translat", re.IGNORECASE)

_OPTION, _TRANSLATE = "task", "translate"


def as_translation(options: Mapping[str, str]) -> dict[str, str]:
    """Return the options of a transcription with the mark that English is wanted."""
    return {**options, _OPTION: _TRANSLATE}


def is_translation(options: Mapping[str, str]) -> bool:
    """Whether English is wanted, whatever is spoken."""
    return options.get(_OPTION) == _TRANSLATE


def without_task(options: Mapping[str, str]) -> dict[str, str]:
    """Return the other options."""
    return {name: value for name, value in options.items() if name != _OPTION}


@contextmanager
def translation_refusals() -> Iterator[None]:
    """Report an engine without the request, or whose model refuses it, as unable to translate."""
    try:
        yield
    except EngineMisconfigured as error:
        raise EngineCannotTranslate(str(error)) from error
    except EngineRefused as error:
        if error.status in _LACKS_ROUTE or _NAMES_TRANSLATION.search(error.reason):
            raise EngineCannotTranslate(error.reason.removeprefix(f"{error.param}: ")) from error
        raise


def translation_path(path: str) -> str | None:
    """Return the path beside that of transcriptions; whisper.cpp has one path for both."""
    if path == WHISPER_CPP_PATH:
        return path
    if not path.endswith(_TRANSCRIPTIONS):
        return None
    return path.removesuffix(_TRANSCRIPTIONS) + _TRANSLATIONS
