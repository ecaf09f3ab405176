"""The formats in which a foreign engine may answer, the most exact first.

An engine that refuses a format is asked once more for the next one. What it took is remembered for
an hour, so that the next call is right immediately.
"""

import re
import time
from collections.abc import Callable, Mapping

from audio.engines.failures import EngineFailed, EngineRefused
from audio.engines.role_engine import RoleEngine

REMEMBERED_S = 3600.0
_NAMES_FORMAT = re.compile(r"response_format|timestamp_granularit|(?:verbose|diarized)_json")
_ABOUT_A_FIELD = (400, 422)

Fields = Mapping[str, object]


class AnswerFormats:
    """The form fields of each format, and which engines take only later ones."""

    def __init__(self, *formats: Fields, remembered_s: float = REMEMBERED_S) -> None:
        self._formats, self._remembered_s = formats, remembered_s
        self._known: dict[tuple[str, ...], tuple[int, float]] = {}

    def ask(
        self, engine: RoleEngine, send: Callable[[Fields], object], *, at_least: int = 0
    ) -> object:
        """Return the answer in the first format that the engine takes, from `at_least` on.

        Raises
        ------
        EngineError
        """
        first = max(at_least, self.level(engine))
        for level, fields in enumerate(self._formats[first:], first):
            try:
                answer = send(fields)
            except (EngineRefused, EngineFailed) as error:
                if level == len(self._formats) - 1 or not _is_about_format(error):
                    raise
                continue
            if level > first:
                self._known[engine.key] = level, time.monotonic() + self._remembered_s
            return answer
        raise AssertionError("there is a format")

    def level(self, engine: RoleEngine) -> int:
        """Return the first format that the engine is known to take."""
        level, until = self._known.get(engine.key, (0, 0.0))
        return level if time.monotonic() < until else 0


def _is_about_format(error: EngineRefused | EngineFailed) -> bool:
    if isinstance(error, EngineRefused) and error.status not in _ABOUT_A_FIELD:
        return False
    return _NAMES_FORMAT.search(error.reason) is not None
