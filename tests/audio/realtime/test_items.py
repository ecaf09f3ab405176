"""Items over a real socket and a scripted engine: what is asked, and what comes back."""

import time

import httpx
import pytest

from tests.engine_answers import TRANSCRIBE, TRANSCRIPTION, transcription
from tests.faults import Answer, Asked, FaultServer
from tests.faults.answers import as_json
from tests.realtime_process import Event, Realtime, Talk, talking
from tests.waiting import until

SECOND = bytes(48_000)
TRANSCRIBED = "conversation.item.input_audio_transcription"


def transcribed(talk: Talk, seconds: int = 1) -> Event:
    """Commit some seconds; return the event that ends the item."""
    talk.append(SECOND * seconds)
    talk.send("input_audio_buffer.commit")
    return talk.next(f"{TRANSCRIBED}.completed")


def test_a_committed_item_is_announced_and_transcribed(talk: Talk, faults: FaultServer) -> None:
    faults.answer(TRANSCRIBE, TRANSCRIPTION)

    talk.append(SECOND)
    talk.send("input_audio_buffer.commit")

    received = [talk.receive() for _ in range(5)]
    assert [event["type"] for event in received] == [
        "input_audio_buffer.committed",
        "conversation.item.added",
        "conversation.item.done",
        f"{TRANSCRIBED}.delta",
        f"{TRANSCRIBED}.completed",
    ]
    assert received[4]["transcript"] == received[3]["delta"] == TRANSCRIPTION["text"]
    assert received[4]["usage"] == {"type": "duration", "seconds": pytest.approx(1.0, abs=0.01)}
    assert received[4]["languages"] == [{"code": "en"}]


def test_the_engine_is_asked_as_for_a_file(talk: Talk, faults: FaultServer) -> None:
    faults.answer(TRANSCRIBE, transcription("Good Morning", [(0, 0.4), (0.4, 1)], 1.0))
    settings = {"model": "gpt-4o-transcribe", "prompt": "A meeting", "keywords": ["Thorsten"]}
    talk.update(transcription={**settings, "language": "de"})

    transcribed(talk)

    form = faults.asked[-1].form
    assert form["language"] == "de"
    assert form["prompt"] == "A meeting, Thorsten"
    file = form["file"]
    assert isinstance(file, bytes)
    assert file.startswith(b"RIFF")
    # A second, after the silence with which every item begins.
    assert len(file) == pytest.approx(44 + 32_000 + 9_600, abs=80)
    assert not any(file[44 : 44 + 9_600])


def test_keywords_correct_the_transcript(talk: Talk, faults: FaultServer) -> None:
    text = "this is what Torstin said to all of us"
    # In the file that the engine gets, 0.3 s later than in the item.
    spans = [(0.3 + at / 10, 0.4 + at / 10) for at in range(len(text.split()))]
    faults.answer(TRANSCRIBE, transcription(text, spans, 1.0))
    talk.update(transcription={"keywords": ["Thorsten"]})

    completed = transcribed(talk)

    assert completed["transcript"] == "this is what Thorsten said to all of us"
    assert completed["corrections"] == [{"from": "Torstin", "to": "Thorsten", "start_ms": 300}]


def test_the_vocabulary_of_the_key_corrects_the_transcript(
    keyed_realtime: Realtime, faults: FaultServer
) -> None:
    spans = [(0.0, 0.3), (0.3, 0.6), (0.6, 1.0)]
    faults.answer(TRANSCRIBE, transcription("Ask Sorvat again", spans, 1.0))

    with talking(keyed_realtime, additional_headers={"Authorization": "Bearer desk-key"}) as talk:
        talk.update(turn_detection=None)
        stored = transcribed(talk)
        talk.update(transcription={"spelling": "off"})
        unchanged = transcribed(talk)

    assert stored["transcript"] == "Ask Zorvath again"
    assert unchanged["transcript"] == "Ask Sorvat again"


def test_an_item_without_words_is_completed_without_a_delta(
    talk: Talk, faults: FaultServer
) -> None:
    faults.answer(TRANSCRIBE, transcription("", [], 1.0))
    talk.append(SECOND)
    talk.send("input_audio_buffer.commit")

    received = [talk.receive() for _ in range(4)]

    assert received[3]["type"] == f"{TRANSCRIBED}.completed"
    assert received[3]["transcript"] == ""


def test_silence_is_completed_without_an_engine(realtime: Realtime, faults: FaultServer) -> None:
    with talking(realtime) as talk:
        assert transcribed(talk)["transcript"] == ""

    assert faults.asked == []


def test_items_are_completed_in_the_order_of_their_commits(
    talk: Talk, faults: FaultServer
) -> None:
    answers = iter([0.3, 0.0])
    faults.respond(TRANSCRIBE, lambda _asked: as_json(TRANSCRIPTION, after_s=next(answers)))
    for _ in range(2):
        talk.append(SECOND)
        talk.send("input_audio_buffer.commit")

    committed = [talk.next("input_audio_buffer.committed")["item_id"] for _ in range(2)]

    assert [talk.next(f"{TRANSCRIBED}.completed")["item_id"] for _ in range(2)] == committed


def test_an_item_that_fails_has_its_own_event_and_the_session_goes_on(
    talk: Talk, faults: FaultServer
) -> None:
    faults.answer(TRANSCRIBE, {"detail": "no"}, status=500)
    talk.append(SECOND)
    talk.send("input_audio_buffer.commit")

    failed = talk.next(f"{TRANSCRIBED}.failed")

    assert failed["error"]["type"] == "server_error"
    assert failed["error"]["code"] == "engine_restarting"
    faults.answer(TRANSCRIBE, TRANSCRIPTION)
    assert transcribed(talk)["transcript"] == TRANSCRIPTION["text"]


def test_an_item_waits_for_a_busy_engine(talk: Talk, faults: FaultServer) -> None:
    calls: list[Asked] = []

    def busy_once(asked: Asked) -> Answer:
        calls.append(asked)
        busy = as_json({}, status=503, headers={"Retry-After": "1"})
        return as_json(TRANSCRIPTION) if len(calls) > 1 else busy

    faults.respond(TRANSCRIBE, busy_once)

    assert transcribed(talk)["transcript"] == TRANSCRIPTION["text"]


def test_each_item_and_each_session_leave_a_line_without_text(
    realtime: Realtime, faults: FaultServer
) -> None:
    faults.answer(TRANSCRIBE, transcription("secret", [(0, 1)], 1.0))
    with talking(realtime) as talk:
        session = talk.update(turn_detection=None)["id"]
        transcribed(talk)

    until(lambda: any(line["session"] == session for line in realtime.lines("session")))
    line = realtime.lines("request")[-1]
    assert (line["route"], line["status"], line["key"]) == ("/v1/realtime", 200, "loopback")
    assert line["bytes_in"] == pytest.approx(32_000, abs=80)
    assert "secret" not in realtime.log.read_text()


def test_a_client_that_leaves_ends_its_call(realtime: Realtime, faults: FaultServer) -> None:
    faults.answer(TRANSCRIBE, TRANSCRIPTION, pieces=(), hangs=True)
    began = time.monotonic()
    with talking(realtime) as talk:
        talk.update(turn_detection=None)
        talk.append(SECOND)
        talk.send("input_audio_buffer.commit")
        until(lambda: len(faults.asked) == 1)

    until(faults.left.is_set)
    assert time.monotonic() - began < 60


def test_two_sessions_of_a_key_share_its_slots_and_lose_nothing(
    keyed_realtime: Realtime, faults: FaultServer
) -> None:
    faults.respond(TRANSCRIBE, lambda _asked: as_json(TRANSCRIPTION, after_s=0.5))
    desk, archive = ({"Authorization": f"Bearer {key}-key"} for key in ("desk", "archive"))

    with (
        talking(keyed_realtime, additional_headers=desk) as first,
        talking(keyed_realtime, additional_headers=desk) as second,
        talking(keyed_realtime, additional_headers=archive) as other,
    ):
        for talk in (first, second, other):
            talk.update(turn_detection=None)
            talk.append(SECOND)
            talk.send("input_audio_buffer.commit")
        texts = [
            talk.next(f"{TRANSCRIBED}.completed")["transcript"] for talk in (first, second, other)
        ]

    assert texts == [TRANSCRIPTION["text"]] * 3
    refused = 'spark_engine_refusals_total{engine="parakeet",reason="key_share"}'
    assert f"{refused} 0.0" not in metrics_of(keyed_realtime)
    assert refused in metrics_of(keyed_realtime)


def metrics_of(realtime: Realtime) -> str:
    """Return what Prometheus reads."""
    headers = {"Authorization": "Bearer prometheus-key"}
    return httpx.get(f"{realtime.http_url}/metrics", headers=headers).text
