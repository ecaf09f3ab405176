"""The process of a worker, for `manage.py procrastinate worker`: it reconnects to its database."""

import asyncio
import logging
import signal
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, LiteralString

import psycopg
from procrastinate import App
from procrastinate.connector import Notify
from procrastinate.contrib.django.utils import connector_params
from procrastinate.exceptions import ConnectorException
from procrastinate.psycopg_connector import PsycopgConnector

from voiceprints.jobs.tasks import check_connection

logger = logging.getLogger(__name__)
RECONNECT_S = 1.0
# How long a statement waits for a connection. A longer outage ends the worker; another begins.
CONNECTION_WAIT_S = 5.0
_CONNECTION_LOST = (psycopg.OperationalError, psycopg.InterfaceError)
_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class WorkerFailed(Exception):
    """The worker cannot go on; the message names the kind of failure, and no host."""


class WatchedConnector(PsycopgConnector):
    """A connector that notices when the connection is lost.

    `lost` is set by the first statement that fails for that reason: whether it was executed is
    unknown, so its worker must end. Only listening goes on, because the worker polls meanwhile.
    """

    def __init__(self) -> None:
        super().__init__(kwargs=connector_params(), timeout=CONNECTION_WAIT_S)
        self.lost = asyncio.Event()

    async def execute_query_async(self, query: LiteralString, **arguments: Any) -> None:
        with self._watched():
            await super().execute_query_async(query, **arguments)

    async def execute_query_one_async(
        self, query: LiteralString, **arguments: Any
    ) -> dict[str, Any]:
        with self._watched():
            row: dict[str, Any] = await super().execute_query_one_async(query, **arguments)
        return row

    async def execute_query_all_async(
        self, query: LiteralString, **arguments: Any
    ) -> list[dict[str, Any]]:
        with self._watched():
            rows: list[dict[str, Any]]
            rows = await super().execute_query_all_async(query, **arguments)
        return rows

    async def listen_notify(self, on_notification: Notify, channels: Iterable[str]) -> None:
        names = list(channels)
        while True:
            with suppress(ConnectorException):
                await super().listen_notify(on_notification=on_notification, channels=names)
            await asyncio.sleep(RECONNECT_S)

    @contextmanager
    def _watched(self) -> Iterator[None]:
        try:
            yield
        except ConnectorException as error:
            if isinstance(error.__cause__, _CONNECTION_LOST):
                self.lost.set()
            raise


async def run_until_stopped(app: App, options: dict[str, Any]) -> None:
    """Run a worker until a signal stops it, or until a worker with `wait=False` has no job left.

    Whenever it loses the database, it begins again as a new worker. The tasks that it held are
    requeued like those of a worker that died.

    Raises
    ------
    WorkerFailed
    """
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(_log_failure)
    stopping = loop.create_task(_wait_for_signal(loop))
    while await _lose_connection(app, options, stopping):
        logger.warning("the worker lost the connection to its database, and connects again")
        await asyncio.wait({stopping}, timeout=RECONNECT_S)


async def _lose_connection(
    app: App, options: dict[str, Any], stopping: "asyncio.Task[None]"
) -> bool:
    """Run a worker until it ends; return whether it ended because the connection was lost."""
    if stopping.done():
        return False
    connector = WatchedConnector()
    working = asyncio.create_task(_work(app, connector, options))
    losing = asyncio.create_task(connector.lost.wait())
    await asyncio.wait({working, stopping, losing}, return_when=asyncio.FIRST_COMPLETED)
    if not working.done():
        # The worker finishes its current chunks, and returns its jobs.
        working.cancel()
    [failure] = await asyncio.gather(working, return_exceptions=True)
    losing.cancel()
    if stopping.done():
        return False
    if connector.lost.is_set() or isinstance(failure, _CONNECTION_LOST):
        return True
    if failure is not None or options.get("wait", True):
        kind = type(failure.__cause__ or failure).__name__ if failure else "a part of it ended"
        raise WorkerFailed(f"The worker failed: {kind}.") from failure
    return False


async def _wait_for_signal(loop: asyncio.AbstractEventLoop) -> None:
    stop = asyncio.Event()
    for number in _STOP_SIGNALS:
        loop.add_signal_handler(number, stop.set)
    await stop.wait()
    for number in _STOP_SIGNALS:
        # A second signal ends the process immediately.
        loop.remove_signal_handler(number)


async def _work(app: App, connector: WatchedConnector, options: dict[str, Any]) -> None:
    with app.replace_connector(connector):
        async with app.open_async():
            await app.run_worker_async(
                **options, install_signal_handlers=False, task_middleware=[check_connection]
            )


def _log_failure(loop: asyncio.AbstractEventLoop, failure: dict[str, Any]) -> None:
    """Log a failure that no task awaits, without its message, which names the database's host."""
    logger.warning("in the worker: %s", type(failure.get("exception")).__name__)
