"""An erasure in the middle of other work: before any of the statements that the work executes."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
from django.db import connection

from tests.voiceprints.conftest import database_url
from tests.waiting import PATIENCE_S, until
from voiceprints.erasure.person_erasure import erase_person

Execute = Callable[[str, Any, bool, dict[str, Any]], Any]


@dataclass
class Interruption:
    """Erases a person before statement `at` of this thread's connection, or when asked to."""

    person: UUID
    at: int
    statements: int = 0
    erasure: Future[Any] | None = None

    def __call__(
        self, execute: Execute, sql: str, given: Any, many: bool, context: dict[str, Any]
    ) -> Any:
        if self.statements == self.at:
            self.erase()
        self.statements += 1
        return execute(sql, given, many, context)

    def erase(self) -> None:
        """Erase the person in another connection, and go on when that ends or waits for us."""
        if self.erasure is not None:
            return
        pool = ThreadPoolExecutor(1)
        self.erasure = pool.submit(_erase, self.person)
        pool.shutdown(wait=False)
        connection.ensure_connection()
        pid = connection.connection.info.backend_pid
        with psycopg.connect(database_url(), autocommit=True) as other:
            until(lambda: self.is_erased() or _is_blocking(other, pid))

    def is_erased(self) -> bool:
        return self.erasure is not None and self.erasure.done()


@contextmanager
def interrupted(person: UUID, at: int) -> Iterator[Interruption]:
    """Erase a person within the block, or at its end, and wait until that has ended."""
    interruption = Interruption(person, at)
    with connection.execute_wrapper(interruption):
        yield interruption
    interruption.erase()
    assert interruption.erasure is not None
    interruption.erasure.result(PATIENCE_S)


def stored_text() -> str:
    """Return every row of every table as text, in lower case."""
    rows: list[str] = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            rows += [row for (row,) in cursor.fetchall()]
    return "\n".join(rows).casefold()


def _erase(person: UUID) -> Any:
    try:
        return erase_person(person, actor="desk")
    finally:
        connection.close()


def _is_blocking(other: "psycopg.Connection[Any]", pid: int) -> bool:
    found = other.execute(
        "SELECT count(*) FROM pg_locks WHERE NOT granted AND %s = ANY(pg_blocking_pids(pid))",
        [pid],
    ).fetchone()
    return bool(found and found[0])
