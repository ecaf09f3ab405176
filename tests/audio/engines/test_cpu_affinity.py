"""Threads of one Python stay on one processor; the rest may run anywhere."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from audio.engines import cpu_affinity
from audio.engines.cpu_affinity import bind_thread, choose_processors
from tests.gateway_process import Gateway, running_gateway

EVERYWHERE = os.sched_getaffinity(0)
several = pytest.mark.skipif(len(EVERYWHERE) < 2, reason="there is one processor only")


def bound(gateway: Gateway) -> set[frozenset[int]]:
    """Where the threads of the gateway that answer may run; the first one answers nothing."""
    [worker] = psutil.Process(gateway.pid).children()
    answering = [thread.id for thread in worker.threads() if thread.id != worker.pid]
    return {frozenset(os.sched_getaffinity(thread)) for thread in answering}


def test_left_alone_threads_stay_on_one(bare: Gateway) -> None:
    bare.get("/v1/models")

    [where] = bound(bare)

    assert len(where) == 1


@several
def test_the_thread_that_watches_connections_may_be_anywhere(bare: Gateway) -> None:
    [worker] = psutil.Process(bare.pid).children()

    assert os.sched_getaffinity(worker.pid) == EVERYWHERE


def test_they_may_run_anywhere_where_so_set(tmp_path: Path) -> None:
    with running_gateway(tmp_path, WEB_CPU="any") as gateway:
        gateway.get("/v1/models")

        assert bound(gateway) == {frozenset(EVERYWHERE)}


def test_of_unlike_processors_a_fast_one_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow, *fast = sorted(EVERYWHERE)
    for number in EVERYWHERE:
        (tmp_path / str(number)).write_text("1024\n" if number in fast else "512\n")
    monkeypatch.setattr(cpu_affinity, "CAPACITY_FILE", f"{tmp_path}/{{}}")

    assert choose_processors("auto") <= set(fast or {slow})


@pytest.mark.parametrize("number", ["4096", "99999999999999999999"])
def test_a_number_that_is_none_of_ours_leaves_all(number: str) -> None:
    assert choose_processors(number) == EVERYWHERE


def test_a_number_is_that_one() -> None:
    last = max(EVERYWHERE)

    assert choose_processors(str(last)) == {last}


def test_threads_whose_processor_was_taken_away_run_anywhere() -> None:
    gone = {8191}

    with ThreadPoolExecutor(1, initializer=bind_thread, initargs=(gone,)) as threads:
        assert threads.submit(os.sched_getaffinity, 0).result() == EVERYWHERE


@several
def test_decoders_may_run_anywhere(scripted: Gateway) -> None:
    # A decoder finds out that it is none.
    files, data = {"file": ("a.mp3", b"no recording")}, {"timeline": "[]"}
    scripted.post("/api/audio/label-merge", files=files, data=data)
    [worker] = psutil.Process(scripted.pid).children()

    decoders = worker.children()

    assert decoders
    assert {frozenset(os.sched_getaffinity(one.pid)) for one in decoders} == {
        frozenset(EVERYWHERE)
    }
