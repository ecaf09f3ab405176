"""Tests of requests while the database is away: names are missing, and nothing fails otherwise."""

import json
from collections.abc import Iterator

import httpx
import pytest

from tests.engine_answers import MEETING_TRANSCRIPTION, TRANSCRIBE, script_meeting
from tests.faults import Answer, Asked, FaultServer
from tests.gateway_process import Gateway, running_gateway
from tests.recordings import TONE
from tests.voiceprints.conftest import API_KEYS, key
from tests.voiceprints.database_relay import DatabaseRelay, running_relay
from tests.voiceprints.people import axis, consenting, voiceprint_of
from voiceprints.models import Transcript

MERGE = "/api/audio/label-merge"
WITH_SPEAKERS = "/api/audio/transcribe-with-speakers"
TRANSCRIPTIONS = "/v1/audio/transcriptions"
TIMELINE = json.dumps([{"start": 0, "end": 4, "name": "Ana"}])
UNAVAILABLE = "library_unavailable"


@pytest.fixture(scope="module")
def relay(django_db_setup: None) -> Iterator[DatabaseRelay]:
    with running_relay() as relay:
        yield relay


@pytest.fixture(scope="module")
def _relayed_gateway(
    relay: DatabaseRelay, fault_server: FaultServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gateway]:
    with running_gateway(
        tmp_path_factory.mktemp("relayed"),
        DATABASE_URL=relay.url,
        SECRET_KEY="for-the-tests",
        PARAKEET_URL=fault_server.url,
        API_KEYS=API_KEYS,
    ) as gateway:
        yield gateway


@pytest.fixture
def gateway(
    transactional_db: None, _relayed_gateway: Gateway, relay: DatabaseRelay, faults: FaultServer
) -> Iterator[Gateway]:
    """A gateway whose database is away, and comes back after the test."""
    script_meeting(faults)
    relay.cut()
    yield _relayed_gateway
    relay.restore()


def ask(gateway: Gateway, path: str, **data: object) -> httpx.Response:
    if path == MERGE:
        data = {"timeline": TIMELINE, "transcribe": "true"} | data
    return gateway.post(path, files={"file": TONE}, data=data, headers=key("archive"))


def warning_codes(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200
    return [warning["code"] for warning in answer.json()["warnings"]]


def test_label_merge_answers_without_stored_names(gateway: Gateway) -> None:
    answer = ask(gateway, MERGE)

    assert warning_codes(answer) == [UNAVAILABLE]
    assert [one["name"] for one in answer.json()["speakers"]] == ["Ana", "Unknown_0"]


def test_two_tracks_are_merged_without_stored_names(gateway: Gateway) -> None:
    files = {"mic_file": TONE, "system_file": TONE}
    data = {"timeline": TIMELINE}
    answer = gateway.post(MERGE, files=files, data=data, headers=key("archive"))

    assert UNAVAILABLE in warning_codes(answer)


def test_speakers_to_identify_stay_anonymous(gateway: Gateway) -> None:
    answer = ask(gateway, WITH_SPEAKERS, identify="true")

    assert warning_codes(answer) == [UNAVAILABLE]
    assert [one["name"] for one in answer.json()["speakers"]] == [None, None]


def test_known_speakers_without_references_stay_letters(gateway: Gateway) -> None:
    given = {"response_format": "diarized_json", "known_speaker_names[]": ["Ben"]}
    answer = ask(gateway, TRANSCRIPTIONS, **given)

    assert warning_codes(answer) == [UNAVAILABLE]
    assert {segment["speaker"] for segment in answer.json()["segments"]} == {"A", "B"}


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        (MERGE, {"format": "srt"}),
        (WITH_SPEAKERS, {"format": "vtt", "identify": "true"}),
        (TRANSCRIPTIONS, {"response_format": "rttm", "known_speaker_names[]": ["Ben"]}),
    ],
)
def test_text_formats_have_the_warning_in_a_header(
    gateway: Gateway, path: str, fields: dict[str, object]
) -> None:
    answer = ask(gateway, path, **fields)

    assert answer.status_code == 200
    assert answer.headers["x-warnings"].startswith(f"{UNAVAILABLE}: ")


def test_a_key_that_may_not_read_the_library_gets_no_warning(gateway: Gateway) -> None:
    data = {"timeline": TIMELINE}
    answer = gateway.post(MERGE, files={"file": TONE}, data=data, headers=key("desk"))

    assert answer.status_code == 200
    assert "warnings" not in answer.json()


def test_storing_is_refused_before_any_engine_works(gateway: Gateway, faults: FaultServer) -> None:
    answer = ask(gateway, MERGE, store="true")

    assert answer.status_code == 503
    assert answer.json()["error"]["code"] == UNAVAILABLE
    assert answer.headers["Retry-After"] == "5"
    assert faults.asked == []


def test_storing_is_unavailable_when_the_database_is_lost_while_engines_work(
    gateway: Gateway, relay: DatabaseRelay, faults: FaultServer
) -> None:
    relay.restore()

    def cut_and_answer(_asked: Asked) -> Answer:
        relay.cut()
        return Answer(pieces=(json.dumps(MEETING_TRANSCRIPTION).encode(),))

    faults.respond(TRANSCRIBE, cut_and_answer)
    answer = ask(gateway, MERGE, store="true")

    assert (answer.status_code, answer.json()["error"]["code"]) == (503, UNAVAILABLE)
    assert not Transcript.objects.exists()


def test_stored_names_return_with_the_database(gateway: Gateway, relay: DatabaseRelay) -> None:
    voiceprint_of(consenting("Ben"), axis(1))
    before = ask(gateway, MERGE).json()
    relay.restore()
    after = ask(gateway, MERGE).json()
    relay.cut()

    assert before["speakers"][1]["name"] == "Unknown_0"
    assert after["speakers"][1]["name"] == "Ben"


def test_a_session_of_the_admin_is_refused_as_unavailable(gateway: Gateway) -> None:
    answer = gateway.get("/admin/", headers={"Cookie": "sessionid=abcdefghijklmnopqrstuvwxyz"})

    assert answer.status_code == 503
    assert "The library is unavailable" in answer.text


def test_the_log_has_neither_a_traceback_nor_the_address(
    gateway: Gateway, relay: DatabaseRelay
) -> None:
    ask(gateway, MERGE, store="true")
    ask(gateway, MERGE)
    gateway.get("/admin/", headers={"Cookie": "sessionid=abcdefghijklmnopqrstuvwxyz"})

    log = gateway.log.read_text()
    assert "the database failed: " in log
    assert "Traceback" not in log
    assert str(relay.port) not in log
