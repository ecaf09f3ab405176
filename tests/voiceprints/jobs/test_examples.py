"""The examples of the schema are what the gateway responds."""

from tests.faults import FaultServer
from tests.gateway_process import Gateway
from tests.recordings import TONE
from tests.voiceprints.api.calls import call
from voiceprints.api.schema.job_examples import DONE, FAILED, QUEUED
from voiceprints.jobs.execution import run_job
from voiceprints.models import Job

# They are different each time.
OWN = ("id", "created_at", "started_at", "finished_at")
BLOCKS = {"kind": "transcribe-with-speakers"}


def comparable(answer: object) -> dict[str, object]:
    """Return the response with values that differ each time replaced by whether they exist."""
    assert isinstance(answer, dict)
    return {name: value is None if name in OWN else value for name, value in answer.items()}


def submitted(gateway: Gateway) -> dict[str, object]:
    answer = call(gateway, "POST", "jobs", data=BLOCKS, files={"file": ("talk.wav", TONE)})
    shown: dict[str, object] = answer.json()
    return shown


def ended(gateway: Gateway) -> object:
    job = submitted(gateway)["id"]
    run_job(Job.objects.get().id, lambda: False)
    return call(gateway, "GET", f"jobs/{job}").json()


def test_a_submitted_job_looks_like_the_example(jobs_gateway: Gateway) -> None:
    assert comparable(submitted(jobs_gateway)) == comparable(QUEUED)


def test_a_job_that_is_done_looks_like_the_example(jobs_gateway: Gateway) -> None:
    assert comparable(ended(jobs_gateway)) == comparable(DONE)


def test_a_failed_job_looks_like_the_example(jobs_gateway: Gateway, queue: FaultServer) -> None:
    refusal = {"detail": "The recording could not be decoded."}
    queue.answer("/v1/audio/transcriptions", refusal, status=400)

    assert comparable(ended(jobs_gateway)) == comparable(FAILED)
