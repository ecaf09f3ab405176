"""Conversations over Wyoming with the package's own client, over a scripted engine."""

import asyncio
import io
import wave
from typing import Any

import numpy as np
import pytest
from wyoming.asr import Transcribe, Transcript, TranscriptChunk
from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.client import AsyncClient
from wyoming.event import Event, Eventable
from wyoming.info import Describe, Info, SelectProgram
from wyoming.ping import Ping, Pong
from wyoming.tts import (
    Synthesize,
    SynthesizeChunk,
    SynthesizeStart,
    SynthesizeStop,
    SynthesizeVoice,
)

from audio.media.speech.speech_encoding import encode
from tests.audio.wyoming.conftest import SAMPLES, SPOKEN
from tests.engine_answers import SPEAK, TEXT, TRANSCRIBE
from tests.faults import FaultServer
from tests.faults.answers import Answer, Asked
from tests.server_command import ServerCommand
from tests.wyoming_process import WyomingClient, connected

SECOND = np.arange(16_000, dtype="<i2").tobytes()


def command(
    *, rate: int = 16_000, width: int = 2, channels: int = 1, audio: bytes = SECOND
) -> list[Eventable]:
    """A voice command, in chunks of a tenth of a second."""
    form = {"rate": rate, "width": width, "channels": channels}
    size = 3_200
    parts = [audio[start : start + size] for start in range(0, len(audio), size)]
    chunks = [AudioChunk(audio=part, **form) for part in parts]
    return [AudioStart(**form), *chunks, AudioStop()]


def audio_of(events: list[Event]) -> bytes:
    return b"".join(event.payload or b"" for event in events if event.type == "audio-chunk")


def sent_form(asked: Asked) -> tuple[int, int, int, int]:
    """Return the channels, the width, the rate and the length of what the engine was sent."""
    file = asked.form["file"]
    assert isinstance(file, bytes)
    with wave.open(io.BytesIO(file)) as sent:
        return sent.getnchannels(), sent.getsampwidth(), sent.getframerate(), sent.getnframes()


def test_the_server_describes_its_engines(client: WyomingClient) -> None:
    client.send(Describe())

    info = Info.from_event(client.until("info")[-1])
    [asr], [tts] = info.asr, info.tts
    assert asr.supports_transcript_streaming
    assert {"de", "en", "uk"} <= set(asr.models[0].languages)
    assert tts.supports_synthesize_streaming
    voices = {voice.name: voice.languages for voice in tts.voices}
    assert (voices["jf_alpha"], voices["own"], voices["alloy"]) == (["ja"], ["en-US"], ["en-US"])


def test_a_ping_is_answered_and_events_of_other_programs_are_ignored(
    client: WyomingClient,
) -> None:
    client.send_bytes(b'{"type": "detect", "data": {"names": ["hey"]}}\n')
    client.send(SelectProgram("spark-control"), Ping("there?"))

    pong = client.receive()
    assert pong is not None
    assert Pong.from_event(pong).text == "there?"


def test_a_command_is_transcribed_in_sentences_and_as_a_whole(client: WyomingClient) -> None:
    client.send(Transcribe(language="en-US"), *command())

    events = client.until("transcript-stop")
    kinds = [event.type for event in events]
    assert kinds == [
        "transcript-start",
        *["transcript-chunk"] * 2,
        "transcript",
        "transcript-stop",
    ]
    parts = [TranscriptChunk.from_event(event).text for event in events[1:3]]
    whole = Transcript.from_event(events[3])
    assert "".join(parts) == whole.text == TEXT
    assert whole.language == "en"


def test_the_engine_gets_the_samples_the_language_and_the_expected_words(
    client: WyomingClient, faults: FaultServer
) -> None:
    asked = Transcribe(name="whisper-1", language="de-DE", transcript_names=["Ana"])

    client.send(asked, *command())
    client.until("transcript-stop")

    sent = faults.asked[0].form
    assert (sent["language"], sent["model"]) == ("de", "whisper-1")
    assert sent_form(faults.asked[0]) == (1, 2, 16_000, 16_000)


@pytest.mark.parametrize(("rate", "channels"), [(16_000, 2), (48_000, 1), (8_000, 1)])
def test_audio_of_any_rate_becomes_16_khz_mono(
    client: WyomingClient, faults: FaultServer, rate: int, channels: int
) -> None:
    samples = bytes(2 * rate * channels)

    client.send(*command(rate=rate, channels=channels, audio=samples))
    client.until("transcript-stop")

    channels, _, sent_rate, frames = sent_form(faults.asked[0])
    assert (channels, sent_rate) == (1, 16_000)
    assert frames == pytest.approx(16_000, abs=2)


def test_a_command_without_samples_says_nothing(
    client: WyomingClient, faults: FaultServer
) -> None:
    client.send(*command(audio=b""))

    kinds = [event.type for event in client.until("transcript-stop")]
    assert kinds == ["transcript-start", "transcript", "transcript-stop"]
    assert faults.asked == []


def test_a_connection_may_have_several_commands(client: WyomingClient) -> None:
    client.send(*command(), *command())

    texts = [
        Transcript.from_event(event).text
        for _ in range(2)
        for event in client.until("transcript-stop")
        if Transcript.is_type(event.type)
    ]

    assert texts == [TEXT, TEXT]


def test_an_answer_is_spoken_at_the_engines_rate(
    client: WyomingClient, faults: FaultServer
) -> None:
    client.send(Synthesize("The light is on.", voice=SynthesizeVoice(name="alloy")))

    events = client.until("audio-stop")
    start = AudioStart.from_event(events[0])
    assert (start.rate, start.width, start.channels) == (24_000, 2, 1)
    assert audio_of(events) == SAMPLES.tobytes()
    sent = faults.asked[0].json
    assert (sent["input"], sent["voice"], sent["response_format"]) == (
        "The light is on.",
        "am_adam",
        "wav",
    )


@pytest.mark.parametrize(
    ("language", "voice"), [("en-GB", "bm_george"), ("en_US", "am_michael"), ("xx", "bm_george")]
)
def test_a_language_chooses_a_voice(
    client: WyomingClient, faults: FaultServer, language: str, voice: str
) -> None:
    client.send(Synthesize("Hello there.", voice=SynthesizeVoice(language=language)))
    client.until("audio-stop")

    spoken = next(asked for asked in faults.asked if asked.path == SPEAK)
    assert spoken.json["voice"] == voice


def test_speech_begins_before_the_text_is_complete(
    client: WyomingClient, faults: FaultServer
) -> None:
    client.send(SynthesizeStart(), SynthesizeChunk("The light "), SynthesizeChunk("is on. And "))
    begin = client.until("audio-chunk")
    client.send(SynthesizeChunk("the door is shut."), SynthesizeStop())

    events = [*begin, *client.until("synthesize-stopped")]
    assert [asked.json["input"] for asked in faults.asked] == [
        "The light is on.",
        "And the door is shut.",
    ]
    assert [event.type for event in events].count("audio-start") == 1
    assert events[-2].type == "audio-stop"
    assert audio_of(events) == 2 * SAMPLES.tobytes()


def test_the_whole_text_of_a_streamed_answer_is_not_spoken_again(
    client: WyomingClient, faults: FaultServer
) -> None:
    text = "The light is on."

    client.send(SynthesizeStart(), SynthesizeChunk(text), Synthesize(text), SynthesizeStop())

    assert audio_of(client.until("synthesize-stopped")) == SAMPLES.tobytes()
    assert len(faults.asked) == 1


def test_pieces_at_another_rate_are_resampled_to_the_first(
    client: WyomingClient, faults: FaultServer
) -> None:
    halved = b"".join(encode([SAMPLES[::2]], 12_000, 12_000, "wav"))
    answers = iter([SPOKEN, halved])
    faults.respond(SPEAK, lambda _: Answer(pieces=(next(answers),), content_type="audio/wav"))

    client.send(Synthesize("The light is on. The door is shut."))

    samples = audio_of(client.until("audio-stop"))
    assert len(samples) / 2 == pytest.approx(48_000, abs=4)


def test_text_without_words_ends_without_samples(
    client: WyomingClient, faults: FaultServer
) -> None:
    client.send(Synthesize("…"))

    assert [event.type for event in client.until("audio-stop")] == ["audio-start", "audio-stop"]
    assert faults.asked == []


def test_the_packages_own_client_gets_both(wyoming: ServerCommand) -> None:
    async def both() -> tuple[str, int]:
        async with AsyncClient.from_uri(wyoming.url) as client:
            for event in command():
                await client.write_event(event.event())
            text = Transcript.from_event(await _next(client, "transcript")).text
        async with AsyncClient.from_uri(wyoming.url) as client:
            await client.write_event(Synthesize("The light is on.").event())
            size = 0
            while (event := await client.read_event()) and event.type != "audio-stop":
                size += len(event.payload or b"")
            return text, size

    assert asyncio.run(both()) == (TEXT, SAMPLES.nbytes)


async def _next(client: AsyncClient, kind: str) -> Event:
    while (event := await client.read_event()) is not None:
        if event.type == kind:
            return event
    raise AssertionError(f"no {kind}")


def test_requests_are_logged_without_their_text(
    client: WyomingClient, wyoming: ServerCommand
) -> None:
    client.send(*command(), Synthesize("A secret sentence."))
    client.until("audio-stop")

    routes: list[Any] = [(one["method"], one["route"]) for one in wyoming.lines("request")]
    assert {("WYOMING", "transcribe"), ("WYOMING", "synthesize")} <= set(routes)
    assert "secret" not in wyoming.log.read_text()


@pytest.mark.parametrize(
    ("events", "says", "code"),
    [
        (
            command(width=4),
            "audio-start.width: expected the number 2, got 4.",
            "invalid_value",
        ),
        (
            command(rate=1),
            "audio-start.rate: expected a number from 4000 to 192000, got 1.",
            "invalid_value",
        ),
        (
            command(channels=0),
            "audio-start.channels: expected a number from 1 to 8, got 0.",
            "invalid_value",
        ),
        (
            [AudioStart(16_000, 2, 1), AudioChunk(8_000, 2, 1, b"1234")],
            "of the first event, 16000 Hz and 1, got 8000 Hz and 1.",
            "invalid_value",
        ),
        ([AudioStop()], "audio-stop: expected audio before it.", "bad_event"),
        ([Transcribe(name="tts-1"), *command()], "turns text into speech", "model_not_found"),
        (
            [Transcribe(transcript_terms=["x" * 10_000]), *command()],
            "transcribe.transcript_terms: expected at most 200 characters in item 0, got 10000.",
            "string_above_max_length",
        ),
        ([SynthesizeChunk("Hi")], "expected synthesize-start before it", "bad_event"),
        ([SynthesizeStop()], "expected synthesize-start before it", "bad_event"),
        ([SynthesizeStart(), SynthesizeStart()], "expected synthesize-stop before", "bad_event"),
        ([Synthesize("x" * 65_537)], "text: expected at most 65536", "string_above_max_length"),
        (
            [Synthesize("Hi there, you.", voice=SynthesizeVoice(name="a b;"))],
            "expected a voice, or a mix",
            "invalid_value",
        ),
    ],
)
def test_what_cannot_be_served_is_refused_with_its_reason(
    client: WyomingClient, events: list[Eventable], says: str, code: str
) -> None:
    client.send(*events)

    error = client.error()
    assert says in error.data["text"]
    assert error.data["code"] == code


UNKNOWN_VOICE = "voice.name: expected a voice that `describe` lists, or a mix of them, got"


def test_a_voice_that_is_not_listed_is_refused_with_where_they_are(client: WyomingClient) -> None:
    client.send(Describe())
    client.until("info")
    client.send(Synthesize("Hi there, you.", voice=SynthesizeVoice(name="nobody")))

    error = client.error()
    assert error.data == {"text": f'{UNKNOWN_VOICE} "nobody".', "code": "invalid_value"}


def test_a_voice_that_the_engine_refuses_is_reported_in_the_same_words(
    client: WyomingClient, faults: FaultServer
) -> None:
    faults.answer(SPEAK, {"detail": "Voice 'own' not found. Available voices: a"}, status=400)

    client.send(Synthesize("Hi there, you.", voice=SynthesizeVoice(name="own")))

    assert client.error().data["text"] == f'{UNKNOWN_VOICE} "own".'


@pytest.mark.parametrize("kind", ["synthesize", "audio-start", "audio-chunk"])
def test_an_event_without_its_fields_is_refused(client: WyomingClient, kind: str) -> None:
    client.send_bytes(b'{"type": "%s"}\n' % kind.encode())

    error = client.error()
    assert error.data["text"].startswith(f"{kind}.")
    assert error.data["code"] == "missing_required_parameter"


def test_a_command_too_short_for_a_word_says_nothing(
    client: WyomingClient, faults: FaultServer
) -> None:
    client.send(*command(audio=bytes(3_198)), Ping("there?"))

    transcript = client.until("transcript")[-1]
    assert Transcript.from_event(transcript).text == ""
    assert client.until("pong")
    assert faults.asked == []


def test_a_flood_of_marks_keeps_no_other_client_waiting(wyoming: ServerCommand) -> None:
    with connected(wyoming) as hostile, connected(wyoming) as other:
        hostile.send(Synthesize("." * 65_536))
        other.send(Ping("there?"))

        assert other.receive() is not None
        assert hostile.until("audio-stop")


def test_an_engine_that_fails_is_reported_while_text_still_arrives(
    client: WyomingClient, faults: FaultServer
) -> None:
    faults.answer(SPEAK, {"detail": "CUDA error"}, status=500)

    client.send(SynthesizeStart(), SynthesizeChunk("The light is on. And "))

    assert client.error().data["code"] == "engine_restarting"


def test_an_engine_that_does_not_hear_is_reported(
    client: WyomingClient, faults: FaultServer
) -> None:
    faults.answer(TRANSCRIBE, {"detail": "CUDA error"}, status=500)

    client.send(*command())

    assert client.error().data["code"] == "engine_restarting"


def test_a_client_that_ends_its_side_is_still_answered(wyoming: ServerCommand) -> None:
    with connected(wyoming) as client:
        client.send(*command())
        client.connection.shutdown(1)

        assert client.until("transcript-stop")
        assert client.receive() is None
