"""Whoever started a long job may follow it, and end it."""

import pytest

from audio.pipeline import job_progress
from audio.pipeline.job_progress import Stopped, watched_by
from tests.audio.api.audience import Audience


def test_a_job_that_nobody_waits_for_begins_nothing_new() -> None:
    with watched_by(Audience(has_left=True)), pytest.raises(Stopped):
        job_progress.raise_if_stopped()


def test_a_job_that_is_waited_for_goes_on() -> None:
    with watched_by(Audience()):
        job_progress.raise_if_stopped()


def test_a_job_without_a_watch_goes_on() -> None:
    job_progress.raise_if_stopped()
