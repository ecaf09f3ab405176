"""The policy of repeated attempts."""

from audio.retries import ENGINE_CALLS, RetryPolicy

POLICY = RetryPolicy(attempts=4, first_wait_s=10.0, growth=3.0)


def test_each_wait_is_a_multiple_of_the_one_before() -> None:
    assert POLICY.waits_s == (10.0, 30.0, 90.0)


def test_a_wait_is_as_long_as_the_engine_asks() -> None:
    assert POLICY.wait_s(1, at_least_s=20.0) == 20.0


def test_the_last_attempt_is_known() -> None:
    assert [POLICY.is_last(attempt) for attempt in (3, 4)] == [False, True]


def test_a_policy_without_a_number_of_attempts_never_ends() -> None:
    assert not RetryPolicy(first_wait_s=10.0).is_last(1000)


def test_an_engine_call_is_repeated_after_two_and_fifteen_seconds() -> None:
    assert ENGINE_CALLS.waits_s == (2.0, 15.0)
