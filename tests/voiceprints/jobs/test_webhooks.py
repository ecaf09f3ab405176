"""Webhooks: signed, and sent only to listed hosts with public addresses."""

import json
from collections.abc import Iterator, Sequence

import openai
import pytest
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import Settings

from audio.media.recording import Recording
from tests.faults import Answer, FaultServer, running_fault_server
from tests.voiceprints.jobs.conftest import SECRET
from tests.voiceprints.jobs.receiver import body_and_headers
from voiceprints.jobs import webhooks
from voiceprints.jobs.completion import cancel_job
from voiceprints.jobs.queue import DELIVER_WEBHOOK, RUN_JOB
from voiceprints.jobs.retry_policy import WEBHOOK_ATTEMPTS, RetryLater
from voiceprints.jobs.submission import Submission, submit_job
from voiceprints.jobs.webhook_addresses import (
    WebhookRefused,
    is_public,
    parse_listed_host,
    parse_webhook_url,
    resolve_address,
)
from voiceprints.jobs.webhooks import deliver_webhook
from voiceprints.models import Job
from voiceprints.models.jobs import JobKind, WebhookState

LOCAL = "127.0.0.1"


@pytest.fixture
def receiver() -> Iterator[FaultServer]:
    with running_fault_server() as server:
        server.answer("/hook?of=jobs", {})
        yield server


@pytest.fixture
def ended(queue: FaultServer, tone: Recording, receiver: FaultServer, settings: Settings) -> Job:
    """Return a cancelled job whose webhook goes to the receiver, by a host name."""
    settings.WEBHOOK_SECRET = SECRET
    port = receiver.url.rpartition(":")[2]
    settings.WEBHOOK_PRIVATE_HOSTS = [f"hooks.local:{port}"]
    settings.WEBHOOK_HOSTS = ["hooks.example"]
    job = submit_job(
        Submission(
            kind=JobKind.TRANSCRIBE,
            recordings=[tone],
            created_by="desk",
            webhook_url=f"http://hooks.local:{port}/hook?of=jobs",
        )
    )
    cancel_job(job.id)
    job.refresh_from_db()
    return job


class Resolver:
    """Returns one list of addresses after the other, and counts the calls."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers, self.asked = list(answers), list[str]()

    def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked.append(host)
        return self.answers.pop(0)


def state_of(job: Job) -> str:
    job.refresh_from_db()
    return job.webhook_state


def test_openais_client_verifies_what_is_sent(ended: Job, receiver: FaultServer) -> None:
    deliver_webhook(ended.id, Resolver([LOCAL]))
    body, headers = body_and_headers(receiver)

    with openai.OpenAI(api_key="none", webhook_secret=SECRET) as client:
        client.webhooks.verify_signature(body, headers)
    assert state_of(ended) == WebhookState.DELIVERED


def test_the_body_describes_the_job_without_its_result(ended: Job, receiver: FaultServer) -> None:
    deliver_webhook(ended.id, Resolver([LOCAL]))
    event = json.loads(body_and_headers(receiver)[0])

    assert event["type"] == "job.cancelled"
    assert event["data"] == {
        "id": str(ended.id),
        "object": "job",
        "kind": "transcribe-with-speakers",
        "state": "cancelled",
        "transcript_id": None,
        "error": None,
    }


def test_the_address_is_looked_up_once_and_that_one_is_connected_to(
    ended: Job, receiver: FaultServer
) -> None:
    resolver = Resolver([LOCAL], ["192.0.2.1"])
    deliver_webhook(ended.id, resolver)

    assert resolver.asked == ["hooks.local"]
    assert body_and_headers(receiver)[1]["host"].startswith("hooks.local:")


def test_a_redirect_is_not_followed(ended: Job, receiver: FaultServer) -> None:
    there = {"Location": f"{receiver.url}/elsewhere"}
    receiver.answer("/hook?of=jobs", {}, status=307, headers=there)
    with pytest.raises(RetryLater):
        deliver_webhook(ended.id, Resolver([LOCAL]))

    assert receiver.paths() == ["/hook?of=jobs"]
    assert state_of(ended) == WebhookState.WAITING


def test_an_undelivered_webhook_is_retried_later(ended: Job, receiver: FaultServer) -> None:
    receiver.answer("/hook?of=jobs", {}, status=500)
    with pytest.raises(RetryLater) as first:
        deliver_webhook(ended.id, Resolver([LOCAL]))
    with pytest.raises(RetryLater) as second:
        deliver_webhook(ended.id, Resolver([LOCAL]))

    assert second.value.after_s == pytest.approx(3 * first.value.after_s)


def test_a_webhook_fails_after_all_attempts(ended: Job, receiver: FaultServer) -> None:
    receiver.answer("/hook?of=jobs", {}, status=500)
    Job.objects.update(webhook_attempts=WEBHOOK_ATTEMPTS - 1)
    deliver_webhook(ended.id, Resolver([LOCAL]))

    assert state_of(ended) == WebhookState.FAILED


@pytest.mark.parametrize("failure", [OSError("no resolver"), UnicodeError("label too long")])
def test_an_unknown_host_is_retried_later(ended: Job, failure: Exception) -> None:
    def resolve(host: str, port: int) -> Sequence[str]:
        raise failure

    with pytest.raises(RetryLater):
        deliver_webhook(ended.id, resolve)

    assert state_of(ended) == WebhookState.WAITING


def test_a_slow_host_is_abandoned(
    ended: Job, receiver: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhooks, "LONGEST_S", 0.2)
    receiver.respond("/hook?of=jobs", lambda asked: Answer(pieces=(b"{}",), after_s=3.0))
    with pytest.raises(RetryLater):
        deliver_webhook(ended.id, Resolver([LOCAL]))

    assert state_of(ended) == WebhookState.WAITING


def test_a_webhook_does_not_wait_for_queued_jobs(ended: Job) -> None:
    waiting = dict(ProcrastinateJob.objects.values_list("task_name", "priority"))

    assert waiting[DELIVER_WEBHOOK] > waiting[RUN_JOB]


def test_a_repetition_is_known_by_its_identifier(ended: Job, receiver: FaultServer) -> None:
    deliver_webhook(ended.id, Resolver([LOCAL]))
    Job.objects.update(webhook_state=WebhookState.WAITING)
    deliver_webhook(ended.id, Resolver([LOCAL]))
    first, again = ({k.lower(): v for k, v in one.headers.items()} for one in receiver.asked)

    assert first["webhook-id"] == again["webhook-id"]


def test_a_host_that_turns_private_gets_no_webhook(ended: Job, receiver: FaultServer) -> None:
    Job.objects.update(webhook_url="https://hooks.example/hook")
    deliver_webhook(ended.id, Resolver(["169.254.169.254"]))

    assert receiver.asked == []
    assert state_of(ended) == WebhookState.FAILED


def test_a_host_that_is_no_longer_listed_gets_no_webhook(
    ended: Job, receiver: FaultServer, settings: Settings
) -> None:
    settings.WEBHOOK_PRIVATE_HOSTS = []
    deliver_webhook(ended.id, Resolver([LOCAL]))

    assert receiver.asked == []
    assert state_of(ended) == WebhookState.FAILED


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.8.8.8",
        "0.0.0.0",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1%eth0",
        "fc00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "fec0::1",
        "::127.0.0.1",
        "no address",
    ],
)
def test_an_address_of_a_private_network_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert is_public(address)


def test_one_private_address_among_public_ones_is_enough_to_refuse(settings: Settings) -> None:
    settings.WEBHOOK_HOSTS = ["hooks.example"]
    target = parse_webhook_url("https://hooks.example/")

    with pytest.raises(WebhookRefused, match="private"):
        resolve_address(target, Resolver(["8.8.8.8", "10.0.0.1"]))


def test_of_public_addresses_the_first_is_taken(settings: Settings) -> None:
    settings.WEBHOOK_HOSTS = ["hooks.example"]
    target = parse_webhook_url("https://hooks.example/")

    address = resolve_address(target, Resolver(["8.8.8.8", "1.1.1.1"]))

    assert address == "8.8.8.8"


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example/",
        "http://hooks.example:443/",
        "https://hooks.example:22/",
        "https://hooks.example:8443/",
        "https://other.example/",
        "http://private.example:8080/",
        "https://private.example:22/",
        "http://n8n.example/",
        "https://elsewhere.example/",
        "https://hooks.example.elsewhere/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://2130706433/",
        "https://user:password@hooks.example/",
        "https://hooks.example/#here",
        "https://hooks.example:port/",
        "https://hooks.example:0/",
        "https://hooks.example/a b",
        "https://hooks.example/\r\nHost: elsewhere",
        "ftp://hooks.example/",
        "hooks.example",
        "https://",
        "",
    ],
)
def test_a_url_that_may_not_be_called_is_refused(url: str, settings: Settings) -> None:
    settings.WEBHOOK_HOSTS = ["hooks.example", "other.example:8443"]
    settings.WEBHOOK_PRIVATE_HOSTS = ["private.example", "n8n.example:5678", ""]

    with pytest.raises(WebhookRefused, match="expected"):
        parse_webhook_url(url)


def test_listed_hosts_match_in_any_case(settings: Settings) -> None:
    settings.WEBHOOK_HOSTS = ["Hooks.Example:8443"]

    assert parse_webhook_url("https://HOOKS.example:8443/a?b=c").path == "/a?b=c"


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.example/",
        "https://hooks.example:443/",
        "https://other.example:8443/",
        "http://private.example/",
        "https://private.example/",
        "http://n8n.example:5678/",
        "https://[2606:4700::1111]/",
        "http://[::1]:8080/",
    ],
)
def test_a_listed_host_is_called_at_its_ports(url: str, settings: Settings) -> None:
    settings.WEBHOOK_HOSTS = ["hooks.example", " other.example:8443 ", "2606:4700::1111"]
    settings.WEBHOOK_PRIVATE_HOSTS = ["private.example", "n8n.example:5678", "[::1]:8080"]

    assert parse_webhook_url(url)


@pytest.mark.parametrize(
    "entry",
    ["https://a.example", "a.example/", "a.example:port", "a.example:0", "a:b@c", ":443", "[::1"],
)
def test_an_entry_that_is_not_a_host_is_refused(entry: str) -> None:
    with pytest.raises(ValueError):
        parse_listed_host(entry)
