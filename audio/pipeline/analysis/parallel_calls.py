"""The engine calls of one job, made in parallel."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager
from contextvars import copy_context
from functools import lru_cache
from threading import Event
from typing import Any

from django.conf import settings

from audio.engines import roles
from audio.engines.role_settings import ROLES, Role

# The four calls of a two-track recording. A job of more calls takes no more slots of an engine.
MAX_PARALLEL = 4


def call_in_parallel(asked: Sequence[Role], *calls: Callable[[], Any]) -> list[Any]:
    """Run calls to the engines of roles as one job, which takes the slots that it needs together.

    Raises
    ------
    EngineNotConfigured, EngineBusy
        Before any call, when the slots did not become free in time.
    """
    with hold_slots(asked, min(len(calls), MAX_PARALLEL)) as slots:
        return run_in_parallel(*calls, limit=slots)


@contextmanager
def hold_slots(asked: Sequence[Role], calls: int) -> Iterator[int]:
    """Hold slots for this many calls in each of the roles; yield how many they are together.

    The roles are asked for slots in one order, so that two jobs never wait for each other.

    Raises
    ------
    EngineNotConfigured, EngineBusy
    """
    configured = [roles.configured(role) for role in ROLES if role in asked]
    with ExitStack() as held:
        total = 0
        for at, role in enumerate(configured):
            slots = held.enter_context(role.pool.hold_slots(calls))
            if not any(role.shares_engines_with(before) for before in configured[:at]):
                total += slots
        yield total


def run_in_parallel(*calls: Callable[[], Any], limit: int = MAX_PARALLEL) -> list[Any]:
    """Run up to `limit` calls at a time, in this request's context; raise the first failure.

    After a failure no further call begins; calls under way end by themselves, and their results
    are dropped.
    """
    if len(calls) == 1:
        return [calls[0]()]
    if len(calls) <= limit:
        return _results(_threads(), calls)
    pool = ThreadPoolExecutor(max_workers=limit)
    try:
        return _results(pool, calls)
    finally:
        pool.shutdown(wait=False)


def _results(pool: ThreadPoolExecutor, calls: Sequence[Callable[[], Any]]) -> list[Any]:
    failure = Event()
    futures: list[Future[Any]] = [
        pool.submit(copy_context().run, _call_unless, failure, call) for call in calls
    ]
    try:
        done, _ = wait(futures, return_when=FIRST_EXCEPTION)
        for failed in (future for future in done if future.exception()):
            failed.result()
        return [future.result() for future in futures]
    finally:
        for future in futures:
            future.cancel()


@lru_cache(maxsize=1)
def _threads() -> ThreadPoolExecutor:
    """Return a pool for the parallel calls of all requests, whose threads start on demand.

    Starting four threads for each request takes longer than the rest of its merging.
    """
    most = MAX_PARALLEL * settings.WEB_THREADS
    return ThreadPoolExecutor(max_workers=most, thread_name_prefix="engine-call")


def _call_unless(failure: Event, call: Callable[[], Any]) -> Any:
    """Call unless another call has failed: its thread may take this one before it is cancelled."""
    if failure.is_set():
        return None
    try:
        return call()
    except BaseException:
        failure.set()
        raise
