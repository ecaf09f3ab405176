"""The mark of a translation into English among the options that a dialect gets."""

from collections.abc import Mapping

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
