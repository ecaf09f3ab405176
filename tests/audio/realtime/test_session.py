"""A session without its connection: messages in, events and items out."""

import base64
import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from audio.realtime.session import Reply, Session
from audio.realtime.session_settings import SessionSettings
from tests.conftest import CLINIC
from tests.recordings import pcm_24k

SECOND = bytes(48_000)
Event = dict[str, Any]


class Client:
    """A client of a session."""

    def __init__(self, *, is_beta: bool = False, manual: bool = True) -> None:
        self.session = Session(SessionSettings(), is_beta=is_beta, expires_at=1_800_000_000)
        if manual:
            self.update(turn_detection=None)

    def send(self, kind: str, **fields: object) -> Reply:
        return self.session.receive(json.dumps({"type": kind, **fields}))

    def update(self, **inputs: object) -> Reply:
        session = {"type": "transcription", "audio": {"input": inputs}}
        return self.send("session.update", session=session)

    def append(self, audio: bytes) -> Reply:
        return self.send("input_audio_buffer.append", audio=base64.b64encode(audio).decode())

    def commit(self) -> Reply:
        return self.send("input_audio_buffer.commit")


def types(reply: Reply) -> list[str]:
    return [event["type"] for event in reply.events]


def error(reply: Reply) -> Event:
    [event] = reply.events
    assert (event["type"], reply.items) == ("error", [])
    details: Event = event["error"]
    return details


@pytest.fixture(scope="module")
def speech() -> bytes:
    return pcm_24k(CLINIC / "mic.flac", 12.0)


def test_a_session_opens_with_its_settings() -> None:
    opened = Client(manual=False).session.opened()

    assert opened["type"] == "session.created"
    session = opened["session"]
    assert session["id"].startswith("sess_")
    assert session["type"] == "transcription"
    assert session["object"] == "realtime.transcription_session"
    assert session["expires_at"] == 1_800_000_000
    assert session["audio"]["input"]["format"] == {"type": "audio/pcm", "rate": 24_000}
    assert session["audio"]["input"]["turn_detection"] == {
        **{"type": "server_vad", "threshold": 0.5},
        **{"prefix_padding_ms": 300, "silence_duration_ms": 500},
    }


def test_a_session_of_the_beta_opens_in_its_shape() -> None:
    opened = Client(is_beta=True).session.opened()

    assert opened["type"] == "transcription_session.created"
    assert opened["session"]["input_audio_format"] == "pcm16"
    assert opened["session"]["turn_detection"] is None


def test_an_update_is_answered_by_the_whole_session() -> None:
    [updated] = Client(manual=False).update(transcription={"model": "whisper-1"}).events

    inputs = updated["session"]["audio"]["input"]
    assert updated["type"] == "session.updated"
    assert inputs["transcription"]["model"] == "whisper-1"
    assert inputs["turn_detection"]["type"] == "server_vad"


def test_an_update_of_the_beta_is_answered_in_its_shape() -> None:
    session = {
        "input_audio_format": "g711_ulaw",
        "input_audio_transcription": {"model": "gpt-4o-transcribe", "language": "de"},
        "turn_detection": {"type": "server_vad", "silence_duration_ms": 700},
    }

    [updated] = Client().send("transcription_session.update", session=session).events

    assert updated["type"] == "transcription_session.updated"
    assert updated["session"]["input_audio_format"] == "g711_ulaw"
    assert updated["session"]["input_audio_transcription"]["language"] == "de"
    assert updated["session"]["turn_detection"]["silence_duration_ms"] == 700


def test_a_commit_makes_an_item_that_names_the_one_before() -> None:
    client = Client()
    client.append(SECOND)
    first = client.commit()
    client.append(SECOND)

    second = client.commit()

    assert types(second) == [
        "input_audio_buffer.committed",
        "conversation.item.added",
        "conversation.item.done",
    ]
    assert [first.events[0]["previous_item_id"], second.events[0]["previous_item_id"]] == [
        None,
        first.items[0].id,
    ]
    item = second.events[1]["item"]
    assert (item["id"], item["role"], item["type"]) == (second.items[0].id, "user", "message")
    assert item["content"] == [{"type": "input_audio", "transcript": None}]


def test_an_item_of_the_beta_is_created() -> None:
    client = Client(is_beta=True)
    client.append(SECOND)

    assert types(client.commit()) == ["input_audio_buffer.committed", "conversation.item.created"]


def test_an_item_has_the_settings_of_its_commit() -> None:
    client = Client()
    client.update(transcription={"prompt": "before"})
    client.append(SECOND)

    [item] = client.commit().items
    client.update(transcription={"prompt": "after"})

    assert item.settings.prompt == "before"
    assert item.seconds == pytest.approx(1.0, abs=0.01)


def test_a_pause_ends_an_item(speech: bytes) -> None:
    client = Client(manual=False)

    reply = client.append(speech)

    assert types(reply)[:5] == [
        "input_audio_buffer.speech_started",
        "input_audio_buffer.speech_stopped",
        "input_audio_buffer.committed",
        "conversation.item.added",
        "conversation.item.done",
    ]
    started, stopped, committed = reply.events[:3]
    assert {one["item_id"] for one in (started, stopped, committed)} == {reply.items[0].id}
    length_ms = stopped["audio_end_ms"] - started["audio_start_ms"]
    assert reply.items[0].seconds == pytest.approx(length_ms / 1000, abs=0.002)


def test_a_commit_within_a_turn_ends_it(speech: bytes) -> None:
    client = Client(manual=False)
    assert types(client.append(speech[:96_000])) == ["input_audio_buffer.speech_started"]

    reply = client.commit()

    assert types(reply)[:2] == [
        "input_audio_buffer.speech_stopped",
        "input_audio_buffer.committed",
    ]
    assert not reply.items[0].is_silent


def test_a_commit_in_silence_makes_an_item_that_no_engine_has_to_hear() -> None:
    client = Client(manual=False)
    client.append(SECOND)

    [item] = client.commit().items

    assert item.is_silent


def test_a_cleared_buffer_is_confirmed_and_gone() -> None:
    client = Client()
    client.append(SECOND)

    assert types(client.send("input_audio_buffer.clear")) == ["input_audio_buffer.cleared"]
    assert error(client.commit())["code"] == "input_audio_buffer_commit_empty"


def test_items_are_not_transcribed_where_transcription_is_off() -> None:
    client = Client()
    client.update(transcription=None)
    client.append(SECOND)

    reply = client.commit()

    assert types(reply)[0] == "input_audio_buffer.committed"
    assert reply.items == []


def test_mu_law_and_a_law_are_heard_at_8_khz() -> None:
    client = Client()
    lengths = []
    for form in ("audio/pcmu", "audio/pcma"):
        client.update(format={"type": form})
        client.append(bytes(8000))
        lengths.append(client.commit().items[0].seconds)

    assert lengths == pytest.approx([1.0, 1.0], abs=0.01)


def test_an_error_names_the_event_that_caused_it() -> None:
    refused = error(Client().send("response.create", event_id="mine"))

    assert refused["type"] == "invalid_request_error"
    assert (refused["param"], refused["event_id"]) == ("type", "mine")
    assert "got 'response.create'" in refused["message"]


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("{", "invalid_json"),
        (b"\xff\xfe", "invalid_json"),
        ("[" * 2000, "invalid_json"),
        ("[]", "invalid_value"),
        ("{}", "missing_required_parameter"),
        ('{"type": 7}', "missing_required_parameter"),
        ('{"type": "unknown"}', "invalid_value"),
        ('{"type": "session.update"}', "missing_required_parameter"),
        ('{"type": "session.update", "session": 1}', "invalid_value"),
        ('{"type": "input_audio_buffer.append"}', "missing_required_parameter"),
        ('{"type": "input_audio_buffer.append", "audio": 7}', "invalid_value"),
        ('{"type": "input_audio_buffer.append", "audio": "%%%"}', "invalid_value"),
        ('{"type": "input_audio_buffer.append", "audio": "YQ"}', "invalid_value"),
        ('{"type": "input_audio_buffer.commit"}', "input_audio_buffer_commit_empty"),
    ],
)
def test_a_message_that_is_invalid_is_answered_by_an_error(
    message: str | bytes, code: str
) -> None:
    assert error(Client().session.receive(message))["code"] == code


def test_an_invalid_message_changes_nothing() -> None:
    client = Client()
    client.append(SECOND)
    before = client.session.opened()["session"]

    client.update(transcription={"prompt": "new", "model": "no-such-model"})
    client.send("input_audio_buffer.append", audio="%%%")

    assert client.session.opened()["session"] == before
    assert len(client.commit().items[0].samples) == pytest.approx(16_000, abs=40)


def test_a_full_buffer_keeps_what_it_has(settings: Any) -> None:
    settings.REALTIME_BUFFER_S = 1.5
    client = Client()
    client.append(SECOND)

    refused = error(client.append(SECOND))

    assert (refused["code"], refused["param"]) == ("input_audio_buffer_full", "audio")
    assert np.isclose(client.commit().items[0].seconds, 1.0, atol=0.01)


def samples_after(client: Client, audio: bytes) -> list[int]:
    """Append and commit; return the samples of the item."""
    client.append(audio)
    samples: list[int] = client.commit().items[0].samples.tolist()
    return samples


def clear(client: Client) -> None:
    client.send("input_audio_buffer.clear")


def commit(client: Client) -> None:
    client.commit()


def format_changed_twice(client: Client) -> None:
    client.update(format={"type": "audio/pcmu"})
    client.update(format={"type": "audio/pcm"})
    client.commit()


@pytest.mark.parametrize("ending", [clear, commit, format_changed_twice])
@pytest.mark.parametrize("sent", [9600, 9601])
def test_audio_after_an_item_is_heard_as_in_a_new_session(
    speech: bytes, sent: int, ending: Callable[[Client], None]
) -> None:
    client = Client()
    client.append(b"\x55" * sent)
    ending(client)

    assert samples_after(client, speech[:96_000]) == samples_after(Client(), speech[:96_000])


def test_an_item_has_its_audio_to_the_last_sample() -> None:
    lengths = [len(samples_after(Client(), bytes(length))) for length in (4800, 48_000, 96_001)]

    assert lengths == [1600, 16_000, 32_000]


def test_audio_before_a_change_of_format_is_whole() -> None:
    client = Client()
    client.append(SECOND)
    client.update(format={"type": "audio/pcmu"})

    assert len(samples_after(client, bytes(8000))) == 32_000


def test_an_event_that_is_refused_leaves_the_stream_as_it_was(
    speech: bytes, settings: Any
) -> None:
    settings.REALTIME_BUFFER_S = 3.0
    client = Client()
    client.append(speech[:4001])
    too_early, too_much = error(client.commit()), error(client.append(bytes(240_001)))

    heard = samples_after(client, speech[4001:96_000])

    assert too_early["code"] == "input_audio_buffer_commit_empty"
    assert too_much["code"] == "input_audio_buffer_full"
    assert heard == samples_after(Client(), speech[:96_000])


def message(kind: str, **fields: object) -> str:
    return json.dumps({"type": kind, **fields})


UPDATE = message("session.update", session={"audio": {"input": {"turn_detection": {}}}})


def test_an_update_takes_long_where_much_audio_waits_unheard() -> None:
    client = Client()
    before = client.session.takes_long(UPDATE)
    client.append(SECOND * 2)

    assert (before, client.session.takes_long(UPDATE)) == (False, True)
    assert client.session.takes_long(UPDATE.replace("session.", "session\\u002e"))
    assert not client.session.takes_long(message("input_audio_buffer.commit"))
    assert not client.session.takes_long("{")


def test_a_message_takes_long_by_the_seconds_that_it_holds() -> None:
    client = Client()
    append = message("input_audio_buffer.append", audio="A" * 20_000)
    linear = client.session.takes_long(append)
    client.update(format={"type": "audio/pcmu"})

    assert (linear, client.session.takes_long(append)) == (False, True)
