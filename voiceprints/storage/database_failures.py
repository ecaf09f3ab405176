"""A filter of log lines about failures of the database, whose tracebacks name its host."""

import logging
from collections.abc import Iterator

_DRIVER = "psycopg"


class HideAddress(logging.Filter):
    """Replaces the traceback of a failed connection by the kind of the failure."""

    def filter(self, record: logging.LogRecord) -> bool:
        failure = record.exc_info[1] if record.exc_info else None
        kinds = [type(one).__name__ for one in _chain(failure) if _is_of_driver(one)]
        if kinds:
            record.exc_info = record.exc_text = None
            record.msg, record.args = f"{record.getMessage()} ({kinds[0]})", ()
        return True


def _chain(failure: BaseException | None) -> Iterator[BaseException]:
    while failure is not None:
        yield failure
        failure = failure.__cause__ or failure.__context__


def _is_of_driver(failure: BaseException) -> bool:
    return type(failure).__module__.startswith(_DRIVER)
