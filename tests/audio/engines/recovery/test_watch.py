"""The examination of a suspected engine, in a thread of its own."""

import os
from threading import Thread

import pytest

from audio.engines.recovery import watch

ENGINE = "parakeet"


def test_an_engine_that_is_restarted_may_run_on_every_processor(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    everywhere, seen = os.sched_getaffinity(0), []

    def examine(*_engine: object, **_how: object) -> None:
        seen.append(os.sched_getaffinity(0))

    def suspect_it_on_one_processor() -> None:
        os.sched_setaffinity(0, {min(everywhere)})
        watch.examine_in_background(ENGINE).wait()

    monkeypatch.setattr(watch, "examine", examine)
    suspecting = Thread(target=suspect_it_on_one_processor)
    suspecting.start()
    suspecting.join()

    assert seen == [everywhere]
