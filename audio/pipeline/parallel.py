"""Engine calls of one job, at once."""

from collections.abc import Callable
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from contextvars import copy_context
from typing import Any


def in_parallel(*calls: Callable[[], Any], at_once: int | None = None) -> list[Any]:
    """Run engine calls at once, in this request's context; the first failure ends the wait.

    What is still under way then runs out on its own: its answer is thrown away. Of very many calls
    only so many run `at_once`.
    """
    pool = ThreadPoolExecutor(max_workers=at_once or len(calls))
    try:
        futures: list[Future[Any]] = [pool.submit(copy_context().run, call) for call in calls]
        done, _ = wait(futures, return_when=FIRST_EXCEPTION)
        for failed in (future for future in done if future.exception()):
            failed.result()
        return [future.result() for future in futures]
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
