"""Engine calls of one job, at once."""

from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from contextvars import copy_context
from functools import lru_cache
from threading import Event
from typing import Any

from django.conf import settings

from audio.engines.client import Engine

# The four calls of a two-track recording; a job of more calls takes no more of an engine.
AT_ONCE = 4


def in_parallel(*calls: Callable[[], Any], at_once: int = AT_ONCE) -> list[Any]:
    """Run calls a few at once, in this request's context; the first failure ends the wait.

    What has not begun then never begins; what is still under way runs out on its own, and its
    answer is thrown away.
    """
    if len(calls) == 1:
        return [calls[0]()]
    if len(calls) <= at_once:
        return _told(_threads(), calls)
    pool = ThreadPoolExecutor(max_workers=at_once)
    try:
        return _told(pool, calls)
    finally:
        pool.shutdown(wait=False)


def _told(pool: ThreadPoolExecutor, calls: Sequence[Callable[[], Any]]) -> list[Any]:
    failure = Event()
    futures: list[Future[Any]] = [
        pool.submit(copy_context().run, _unless, failure, call) for call in calls
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
    """As many as requests can want; started as they are needed, and kept.

    Starting four for each request takes longer than the rest of its merging.
    """
    most = AT_ONCE * settings.WEB_THREADS
    return ThreadPoolExecutor(max_workers=most, thread_name_prefix="engine-call")


def _unless(failure: Event, call: Callable[[], Any]) -> Any:
    """Call, unless another has failed, whose thread would take this one before it is cancelled."""
    if failure.is_set():
        return None
    try:
        return call()
    except BaseException:
        failure.set()
        raise


def admitted_in_parallel(engine: Engine, *calls: Callable[[], Any]) -> list[Any]:
    """Run calls to an engine as one job, which takes the places that it needs together.

    Raises
    ------
    EngineBusy
        Before any call, when they did not become free in time.
    """
    with engine.hold_slots(min(len(calls), AT_ONCE)) as places:
        return in_parallel(*calls, at_once=places)
