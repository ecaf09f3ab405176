"""A talk of two people in scripts without spaces, in every format, over a scripted engine."""

import json
from dataclasses import dataclass
from typing import Any

import pytest
import srt
import webvtt

from tests.cases.case import SAMPLE_RATE, script_engine
from tests.faults import FaultServer
from tests.gateway_process import Gateway
from tests.recordings import square_wave, wav

TIMELINE = json.dumps(
    [{"start": 0, "end": 6, "name": "Ana"}, {"start": 6, "end": 12, "name": "Ben"}]
)


@dataclass(frozen=True)
class Talk:
    """The pieces of the engine, of the one speaker and of the other, and the text of both."""

    first: tuple[str, ...]
    second: tuple[str, ...]
    text: str

    @property
    def said(self) -> tuple[str, str]:
        return "".join(self.first), "".join(self.second)

    def engine(self) -> dict[str, Any]:
        words = [
            {"start": begin + at / 4, "end": begin + (at + 1) / 4, "word": piece}
            for begin, pieces in ((1.0, self.first), (7.0, self.second))
            for at, piece in enumerate(pieces)
        ]
        transcription = {"text": self.text, "duration": 12.0, "words": words}
        return {
            "turns": [[0, 6, "Speaker_0"], [6, 12, "Speaker_1"]],
            "transcription": transcription,
        }


TALKS = {
    "Chinese": Talk(tuple("大家早上好。"), tuple("你好，王伟！"), "大家早上好。你好，王伟！"),  # noqa: RUF001
    "Japanese": Talk(
        ("おはよう", "ござい", "ます", "。"),
        ("はい", "、", "どうも"),
        "おはようございます。はい、どうも",
    ),
    "Thai": Talk(("สวัสดี", "ครับ"), ("ขอบ", "คุณ", "ค่ะ"), "สวัสดีครับขอบคุณค่ะ"),
}


@pytest.fixture(params=list(TALKS.values()), ids=list(TALKS))
def talk(request: pytest.FixtureRequest, faults: FaultServer) -> Talk:
    chosen: Talk = request.param
    script_engine(faults, chosen.engine())
    return chosen


def post(gateway: Gateway, path: str, **form: str) -> Any:
    tone = wav(square_wave(6_000, 12.0, SAMPLE_RATE), SAMPLE_RATE)
    answer = gateway.post(path, files={"file": ("tone.wav", tone)}, data=form)
    assert answer.status_code == 200, answer.text
    return answer


def merged(gateway: Gateway, form: str) -> Any:
    return post(
        gateway, "/api/audio/label-merge", timeline=TIMELINE, transcribe="true", format=form
    )


def transcribed(gateway: Gateway, form: str, **fields: str) -> Any:
    return post(gateway, "/v1/audio/transcriptions", response_format=form, **fields)


def test_named_blocks(scripted: Gateway, talk: Talk) -> None:
    segments = merged(scripted, "json").json()["segments"]

    assert [(one["speaker"], one["text"]) for one in segments] == [
        ("Ana", talk.said[0]),
        ("Ben", talk.said[1]),
    ]


def test_named_lines(scripted: Gateway, talk: Talk) -> None:
    ana, ben = talk.said

    assert merged(scripted, "txt").text == f"[0:00:01] Ana: {ana}\n[0:00:07] Ben: {ben}\n"


def test_named_subtitles(scripted: Gateway, talk: Talk) -> None:
    ana, ben = talk.said

    cues = list(srt.parse(merged(scripted, "srt").text))
    captions = webvtt.from_string(merged(scripted, "vtt").text).captions

    assert [cue.content for cue in cues] == [f"Ana: {ana}", f"Ben: {ben}"]
    assert [(one.voice, one.text) for one in captions] == [("Ana", ana), ("Ben", ben)]


def test_named_turns_of_rttm(scripted: Gateway, talk: Talk) -> None:
    lines = merged(scripted, "rttm").text.splitlines()

    assert [(line.split()[3], line.split()[7]) for line in lines] == [
        ("1.000", "Ana"),
        ("7.000", "Ben"),
    ]


def test_blocks_of_anonymous_speakers(scripted: Gateway, talk: Talk) -> None:
    answer = post(scripted, "/api/audio/transcribe-with-speakers")

    assert [one["text"] for one in answer.json()["segments"]] == list(talk.said)


def test_the_text_and_its_segments(scripted: Gateway, talk: Talk) -> None:
    answer = transcribed(scripted, "verbose_json").json()

    assert answer["text"] == talk.text
    assert [one["text"] for one in answer["segments"]] == list(talk.said)


def test_segments_of_speakers(scripted: Gateway, talk: Talk) -> None:
    answer = transcribed(scripted, "diarized_json").json()

    assert [(one["speaker"], one["text"]) for one in answer["segments"]] == [
        ("A", talk.said[0]),
        ("B", talk.said[1]),
    ]


@pytest.mark.parametrize("form", ["json", "diarized_json"])
def test_the_deltas_of_a_stream_are_the_text(scripted: Gateway, talk: Talk, form: str) -> None:
    lines = transcribed(scripted, form, stream="true").text.splitlines()
    events = [json.loads(line[6:]) for line in lines if line.startswith("data: {")]

    deltas = [one["delta"] for one in events if one["type"] == "transcript.text.delta"]

    assert "".join(deltas) == talk.text
    assert events[-1]["text"] == talk.text


def test_the_sentences_of_chinese_are_streamed_one_by_one(
    scripted: Gateway, faults: FaultServer
) -> None:
    script_engine(faults, TALKS["Chinese"].engine())

    text = transcribed(scripted, "json", stream="true").text

    assert text.count("transcript.text.delta") == 2
