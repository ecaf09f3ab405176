"""A filter of log lines about failures of the database, which name its host."""

import logging
import re
from collections.abc import Iterator

_DRIVER = "psycopg"
# As libpq and psycopg name a server: by host, address and port, or by its socket.
_ADDRESS = re.compile(
    r"""(?:\bat|\bon\ssocket|\bhost(?:\sname)?)\s(?P<quote>["'])[^"'\n]*(?P=quote)
    (?:\s\([^)\n]*\))?(?:,\sport\s\d+)?""",
    re.VERBOSE,
)
_NAMES_SERVER = ("connection to server", "resolve host", "translate host name")


class HideAddress(logging.Filter):
    """Replaces the traceback of a failed connection by the kind of the failure.

    Libraries that write the failure into their message have its address removed.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        failure = record.exc_info[1] if record.exc_info else None
        kinds = [type(one).__name__ for one in _chain(failure) if _is_of_driver(one)]
        if kinds:
            record.exc_info = record.exc_text = None
            record.msg, record.args = f"{record.getMessage()} ({kinds[0]})", ()
        message = record.getMessage()
        if any(mark in message for mark in _NAMES_SERVER):
            record.msg, record.args = _ADDRESS.sub("at its address", message), ()
        return True


def _chain(failure: BaseException | None) -> Iterator[BaseException]:
    while failure is not None:
        yield failure
        failure = failure.__cause__ or failure.__context__


def _is_of_driver(failure: BaseException) -> bool:
    return type(failure).__module__.startswith(_DRIVER)
