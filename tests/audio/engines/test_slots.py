"""Which jobs get slots of an engine, and which are refused."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event

import pytest
from prometheus_client import REGISTRY
from pytest_django.fixtures import Settings

from audio.engines.slots import JobEnded, JobSlots, NoSlot, Slots
from tests.waiting import until

LONG_WAIT_S, NO_WAIT_S = 20.0, 0.0


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(8) as pool:
        yield pool


@pytest.fixture(autouse=True)
def shares(settings: Settings) -> None:
    settings.API_KEYS = ["desk:1", "archive:2"]
    settings.ENGINE_KEY_SHARE = 0.5
    settings.ENGINE_WAIT_S = NO_WAIT_S


def waiting(
    pool: ThreadPoolExecutor, slots: Slots, count: int, key: str | None = None
) -> "Future[JobSlots]":
    """Start a job, and return it when it is in the queue."""
    before = slots.queued
    job = pool.submit(slots.acquire, count, key)
    until(lambda: slots.queued > before)
    return job


def test_a_job_has_its_slots_until_it_ends() -> None:
    slots = Slots("test", 4)
    job = slots.acquire(3, None)

    with pytest.raises(NoSlot, match="busy"):
        slots.acquire(2, None)
    job.end()

    assert slots.acquire(4, None).count == 4


def test_a_job_that_wants_more_than_all_slots_gets_all() -> None:
    assert Slots("test", 2).acquire(4, None).count == 2


def test_a_refused_job_holds_nothing() -> None:
    slots = Slots("test", 4)
    slots.acquire(2, None)

    with pytest.raises(NoSlot):
        slots.acquire(4, None)

    assert slots.acquire(2, None).count == 2


def test_ending_a_job_twice_releases_its_slots_once() -> None:
    slots = Slots("test", 1)
    job = slots.acquire(1, None)

    job.end()
    job.end()
    slots.acquire(1, None)

    with pytest.raises(NoSlot):
        slots.acquire(1, None)


def test_jobs_of_one_slot_do_not_overtake_a_job_of_four_forever(
    pool: ThreadPoolExecutor, settings: Settings
) -> None:
    settings.ENGINE_WAIT_S = LONG_WAIT_S
    slots = Slots("test", 4)
    single, other = slots.acquire(1, None), slots.acquire(1, None)
    four = waiting(pool, slots, 4)
    late = waiting(pool, slots, 1)

    single.end()
    assert not late.done()
    other.end()

    assert four.result(LONG_WAIT_S).count == 4
    four.result().end()
    assert late.result(LONG_WAIT_S).count == 1


def test_a_job_behind_one_that_gave_up_is_admitted(
    pool: ThreadPoolExecutor, settings: Settings
) -> None:
    settings.ENGINE_WAIT_S = 0.3
    slots = Slots("test", 4)
    slots.acquire(1, None)
    four = waiting(pool, slots, 4)
    settings.ENGINE_WAIT_S = LONG_WAIT_S

    late = slots.acquire(3, None)

    assert late.count == 3
    assert isinstance(four.exception(LONG_WAIT_S), NoSlot)


def test_a_key_holds_no_more_than_its_share() -> None:
    slots = Slots("test", 4)
    slots.acquire(2, "archive")

    with pytest.raises(NoSlot, match="key_share"):
        slots.acquire(1, "archive")

    assert slots.acquire(2, "desk").count == 2


def test_a_key_that_holds_none_may_have_what_one_request_needs() -> None:
    assert Slots("test", 4).acquire(4, "archive").count == 4


def test_a_key_that_waits_for_its_share_does_not_delay_others(
    pool: ThreadPoolExecutor, settings: Settings
) -> None:
    settings.ENGINE_WAIT_S = LONG_WAIT_S
    slots = Slots("test", 4)
    first = slots.acquire(2, "archive")
    second = waiting(pool, slots, 2, "archive")

    assert slots.acquire(2, "desk").count == 2
    assert not second.done()
    first.end()
    assert second.result(LONG_WAIT_S).count == 2


def test_jobs_of_one_slot_do_not_overtake_a_job_of_four_of_their_key(
    pool: ThreadPoolExecutor, settings: Settings
) -> None:
    settings.ENGINE_WAIT_S = LONG_WAIT_S
    slots = Slots("test", 4)
    single = slots.acquire(1, "archive")
    four = waiting(pool, slots, 4, "archive")
    late = waiting(pool, slots, 1, "archive")

    single.end()

    assert four.result(LONG_WAIT_S).count == 4
    assert not late.done()
    four.result().end()
    assert late.result(LONG_WAIT_S).count == 1


def test_jobs_without_a_key_have_no_share() -> None:
    slots = Slots("test", 4)
    slots.acquire(2, None)

    assert slots.acquire(2, None).count == 2


def test_without_keys_no_share_applies(settings: Settings) -> None:
    settings.API_KEYS = []
    slots = Slots("test", 4)
    slots.acquire(2, "loopback")

    assert slots.acquire(2, "loopback").count == 2


def test_a_call_under_way_keeps_its_slot_when_its_job_ends(pool: ThreadPoolExecutor) -> None:
    slots = Slots("test", 2)
    job = slots.acquire(2, None)
    begun, may_end = Event(), Event()
    call = pool.submit(_occupy, job, begun, may_end)
    assert begun.wait(LONG_WAIT_S)

    job.end()
    assert slots.acquire(1, None).count == 1
    with pytest.raises(NoSlot):
        slots.acquire(1, None)
    may_end.set()
    call.result(LONG_WAIT_S)

    assert slots.acquire(1, None).count == 1


def _occupy(job: JobSlots, begun: Event, may_end: Event) -> None:
    with job.call():
        begun.set()
        assert may_end.wait(LONG_WAIT_S)


def test_a_job_never_has_more_calls_under_way_than_slots(pool: ThreadPoolExecutor) -> None:
    job = Slots("test", 4).acquire(1, None)
    begun, may_end, second = Event(), Event(), Event()
    first = pool.submit(_occupy, job, begun, may_end)
    assert begun.wait(LONG_WAIT_S)
    pool.submit(_occupy, job, second, may_end)

    assert not second.wait(0.2)
    may_end.set()

    assert second.wait(LONG_WAIT_S)
    first.result(LONG_WAIT_S)


def test_a_call_that_fails_frees_its_slot() -> None:
    job = Slots("test", 1).acquire(1, None)

    with pytest.raises(ValueError, match="failed"), job.call():
        raise ValueError("failed")

    with job.call():
        pass


def test_a_job_that_has_ended_begins_no_occupy() -> None:
    job = Slots("test", 1).acquire(1, None)
    job.end()

    with pytest.raises(JobEnded), job.call():
        pass


def test_slots_in_use_and_refusals_are_counted() -> None:
    slots = Slots("counted", 4)
    slots.acquire(3, None)

    with pytest.raises(NoSlot):
        slots.acquire(2, None)

    assert value("spark_engine_places", engine="counted") == 4
    assert value("spark_engine_places_in_use", engine="counted") == 3
    assert value("spark_engine_refusals_total", engine="counted", reason="busy") == 1


def value(name: str, **labels: str) -> float | None:
    return REGISTRY.get_sample_value(name, labels)
