"""A long job reports its progress, and can be stopped."""

import pytest

from audio.pipeline import job_progress
from audio.pipeline.job_progress import Stopped, watched_by
from tests.audio.pipeline.watcher import Watcher


def test_a_stopped_job_begins_nothing_new() -> None:
    with watched_by(Watcher(has_left=True)), pytest.raises(Stopped):
        job_progress.raise_if_stopped()


def test_a_watched_job_continues() -> None:
    with watched_by(Watcher()):
        job_progress.raise_if_stopped()


def test_a_job_without_a_watcher_continues() -> None:
    job_progress.raise_if_stopped()
