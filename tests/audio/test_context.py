"""The context of the work under way."""

from contextvars import copy_context

from audio import context
from audio.context import RequestEntry, WorkContext


def test_a_replaced_field_is_restored_after_the_block() -> None:
    before = context.current()

    with context.replaced(probe_limit_s=1.0):
        assert context.current().probe_limit_s == 1.0

    assert context.current() == before


def test_a_replaced_field_leaves_the_others_as_they_were() -> None:
    with (
        context.replaced(calls_end_with_client=True),
        context.replaced(probe_limit_s=1.0),
    ):
        assert context.current().calls_end_with_client


def test_nothing_of_one_request_remains_for_the_next() -> None:
    def serve() -> WorkContext:
        context.begin(WorkContext(request=RequestEntry("GET")))
        context.end()
        return context.current()

    assert copy_context().run(serve) == WorkContext()


def test_parallel_engine_calls_count_once() -> None:
    entry = RequestEntry("POST", engine_spans=[(0.0, 2.0), (1.0, 3.0), (5.0, 6.0)])

    assert entry.engine_s == 4.0
