"""The names of known voices in realtime sessions."""

from collections.abc import Iterator

import pytest

from tests.engine_answers import DIARIZE, TRANSCRIBE, diarization, transcription
from tests.faults import FaultServer
from tests.realtime_process import Event, Realtime, running_realtime, talking
from tests.voiceprints.conftest import API_KEYS, database_url
from tests.voiceprints.locked_tables import tables_out_of_reach
from tests.voiceprints.people import axis, consenting, voiceprint_of

COMPLETED = "conversation.item.input_audio_transcription.completed"


@pytest.fixture(scope="module")
def library_sessions(
    django_db_setup: None, fault_server: FaultServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Realtime]:
    with running_realtime(
        tmp_path_factory.mktemp("realtime"),
        DATABASE_URL=database_url(),
        SECRET_KEY="for-the-tests",
        PARAKEET_URL=fault_server.url,
        API_KEYS=API_KEYS,
    ) as realtime:
        yield realtime


@pytest.fixture
def sessions(transactional_db: None, library_sessions: Realtime, faults: FaultServer) -> Realtime:
    """Sessions over a library that knows Ben, and an engine that hears his voice."""
    voiceprint_of(consenting("Ben"), axis(1))
    faults.answer(TRANSCRIBE, transcription("Good morning", [(0.3, 0.6), (0.6, 1.0)], 3.0))
    faults.answer(DIARIZE, diarization([(0.3, 3.0)], [axis(1).tolist()], 3.3))
    return library_sessions


def transcribed(sessions: Realtime, client: str, seconds: int, **inputs: object) -> Event:
    """Commit audio of this length with a client's key; return the event of the transcript."""
    headers = {"Authorization": f"Bearer {client}-key"}
    with talking(sessions, additional_headers=headers) as talk:
        talk.update(turn_detection=None, **inputs)
        talk.append(bytes(48_000 * seconds))
        talk.send("input_audio_buffer.commit")
        return talk.next(COMPLETED)


def completed(sessions: Realtime, client: str, seconds: int) -> Event:
    event = transcribed(sessions, client, seconds)
    assert event["transcript"] == "Good morning"
    return event


def test_an_item_of_three_seconds_has_the_name_of_a_known_voice(sessions: Realtime) -> None:
    event = completed(sessions, "reader", 4)

    assert event["name"] == "Ben"
    assert "warnings" not in event


def test_a_shorter_item_has_no_name(sessions: Realtime, faults: FaultServer) -> None:
    assert "name" not in completed(sessions, "reader", 2)
    assert DIARIZE not in faults.paths()


def test_a_key_that_may_not_read_voices_gets_no_name(
    sessions: Realtime, faults: FaultServer
) -> None:
    assert "name" not in completed(sessions, "writer", 4)
    assert DIARIZE not in faults.paths()


def test_an_unknown_voice_has_no_name(sessions: Realtime, faults: FaultServer) -> None:
    faults.answer(DIARIZE, diarization([(0.3, 3.0)], [axis(7).tolist()], 3.3))

    assert "name" not in completed(sessions, "reader", 4)


def test_words_come_without_a_name_where_the_engine_of_voices_fails(
    sessions: Realtime, faults: FaultServer
) -> None:
    faults.answer(DIARIZE, {"detail": "no"}, status=500)

    event = completed(sessions, "reader", 4)

    assert "name" not in event
    assert [warning["code"] for warning in event["warnings"]] == ["voice_not_compared"]


def test_words_come_without_a_name_while_the_library_is_away(sessions: Realtime) -> None:
    with tables_out_of_reach():
        event = completed(sessions, "reader", 4)

    assert "name" not in event
    assert [warning["code"] for warning in event["warnings"]] == ["library_unavailable"]


@pytest.mark.parametrize(
    ("client", "spelling", "text"),
    [
        ("reader", "people", "Please ask Zorvath about the report."),
        ("reader", "terms", "Please ask Sorvat about the report."),
        ("writer", "people", "Please ask Sorvat about the report."),
    ],
)
def test_people_of_the_library_correct_the_spelling_for_keys_that_may_read_them(
    sessions: Realtime, faults: FaultServer, client: str, spelling: str, text: str
) -> None:
    consenting("Zorvath")
    words = [(0.3 * n, 0.3 * n + 0.2) for n in range(1, 7)]
    faults.answer(TRANSCRIBE, transcription("Please ask Sorvat about the report.", words, 3.0))

    event = transcribed(sessions, client, 2, transcription={"spelling": spelling})

    assert event["transcript"] == text
