"""Jobs over HTTP: submitted, polled and cancelled, each with its own key."""

from collections.abc import Mapping
from pathlib import Path
from uuid import UUID

import httpx
import pytest

from tests.faults import FaultServer, running_fault_server
from tests.gateway_process import Gateway
from tests.recordings import TONE
from tests.voiceprints.api.calls import UNKNOWN_ID, call, code_of, param_of
from tests.voiceprints.jobs.conftest import HOOK_PORT
from tests.voiceprints.jobs.workers import running_worker
from tests.voiceprints.people import consenting
from tests.waiting import until
from voiceprints.erasure.person_erasure import erase_person
from voiceprints.jobs.execution import run_job
from voiceprints.models import Job, JobRecording, KeptAudio, Transcript, TranscriptSpeaker

FILE = {"file": ("talk.wav", TONE)}
BLOCKS = {"kind": "transcribe-with-speakers"}
MERGE = {"kind": "label-merge", "timeline": "[]", "transcribe": "true"}


def asked(
    gateway: Gateway, fields: Mapping[str, str | list[str]], who: str = "archive", **headers: str
) -> httpx.Response:
    return call(gateway, "POST", "jobs", who=who, data=fields, files=FILE, headers=headers)


def state_of(gateway: Gateway, job: str, who: str = "archive") -> object:
    return call(gateway, "GET", f"jobs/{job}", who=who).json()["state"]


def ended(gateway: Gateway, job: str, who: str = "archive") -> dict[str, object]:
    """Return the job after a worker has processed it."""
    run_job(UUID(job), lambda: False)
    answer: dict[str, object] = call(gateway, "GET", f"jobs/{job}", who=who).json()
    return answer


def test_a_job_is_accepted_with_its_address(jobs_gateway: Gateway) -> None:
    answer = asked(jobs_gateway, BLOCKS)

    assert answer.status_code == 202
    assert answer.headers["location"] == f"/api/jobs/{answer.json()['id']}"
    assert answer.json()["state"] == "queued"


def test_a_job_of_blocks_answers_what_the_endpoint_answers(jobs_gateway: Gateway) -> None:
    job = asked(jobs_gateway, BLOCKS).json()["id"]
    result = ended(jobs_gateway, job)["result"]
    at_once = call(jobs_gateway, "POST", "audio/transcribe-with-speakers", files=FILE)

    assert result == at_once.json()


def test_a_job_answers_in_several_formats_as_the_endpoint_does(jobs_gateway: Gateway) -> None:
    fields: dict[str, str | list[str]] = {**MERGE, "formats[]": ["srt", "rttm"]}
    job = asked(jobs_gateway, fields).json()["id"]

    result = ended(jobs_gateway, job)["result"]

    at_once = call(
        jobs_gateway,
        "POST",
        "audio/label-merge",
        data={name: value for name, value in fields.items() if name != "kind"},
        files=FILE,
    )
    assert result["formats"] == at_once.json()["formats"]  # type: ignore[index]


@pytest.mark.parametrize("sent", [["Zorvath", "Ana"], ['["Zorvath", "Ana"]']])
def test_a_list_is_repeated_in_a_form_or_sent_as_json(
    jobs_gateway: Gateway, sent: list[str]
) -> None:
    accepted = asked(jobs_gateway, {**MERGE, "keywords[]": sent})

    assert accepted.status_code == 202
    assert Job.objects.get().options["keywords"] == '["Zorvath", "Ana"]'


def test_an_unknown_format_names_its_field(jobs_gateway: Gateway) -> None:
    refused = asked(jobs_gateway, {**MERGE, "formats[]": ["srt", "doc"]})

    assert refused.status_code == 400
    assert refused.json()["error"]["message"].startswith("formats")


def test_the_formats_of_a_stored_job_have_the_names_of_now(jobs_gateway: Gateway) -> None:
    fields = {**MERGE, "store": "true", "formats[]": "srt"}
    job = asked(jobs_gateway, fields).json()["id"]
    ended(jobs_gateway, job)
    TranscriptSpeaker.objects.filter(name="Unknown_0").update(name="Ana")

    shown = call(jobs_gateway, "GET", f"jobs/{job}", who="archive").json()

    assert "Ana: Good morning." in shown["result"]["formats"]["srt"]


def test_a_stored_job_has_its_transcript(jobs_gateway: Gateway) -> None:
    job = asked(jobs_gateway, {**MERGE, "store": "true"}).json()["id"]
    shown = ended(jobs_gateway, job)

    assert shown["state"] == "done"
    assert shown["transcript_id"] == str(Transcript.objects.get().id)
    assert shown["result"]["segments"][0]["text"] == "Good morning."  # type: ignore[index]
    assert Job.objects.get().result is None


def test_a_stored_job_keeps_its_audio_if_it_is_to(jobs_gateway: Gateway) -> None:
    job = asked(jobs_gateway, {**MERGE, "store": "true", "keep_audio": "true"}).json()["id"]

    shown = ended(jobs_gateway, job)

    [audio] = KeptAudio.objects.all()
    assert (str(audio.transcript_id), audio.track) == (shown["transcript_id"], "mono")
    assert audio.file.size > 0


@pytest.mark.parametrize("who", ["archive", "writer"])
def test_a_stored_job_in_a_text_format_has_text(jobs_gateway: Gateway, who: str) -> None:
    job = asked(jobs_gateway, {**MERGE, "store": "true", "format": "txt"}, who).json()["id"]
    result = str(ended(jobs_gateway, job, who)["result"])

    assert result.startswith("[0:00:0")
    assert "Good morning." in result


def test_a_field_that_was_left_empty_was_not_sent(jobs_gateway: Gateway) -> None:
    empty = {"num_speakers": "", "format": "", "store": "", "webhook_url": "", "include": ""}
    job = asked(jobs_gateway, MERGE | empty).json()["id"]

    assert ended(jobs_gateway, job)["state"] == "done"


def test_without_voices_read_a_job_has_no_present_names(
    jobs_gateway: Gateway,
) -> None:
    job = asked(jobs_gateway, {**MERGE, "store": "true"}, "writer").json()["id"]
    ended(jobs_gateway, job, "writer")
    TranscriptSpeaker.objects.update(name="Ana Ruiz")

    assert "Ana Ruiz" not in str(call(jobs_gateway, "GET", f"jobs/{job}", who="writer").json())


def test_a_result_has_no_vector_unless_it_was_asked_for(jobs_gateway: Gateway) -> None:
    plain = asked(jobs_gateway, MERGE).json()["id"]
    full = asked(jobs_gateway, {**MERGE, "include": "vector"}).json()["id"]
    without, with_vectors = ended(jobs_gateway, plain), ended(jobs_gateway, full)

    assert "fingerprint" not in str(without["result"])
    assert with_vectors["result"]["speakers"][0]["fingerprint"][0] == 1.0  # type: ignore[index]


def test_a_timeline_that_is_a_file_is_stored_until_the_job_has_ended(
    jobs_gateway: Gateway,
) -> None:
    content = b"1\n00:00:00,000 --> 00:00:09,000\nAna Ruiz: Hi\n"
    files = {**FILE, "timeline": ("Ana Ruiz.srt", content, "text/plain")}
    fields = {"kind": "label-merge", "transcribe": "true", "timeline_format": "srt"}
    job = call(jobs_gateway, "POST", "jobs", who="archive", data=fields, files=files).json()["id"]
    stored = {row.field: row.file.name for row in JobRecording.objects.all()}

    result: dict[str, object] = ended(jobs_gateway, job)["result"]  # type: ignore[assignment]

    assert set(stored) == {"file", "timeline"}
    assert "Ana" not in str(stored)
    assert result["timeline"]["format"] == "srt"  # type: ignore[index]
    assert not JobRecording.objects.exists()


def test_the_recording_is_gone_when_the_job_has_ended(
    jobs_gateway: Gateway, storage: Path
) -> None:
    job = asked(jobs_gateway, BLOCKS).json()["id"]
    waiting = list(storage.glob(f"jobs/{job}*"))
    ended(jobs_gateway, job)

    assert len(waiting) == 1
    assert not list(storage.glob(f"jobs/{job}*"))
    assert not JobRecording.objects.exists()


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({}, "kind"),
        ({"kind": "archive"}, "kind"),
        ({"kind": "label-merge"}, "timeline"),
        ({**MERGE, "timeline": "{"}, "timeline"),
        ({**BLOCKS, "num_speakers": "0"}, "num_speakers"),
        ({**BLOCKS, "format": "docx"}, "format"),
        ({**BLOCKS, "include": "names"}, "include"),
        ({**MERGE, "include": "vector", "store": "true"}, "include"),
        ({**BLOCKS, "webhok_url": "https://hooks.example/"}, "webhok_url"),
        ({**BLOCKS, "store": "true"}, "store"),
        ({**BLOCKS, "webhook_url": "https://elsewhere.example/"}, "webhook_url"),
        ({**BLOCKS, "webhook_url": "http://hooks.example/"}, "webhook_url"),
    ],
)
def test_an_invalid_request_is_refused_before_anything_is_stored(
    jobs_gateway: Gateway, storage: Path, fields: dict[str, str], param: str
) -> None:
    before = set(storage.glob("jobs/*"))
    refused = asked(jobs_gateway, fields)

    assert param_of(refused) == (400, param)
    assert set(storage.glob("jobs/*")) == before
    assert not Job.objects.exists()


def test_a_job_without_a_recording_is_refused(jobs_gateway: Gateway) -> None:
    refused = call(jobs_gateway, "POST", "jobs", data=BLOCKS)

    assert param_of(refused) == (400, "file")


@pytest.mark.parametrize(
    "fields",
    [{**MERGE, "store": "true"}, {**BLOCKS, "identify": "true"}],
    ids=["store", "identify"],
)
def test_a_job_wants_the_scopes_of_what_it_does(
    jobs_gateway: Gateway, fields: dict[str, str]
) -> None:
    assert code_of(asked(jobs_gateway, fields, "desk")) == (403, "insufficient_scope")


def test_another_keys_job_is_not_there(jobs_gateway: Gateway) -> None:
    job = asked(jobs_gateway, BLOCKS, "desk").json()["id"]

    assert code_of(call(jobs_gateway, "GET", f"jobs/{job}")) == (404, "job_not_found")
    assert code_of(call(jobs_gateway, "DELETE", f"jobs/{job}")) == (404, "job_not_found")
    assert state_of(jobs_gateway, job, "desk") == "queued"


@pytest.mark.parametrize("job", [UNKNOWN_ID, "none", "%00"])
def test_an_unknown_job_is_not_there(jobs_gateway: Gateway, job: str) -> None:
    assert code_of(call(jobs_gateway, "GET", f"jobs/{job}")) == (404, "job_not_found")


def test_a_list_has_only_the_jobs_of_the_key(jobs_gateway: Gateway) -> None:
    asked(jobs_gateway, BLOCKS, "desk")
    mine = asked(jobs_gateway, BLOCKS).json()["id"]
    listed = call(jobs_gateway, "GET", "jobs").json()

    assert [job["id"] for job in listed["data"]] == [mine]
    assert call(jobs_gateway, "GET", "jobs?state=done").json()["data"] == []


def test_a_list_comes_in_pages(jobs_gateway: Gateway) -> None:
    ids = [asked(jobs_gateway, BLOCKS).json()["id"] for _ in range(3)]
    first = call(jobs_gateway, "GET", "jobs?limit=2").json()
    second = call(jobs_gateway, "GET", f"jobs?limit=2&cursor={first['next']}").json()

    assert [job["id"] for page in (first, second) for job in page["data"]] == ids[::-1]


def test_a_queued_job_that_is_cancelled_is_never_done(
    jobs_gateway: Gateway,
    queue: FaultServer,
    storage: Path,
) -> None:
    gone = asked(jobs_gateway, BLOCKS).json()["id"]
    cancelled = call(jobs_gateway, "DELETE", f"jobs/{gone}")
    after = asked(jobs_gateway, {**BLOCKS, "num_speakers": "2"}).json()["id"]
    ended(jobs_gateway, after)

    assert cancelled.status_code == 204
    assert state_of(jobs_gateway, gone) == "cancelled"
    assert queue.paths().count("/v1/audio/transcriptions") == 1
    assert not list(storage.glob(f"jobs/{gone}*"))


def test_a_job_that_has_ended_is_deleted_with_its_result(jobs_gateway: Gateway) -> None:
    job = asked(jobs_gateway, BLOCKS).json()["id"]
    call(jobs_gateway, "DELETE", f"jobs/{job}")
    call(jobs_gateway, "DELETE", f"jobs/{job}")

    assert code_of(call(jobs_gateway, "GET", f"jobs/{job}")) == (404, "job_not_found")


def test_a_repeated_request_submits_one_job(jobs_gateway: Gateway) -> None:
    once = {"Idempotency-Key": "the-same"}
    first, again = (asked(jobs_gateway, BLOCKS, **once) for _ in range(2))

    assert (first.status_code, again.status_code) == (202, 202)
    assert first.json()["id"] == again.json()["id"]
    assert again.headers["location"] == first.headers["location"]
    assert Job.objects.count() == 1


def test_a_repeated_request_does_not_name_an_erased_person(jobs_gateway: Gateway) -> None:
    ana, once = consenting("Ana Ruiz"), {"Idempotency-Key": "about-ana"}
    file = {"file": ("talk with ana ruiz.wav", TONE)}
    first = call(jobs_gateway, "POST", "jobs", data=BLOCKS, files=file, headers=once)
    erase_person(ana.id, actor="desk")
    again = call(jobs_gateway, "POST", "jobs", data=BLOCKS, files=file, headers=once)

    assert first.json()["name"] == "talk with ana ruiz.wav"
    assert again.status_code == 410


def test_the_worker_delivers_the_webhook(
    jobs_gateway: Gateway, worker_settings: dict[str, str], tmp_path: Path
) -> None:
    with running_fault_server(HOOK_PORT) as receiver:
        receiver.answer("/hook", {})
        url = f"{receiver.url}/hook"
        job = asked(jobs_gateway, {**BLOCKS, "webhook_url": url}).json()["id"]
        with running_worker(tmp_path, **worker_settings):
            until(lambda: bool(receiver.asked))
            until(lambda: Job.objects.get().webhook_state == "delivered")

    assert receiver.asked[0].json["type"] == "job.done"
    shown = call(jobs_gateway, "GET", f"jobs/{job}").json()["webhook"]
    assert shown == {"url": url, "state": "delivered"}


def test_jobs_need_a_key(jobs_gateway: Gateway) -> None:
    assert call(jobs_gateway, "GET", "jobs", who=None).status_code == 401
