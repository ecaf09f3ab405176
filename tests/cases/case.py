"""One input that once came out wrong: what the engine answers, what is asked, what is right.

`inputs/*.json` have one case each: the length of the uploaded tone, the engine's turns and
transcription, and requests with the answer that is right; a list of answers means any of them.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx
import srt
import webvtt
from numpy import eye

from tests.engine_answers import DIARIZE, DIARIZE_TURNS, TRANSCRIBE, diarization
from tests.faults import FaultServer
from tests.gateway_process import Gateway
from tests.recordings import square_wave, wav

INPUTS = Path(__file__).parent / "inputs"
Json = dict[str, Any]
# Three minutes stay under the uploads that the scripted gateway accepts.
SAMPLE_RATE = 4_000
# Notices that are beside what a case is about.
OTHER_NOTICES = frozenset({"most_words_dropped", "text_without_words"})


def read_case(name: str) -> Json:
    case: Json = json.loads((INPUTS / f"{name}.json").read_text())
    return case


def script_engine(faults: FaultServer, engine: Json) -> None:
    """Script an engine that hears what the case says, whatever it is sent."""
    labels = list(dict.fromkeys(speaker for _, _, speaker in engine["turns"]))
    vectors = eye(192)[: len(labels)].tolist()
    length = engine["transcription"]["duration"]
    answer = diarization([(0, 0)] * len(labels), vectors, length)
    answer["segments"] = [
        {"start_s": start, "end_s": end, "speaker": speaker}
        for start, end, speaker in engine["turns"]
    ]
    faults.answer(DIARIZE, answer)
    faults.answer(DIARIZE_TURNS, answer | {"fingerprints": None})
    faults.answer(TRANSCRIBE, engine["transcription"])
    if "refuses" in engine:
        faults.answer(TRANSCRIBE, engine["refuses"], status=400)


def ask(gateway: Gateway, request: Json, tone_s: float, **options: Any) -> httpx.Response:
    form = {
        field: value if isinstance(value, str) else json.dumps(value)
        for field, value in request["form"].items()
    }
    tone = wav(square_wave(6_000, tone_s, SAMPLE_RATE), SAMPLE_RATE)
    return gateway.post(request["path"], files={"file": ("tone.wav", tone)}, data=form, **options)


def differences(answer: httpx.Response, expected: Json | Sequence[Json]) -> list[str]:
    """Return what is wrong in an answer: nothing where one of the expected answers is given."""
    choices = [expected] if isinstance(expected, dict) else expected
    found = [_wrong(answer, one) for one in choices]
    return [] if [] in found else [line for lines in found for line in lines]


def _wrong(answer: httpx.Response, expected: Json) -> list[str]:
    statuses = expected.get("status", 200)
    if answer.status_code not in (statuses if isinstance(statuses, list) else [statuses]):
        return [f"status {answer.status_code}: {answer.text[:300]}"]
    checked = {key: CHECKS[key](answer, value) for key, value in expected.items() if key in CHECKS}
    return [f"{key}: {answer.text[:600]}" for key, is_right in checked.items() if not is_right]


def _blocks(answer: httpx.Response, blocks: Sequence[Sequence[Any]]) -> bool:
    got = answer.json()["segments"]
    return len(got) == len(blocks) and all(
        (one["speaker"], one["text"]) == (speaker, text)
        and abs(one["start_ms"] - start) <= 80
        and abs(one["end_ms"] - end) <= 80
        for one, (start, end, speaker, text) in zip(got, blocks, strict=True)
    )


def _said_by(answer: httpx.Response, said: Mapping[str, str]) -> bool:
    segments = answer.json()["segments"]
    return said == {
        speaker: " ".join(one["text"] for one in segments if one["speaker"] == speaker)
        for speaker in {one["speaker"] for one in segments}
    }


def _named(answer: httpx.Response) -> dict[str, str]:
    return {one["cluster"]: one["name"] for one in answer.json()["speakers"]}


def _shares(answer: httpx.Response, shares: Mapping[str, float]) -> bool:
    got = {one["cluster"]: one.get("overlap_confidence", -1) for one in answer.json()["speakers"]}
    return all(abs(got[cluster] - share) < 0.001 for cluster, share in shares.items())


def _warned(answer: httpx.Response, _: object) -> bool:
    codes = {one["code"] for one in answer.json().get("warnings", [])}
    return bool(codes - OTHER_NOTICES)


def _cue_limits(answer: httpx.Response, limits: Json) -> bool:
    shown = _shown(answer.text)
    gap = "" if limits["no_spaces"] else " "
    return (
        len(shown) >= limits["least"]
        and all(seconds <= limits["longest_s"] for seconds, _ in shown)
        and all(len(text) <= limits["longest_characters"] for _, text in shown)
        and gap.join(text for _, text in shown) == limits["says"]
    )


def _shown(subtitles: str) -> list[tuple[float, str]]:
    """Return the length in seconds and the text without the name of each cue."""
    if subtitles.startswith("WEBVTT"):
        cues = webvtt.from_string(subtitles).captions
        return [(one.end_in_seconds - one.start_in_seconds, one.text) for one in cues]
    return [
        ((one.end - one.start).total_seconds(), one.content.rpartition(": ")[2])
        for one in srt.parse(subtitles)
    ]


CHECKS: Mapping[str, Any] = {
    "blocks": _blocks,
    "said_by": _said_by,
    "speakers": lambda answer, names: _named(answer) == names,
    "never_named": lambda answer, names: not {*_named(answer).values()} & {*names},
    "shares": _shares,
    "fingerprints": lambda answer, names: sorted(answer.json()["fingerprints"]) == sorted(names),
    "warned": _warned,
    "word_count": lambda answer, count: len(answer.json()["words"]) == count,
    "text": lambda answer, text: answer.json()["text"] == text,
    "cue_limits": _cue_limits,
    "param": lambda answer, param: answer.json()["error"]["param"] == param,
}
