"""Threads of the gateway are bound to one processor; other programs run on all."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from audio.engines import cpu_affinity
from audio.engines.cpu_affinity import bind_thread, choose_processors
from tests.gateway_process import Gateway, running_gateway

EVERYWHERE = os.sched_getaffinity(0)
several = pytest.mark.skipif(len(EVERYWHERE) < 2, reason="this machine has one processor")


def bound(gateway: Gateway) -> set[frozenset[int]]:
    """Return the processors of the threads that answer; the first thread does not."""
    [worker] = psutil.Process(gateway.pid).children()
    answering = [thread.id for thread in worker.threads() if thread.id != worker.pid]
    return {frozenset(os.sched_getaffinity(thread)) for thread in answering}


def test_threads_are_bound_to_one_processor_by_default(bare: Gateway) -> None:
    bare.get("/v1/models")

    [where] = bound(bare)

    assert len(where) == 1


@several
def test_the_thread_that_watches_connections_is_not_bound(bare: Gateway) -> None:
    [worker] = psutil.Process(bare.pid).children()

    assert os.sched_getaffinity(worker.pid) == EVERYWHERE


def test_a_setting_lets_threads_run_on_every_processor(tmp_path: Path) -> None:
    with running_gateway(tmp_path, WEB_CPU="any") as gateway:
        gateway.get("/v1/models")

        assert bound(gateway) == {frozenset(EVERYWHERE)}


def test_a_fast_processor_is_chosen_among_unequal_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow, *fast = sorted(EVERYWHERE)
    for number in EVERYWHERE:
        (tmp_path / str(number)).write_text("1024\n" if number in fast else "512\n")
    monkeypatch.setattr(cpu_affinity, "CAPACITY_FILE", f"{tmp_path}/{{}}")

    assert choose_processors("auto") <= set(fast or {slow})


@pytest.mark.parametrize("number", ["4096", "99999999999999999999"])
def test_a_number_without_a_processor_allows_all(number: str) -> None:
    assert choose_processors(number) == EVERYWHERE


def test_a_number_chooses_that_processor() -> None:
    last = max(EVERYWHERE)

    assert choose_processors(str(last)) == {last}


def test_threads_whose_processor_was_removed_run_on_the_others() -> None:
    gone = {8191}

    with ThreadPoolExecutor(1, initializer=bind_thread, initargs=(gone,)) as threads:
        assert threads.submit(os.sched_getaffinity, 0).result() == EVERYWHERE


@several
def test_decoders_may_run_on_every_processor(scripted: Gateway) -> None:
    # The upload starts a decoder, which finds no recording in it.
    files, data = {"file": ("a.mp3", b"no recording")}, {"timeline": "[]"}
    scripted.post("/api/audio/label-merge", files=files, data=data)
    [worker] = psutil.Process(scripted.pid).children()

    decoders = worker.children()

    assert decoders
    assert {frozenset(os.sched_getaffinity(one.pid)) for one in decoders} == {
        frozenset(EVERYWHERE)
    }
