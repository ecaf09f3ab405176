"""A long recording on the front page, as a job: queued, watched, cancelled, or cut."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django import Settings

from audio.api.request_errors import InvalidRequest
from tests.browser.cut_connection import cutting_relay
from tests.engine_answers import script_meeting
from tests.faults import FaultServer
from tests.gateway_process import Gateway
from tests.recordings import TONE
from voiceprints.jobs.completion import fail_job
from voiceprints.jobs.execution import claim_job, run_job
from voiceprints.models import Job, Transcript
from voiceprints.models.jobs import JobState

# More than the page itself asks for, and less than the upload that is cut.
LET_THROUGH = 400_000
# The kernel buffers several megabytes of an upload.
MORE_THAN_IS_BUFFERED = 12 * 1024**2


@pytest.fixture
def visitor(
    browser: Browser, transactional_db: None, settings: Settings, faults: FaultServer
) -> Iterator[Page]:
    """A page of a visitor, of a gateway whose jobs are processed when a test says so."""
    settings.PARAKEET_URL = faults.url
    script_meeting(faults)
    context = browser.new_context()
    yield context.new_page()
    context.close()


def test_a_stored_job_is_followed_to_its_transcript(
    visitor: Page, admin_gateway: Gateway, tmp_path: Path
) -> None:
    submit(visitor, admin_gateway.url, TONE, tmp_path, store=True)
    expect(visitor.get_by_text("In the queue")).to_be_visible()
    job = Job.objects.get()
    claim_job(job.pk)
    Job.objects.update(progress=0.5)
    expect(visitor.get_by_label("Progress")).to_have_js_property("value", 0.5)
    linked = visitor.get_by_role("link", name="the job in the voice library")
    expect(linked).to_have_attribute("href", f"/admin/voiceprints/job/{job.pk}/change/")

    run_job(job.pk, lambda: False)

    expect(visitor.locator(".lane .who")).to_have_text(["Unknown_0", "Unknown_1"])
    expect(visitor.locator("#curl")).to_contain_text("/api/jobs")
    page = f"/admin/voiceprints/transcript/{Transcript.objects.get().pk}/change/"
    opened = visitor.get_by_role("link", name="open in the voice library")
    expect(opened).to_have_attribute("href", page)


def test_a_job_that_is_cancelled_on_the_page_is_cancelled(
    visitor: Page, admin_gateway: Gateway, tmp_path: Path
) -> None:
    submit(visitor, admin_gateway.url, TONE, tmp_path)
    expect(visitor.get_by_text("In the queue")).to_be_visible()

    visitor.get_by_role("button", name="Cancel").click()

    expect(visitor.locator("#problem")).to_have_text("The job was cancelled.")
    assert Job.objects.get().state == JobState.CANCELLED


def test_a_page_asks_again_for_a_job_when_the_gateway_is_away(
    visitor: Page, admin_gateway: Gateway, tmp_path: Path
) -> None:
    submit(visitor, admin_gateway.url, TONE, tmp_path)
    expect(visitor.get_by_text("In the queue")).to_be_visible()

    visitor.context.set_offline(True)
    expect(visitor.get_by_text("The job goes on; asking again")).to_be_visible()
    run_job(Job.objects.get().pk, lambda: False)
    visitor.context.set_offline(False)

    expect(visitor.locator(".lane .who")).to_have_text(["Unknown_0", "Unknown_1"])


def test_a_job_is_found_again_when_the_page_is_loaded_anew(
    visitor: Page, admin_gateway: Gateway, tmp_path: Path
) -> None:
    submit(visitor, admin_gateway.url, TONE, tmp_path)
    expect(visitor.get_by_text("In the queue")).to_be_visible()

    visitor.reload()
    expect(visitor.get_by_text("In the queue")).to_be_visible()
    run_job(Job.objects.get().pk, lambda: False)

    expect(visitor.locator(".lane .who")).to_have_text(["Unknown_0", "Unknown_1"])
    expect(visitor.locator("#player")).to_be_hidden()
    expect(visitor.locator("#curl")).to_contain_text("file=@weekly.wav")
    expect(visitor.locator("#downloads a")).to_have_text(["json", "txt", "srt", "vtt", "rttm"])


def test_a_job_that_was_deleted_elsewhere_is_not_asked_for_again(
    visitor: Page, admin_gateway: Gateway, tmp_path: Path
) -> None:
    submit(visitor, admin_gateway.url, TONE, tmp_path)
    expect(visitor.get_by_text("In the queue")).to_be_visible()
    Job.objects.all().delete()

    expect(visitor.locator("#problem")).to_contain_text("not found")
    visitor.reload()

    expect(visitor.get_by_role("button", name="Name the speakers")).to_be_enabled()
    expect(visitor.locator("#progress")).to_be_hidden()


def test_a_job_that_failed_says_why(visitor: Page, admin_gateway: Gateway, tmp_path: Path) -> None:
    submit(visitor, admin_gateway.url, TONE, tmp_path)
    expect(visitor.get_by_text("In the queue")).to_be_visible()
    job = claim_job(Job.objects.get().pk)
    assert job is not None

    fail_job(job, InvalidRequest("file: expected speech."))

    expect(visitor.locator("#problem")).to_have_text("file: expected speech.")
    expect(visitor.get_by_role("button", name="Name the speakers")).to_be_enabled()


def test_a_job_whose_upload_is_cut_is_reported_and_does_not_exist(
    visitor: Page, admin_gateway: Gateway, tmp_path: Path
) -> None:
    with cutting_relay(admin_gateway.url, after=LET_THROUGH) as url:
        submit(visitor, url, bytes(MORE_THAN_IS_BUFFERED), tmp_path)

        expect(visitor.locator("#problem")).to_contain_text("The upload broke off at ")

        assert not Job.objects.exists()


def submit(
    visitor: Page, url: str, recording: bytes, folder: Path, *, store: bool = False
) -> None:
    """Send a recording as a job."""
    visitor.goto(url)
    (folder / "weekly.wav").write_bytes(recording)
    visitor.get_by_label("Choose files").set_input_files(folder / "weekly.wav")
    visitor.get_by_text("More choices").click()
    visitor.get_by_label("As a job").check()
    visitor.get_by_label("Store the transcript").set_checked(store)
    visitor.get_by_role("button", name="Name the speakers").click()
