from collections.abc import Sequence

from nvidia_engine.inference.scheduler import Scheduler
from nvidia_engine.inference.units import Kind, Request, Unit


def add(scheduler: Scheduler, request: Request, count: int = 1, **fields: object) -> list[Unit]:
    values: dict[str, object] = {"kind": Kind.WORDS, "seconds": 25.0, "payload": None, **fields}
    units = [Unit(request=request, **values) for _ in range(count)]  # type: ignore[arg-type]
    for unit in units:
        scheduler.add(unit)
    return units


def share(batch: Sequence[Unit], request: Request) -> int:
    return sum(unit.request is request for unit in batch)


def test_a_batch_holds_what_its_budget_allows() -> None:
    scheduler = Scheduler(100)
    units = add(scheduler, Request(600), count=10)

    assert scheduler.take() == units[:4]
    assert scheduler.take() == units[4:8]
    assert scheduler.take() == units[8:]
    assert scheduler.take() == []


def test_a_batch_is_padded_to_its_longest_unit() -> None:
    scheduler = Scheduler(100)
    add(scheduler, Request(600), seconds=25.0)
    add(scheduler, Request(600), count=9, seconds=3.0)

    assert len(scheduler.take()) == 4


def test_short_units_fill_a_batch_of_many() -> None:
    scheduler = Scheduler(100)
    add(scheduler, Request(600), count=30, seconds=3.0)

    assert len(scheduler.take()) == 20


def test_a_unit_over_the_budget_is_served_alone() -> None:
    scheduler = Scheduler(10)
    add(scheduler, Request(600), count=2)

    assert len(scheduler.take()) == 1


def test_while_others_wait_a_request_gets_at_most_half_of_a_batch() -> None:
    scheduler = Scheduler(200)
    long, short = Request(10_800), Request(10)
    add(scheduler, long, count=16)
    add(scheduler, short, seconds=10.0)

    batch = scheduler.take()

    assert (share(batch, long), share(batch, short)) == (4, 1)


def test_a_dictation_beside_a_long_recording_is_in_the_next_batch() -> None:
    scheduler = Scheduler(200)
    add(scheduler, Request(10_800), count=16)
    scheduler.take()
    [dictation] = add(scheduler, Request(10), seconds=10.0)

    assert dictation in scheduler.take()


def test_the_kind_that_has_waited_longest_is_served_first() -> None:
    scheduler = Scheduler(100)
    [late] = add(scheduler, Request(5), queued_at=2.0)
    [early] = add(scheduler, Request(5), kind=Kind.VOICES, queued_at=1.0)

    assert scheduler.take() == [early]
    assert scheduler.take() == [late]


def test_steps_of_streams_are_served_one_by_one() -> None:
    scheduler = Scheduler(100)
    first, second = Request(60), Request(60)
    add(scheduler, first, kind=Kind.TURNS)
    add(scheduler, second, kind=Kind.TURNS)

    assert [len(scheduler.take()) for _ in range(3)] == [1, 1, 0]


def test_units_of_a_client_who_left_are_dropped() -> None:
    scheduler = Scheduler(100)
    gone, here = Request(60), Request(60)
    [lost] = add(scheduler, gone)
    [kept] = add(scheduler, here)

    scheduler.drop(gone)

    assert lost.future.cancelled()
    assert scheduler.take() == [kept]


def test_a_batch_is_full_when_its_units_fill_the_budget() -> None:
    scheduler = Scheduler(50)
    add(scheduler, Request(60))
    assert not scheduler.is_full(Kind.WORDS)

    add(scheduler, Request(60))

    assert scheduler.is_full(Kind.WORDS)
