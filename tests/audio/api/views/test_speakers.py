"""The native endpoints, over a scripted engine."""

import json
from urllib.parse import unquote

import pytest

from tests.engine_answers import (
    ANA,
    BEN,
    DIARIZE,
    DIARIZE_TURNS,
    MEETING_DIARIZATION,
    MEETING_TRANSCRIPTION,
    TRANSCRIBE,
)
from tests.faults import FaultServer
from tests.gateway_process import Gateway
from tests.recordings import TONE

MERGE = "/api/audio/label-merge"
FOUR = [f"Speaker_{number}" for number in range(4)]
TIMELINE = json.dumps([{"start": 0, "end": 4, "name": "Ana"}])
BLOCKS = [
    {"start_ms": 1000, "end_ms": 2000, "speaker": "Speaker_0", "text": "Good morning."},
    {"start_ms": 6000, "end_ms": 6500, "speaker": "Speaker_1", "text": "Hi!"},
]


@pytest.fixture(autouse=True)
def _script(faults: FaultServer) -> None:
    faults.answer(DIARIZE, MEETING_DIARIZATION)
    faults.answer(DIARIZE_TURNS, MEETING_DIARIZATION | {"fingerprints": None, "models": None})
    faults.answer(TRANSCRIBE, MEETING_TRANSCRIPTION)


def test_a_chunk_is_answered_with_turns_and_embeddings(scripted: Gateway) -> None:
    answer = scripted.post("/api/audio/diarize-chunk", files={"file": TONE})

    assert answer.json() == MEETING_DIARIZATION


def test_an_empty_chunk_is_refused(scripted: Gateway, faults: FaultServer) -> None:
    answer = scripted.post("/api/audio/diarize-chunk", files={"file": b""})

    assert answer.status_code == 400
    assert "Empty file" in answer.json()["error"]["message"]
    assert faults.asked == []


def test_words_and_turns_become_blocks_of_anonymous_speakers(scripted: Gateway) -> None:
    answer = scripted.post("/api/audio/transcribe-with-speakers", files={"file": TONE})

    assert answer.json() == {
        "duration": 10.0,
        "language": "en",
        "speakers_detected": ["Speaker_0", "Speaker_1"],
        "segments": BLOCKS,
        "models": {"transcription": "parakeet", "diarization": "sortformer"},
    }


@pytest.mark.parametrize(
    ("name", "content_type", "text"),
    [
        ("txt", "text/plain", "[0:00:01] Speaker_0: Good morning.\n[0:00:06] Speaker_1: Hi!\n"),
        ("srt", "text/plain", "1\n00:00:01,000 --> 00:00:02,000\nSpeaker_0: Good morning.\n\n2"),
        ("vtt", "text/vtt", "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n<v Speaker_0>Good morning."),
        ("rttm", "text/plain", "SPEAKER recording 1 1.000 1.000 <NA> <NA> Speaker_0 <NA> <NA>\n"),
    ],
)
def test_a_transcript_comes_in_every_text_format(
    scripted: Gateway, name: str, content_type: str, text: str
) -> None:
    answer = scripted.post(
        "/api/audio/transcribe-with-speakers", files={"file": TONE}, data={"format": name}
    )

    assert answer.text.startswith(text)
    assert answer.headers["content-type"].startswith(content_type)


def test_one_failed_engine_call_fails_the_request(scripted: Gateway, faults: FaultServer) -> None:
    faults.answer(DIARIZE_TURNS, {"detail": "CUDA"}, status=500)

    answer = scripted.post("/api/audio/transcribe-with-speakers", files={"file": TONE})

    assert answer.status_code == 503


def test_a_mono_recording_is_named_by_timeline_then_voice_then_number(scripted: Gateway) -> None:
    known = json.dumps({"Ben": BEN})

    answer = scripted.post(
        MERGE, files={"file": TONE}, data={"timeline": TIMELINE, "known_voiceprints": known}
    ).json()

    assert [(s["name"], s["source"]) for s in answer["speakers"]] == [
        ("Ana", "visual"),
        ("Ben", "voiceprint"),
    ]
    assert answer["segments"][0] == {
        "start_s": 0.0,
        "end_s": 4.0,
        "speaker": "Ana",
        "confidence": 0.97,
    }
    assert answer["fingerprints"] == {"Ana": ANA, "Ben": BEN}


def test_a_mono_recording_is_transcribed_on_request(scripted: Gateway) -> None:
    asked = {"timeline": TIMELINE, "transcribe": "true"}

    answer = scripted.post(MERGE, files={"file": TONE}, data=asked).json()

    assert answer["mode"] == "mono"
    assert answer["segments"] == [
        BLOCKS[0] | {"speaker": "Ana"},
        BLOCKS[1] | {"speaker": "Unknown_0"},
    ]


@pytest.mark.parametrize("fields", [("file",), ("mic_file", "system_file")])
def test_four_speakers_in_one_chunk_add_a_warning_to_the_names(
    scripted: Gateway, faults: FaultServer, fields: tuple[str, ...]
) -> None:
    faults.answer(DIARIZE, MEETING_DIARIZATION | {"speakers_detected": FOUR})
    asked = {"timeline": "[]", "self_vad": "[]"}

    answer = scripted.post(MERGE, files=dict.fromkeys(fields, TONE), data=asked).json()

    assert "speaker_limit_reached" in [warning["code"] for warning in answer["warnings"]]


def test_four_speakers_in_one_chunk_add_a_warning_to_the_words(
    scripted: Gateway, faults: FaultServer
) -> None:
    faults.answer(DIARIZE_TURNS, MEETING_DIARIZATION | {"speakers_detected": FOUR, "models": None})

    answer = scripted.post("/api/audio/transcribe-with-speakers", files={"file": TONE}).json()

    assert [warning["code"] for warning in answer["warnings"]] == ["speaker_limit_reached"]


def test_two_tracks_name_the_local_user_and_the_others(scripted: Gateway) -> None:
    vad = json.dumps([{"start": 0, "end": 4}])

    answer = scripted.post(
        MERGE,
        files={"mic_file": TONE, "system_file": TONE},
        data={"timeline": "[]", "self_name": "Sam", "self_vad": vad},
    ).json()

    assert answer["mode"] == "dual_channel"
    assert answer["speakers"][-1]["cluster"] == "mic"
    assert answer["speakers"][-1]["name"] == "Sam"
    assert answer["dropped_words"] == 1


def test_both_tracks_win_over_a_file(scripted: Gateway, faults: FaultServer) -> None:
    tracks = {"file": TONE, "mic_file": TONE, "system_file": TONE}

    answer = scripted.post(MERGE, files=tracks, data={"timeline": "[]"}).json()

    assert answer["mode"] == "dual_channel"
    assert sorted(faults.paths()) == [DIARIZE, DIARIZE, TRANSCRIBE, TRANSCRIBE]


@pytest.mark.parametrize(
    ("sent", "param"),
    [
        ([], "file"),
        (["mic_file"], "system_file"),
        (["system_file"], "mic_file"),
        (["file", "mic_file"], "system_file"),
    ],
)
def test_a_missing_track_is_named(
    scripted: Gateway, faults: FaultServer, sent: list[str], param: str
) -> None:
    files = dict.fromkeys([*sent, "ignored"], TONE)

    answer = scripted.post(MERGE, files=files, data={"timeline": "[]"})

    assert answer.status_code == 400
    assert answer.json()["error"]["param"] == param
    assert faults.asked == []


@pytest.mark.parametrize("path", ["diarize-chunk", "transcribe-with-speakers", "label-merge"])
def test_fields_that_an_endpoint_does_not_have_are_listed(scripted: Gateway, path: str) -> None:
    fields = {"timeline": "[]"} if path == "label-merge" else {"store": "true"}
    sent = {**fields, "ünknown": "1", "hotwords[]": "a"}

    answer = scripted.post(f"/api/audio/{path}", files={"file": TONE, "other": TONE}, data=sent)

    listed = answer.headers["x-ignored-params"].split(", ")
    unknown = {*sent, "other"} - {"timeline"}
    assert answer.status_code == 200
    assert set(map(unquote, listed)) == unknown


@pytest.mark.parametrize("form", ["json", "txt"])
def test_no_field_is_listed_when_all_have_an_effect(scripted: Gateway, form: str) -> None:
    fields = {"timeline": "[]", "transcribe": "true", "format": form}

    answer = scripted.post(MERGE, files={"file": TONE}, data=fields)

    assert answer.status_code == 200
    assert "x-ignored-params" not in answer.headers


TEXT = '[{"start": 0, "end": 1, "name": "Ana"}, %s]'


@pytest.mark.parametrize(
    ("field", "value", "where"),
    [
        ("timeline", "", "timeline"),
        ("timeline", "Ana", "timeline"),
        ("timeline", "{}", "timeline"),
        ("timeline", "[" * 100_000, "timeline"),
        ("timeline", TEXT % "3", "timeline[1]"),
        ("timeline", TEXT % '{"start": 0, "end": 1}', "timeline[1].name"),
        ("timeline", TEXT % '{"start": "0", "end": 1, "name": "B"}', "timeline[1].start"),
        ("timeline", TEXT % '{"start": 0, "end": NaN, "name": "B"}', "timeline[1].end"),
        ("timeline", TEXT % '{"start": 0, "end": 1e999, "name": "B"}', "timeline[1].end"),
        ("timeline", TEXT % '{"start": true, "end": 1, "name": "B"}', "timeline[1].start"),
        ("timeline", TEXT % '{"start": 2, "end": 1, "name": "B"}', "timeline[1]"),
        (
            "timeline",
            TEXT % '{"start": 0, "end": 1, "name": "B", "confidence": 2}',
            "timeline[1].confidence",
        ),
        ("self_vad", '[{"start": 1}]', "self_vad[0].end"),
        ("self_vad", "no", "self_vad"),
        ("known_voiceprints", "[]", "known_voiceprints"),
        ("known_voiceprints", '{"Ana": []}', "Ana"),
        ("known_voiceprints", '{"Ana": [0, 0]}', "Ana"),
        ("known_voiceprints", '{"Ana": [1, "x"]}', "Ana"),
        ("known_voiceprints", '{"Ana": [1, 2], "Ben": [1]}', "Ben"),
        ("known_voiceprints", '{" ": [1]}', "blank"),
        ("known_voiceprints", '{"Jos\u00e9": [1], "Jose\u0301": [2]}', "a name twice"),
        ("rule", "guess", "rule"),
        ("min_overlap", "1.5", "min_overlap"),
        ("min_overlap", "nan", "min_overlap"),
        ("voiceprint_threshold", "7", "voiceprint_threshold"),
        ("transcribe", "perhaps", "transcribe"),
        ("format", "docx", "format"),
        ("store", "true", "store"),
    ],
)
def test_the_error_of_a_malformed_field_names_the_entry(
    scripted: Gateway, faults: FaultServer, field: str, value: str, where: str
) -> None:
    answer = scripted.post(MERGE, files={"file": TONE}, data={"timeline": "[]", field: value})

    assert answer.status_code == 400
    assert answer.json()["error"]["param"] == field
    assert where in answer.json()["error"]["message"]
    assert faults.asked == []


def test_a_missing_timeline_is_named(scripted: Gateway) -> None:
    answer = scripted.post(MERGE, files={"file": TONE})

    assert answer.status_code == 400
    assert answer.json()["error"]["param"] == "timeline"


@pytest.mark.parametrize("field", ["mic_file", "system_file"])
def test_an_undecodable_track_is_named_before_any_engine_call(
    scripted: Gateway, faults: FaultServer, field: str
) -> None:
    tracks = {"mic_file": TONE, "system_file": TONE} | {field: b"Dear Sir or Madam, " * 50}

    answer = scripted.post(MERGE, files=tracks, data={"timeline": "[]"})

    assert answer.status_code == 400
    assert answer.json()["error"]["param"] == field
    assert faults.asked == []


def test_with_self_vad_a_text_file_is_refused_by_the_engine(
    scripted: Gateway, faults: FaultServer
) -> None:
    tracks = {"mic_file": b"Dear Sir", "system_file": TONE}

    scripted.post(MERGE, files=tracks, data={"timeline": "[]", "self_vad": "[]"})

    assert len(faults.asked) == 4


FOLLOWING = json.dumps(
    [{"start": 0.5, "end": 4.5, "name": "Ana"}, {"start": 5.5, "end": 9.5, "name": "Ben"}]
)


def test_by_evidence_every_speaker_has_the_evidence_for_its_name(scripted: Gateway) -> None:
    asked = {"timeline": FOLLOWING, "rule": "evidence"}

    answer = scripted.post(MERGE, files={"file": TONE}, data=asked).json()

    assert [s["name"] for s in answer["speakers"]] == ["Ana", "Ben"]
    assert answer["speakers"][0]["evidence"] == {
        "winner": {"name": "Ana", "exclusive_s": 4.0, "speaker_share": 1.0, "name_share": 1.0},
        "disagreement": False,
    }
    assert answer["timeline_offset_s"] == 0.5


def test_by_evidence_an_unnamed_speaker_has_the_reason(scripted: Gateway) -> None:
    asked = {"timeline": "[]", "rule": "evidence"}

    answer = scripted.post(MERGE, files={"file": TONE}, data=asked).json()

    assert [s["name"] for s in answer["speakers"]] == ["Unknown_0", "Unknown_1"]
    assert answer["speakers"][0]["evidence"] == {"reason": "no_evidence", "disagreement": False}
    assert "timeline_offset_s" not in answer


def test_by_overlap_no_evidence_is_reported(scripted: Gateway) -> None:
    asked = {"timeline": FOLLOWING, "rule": "overlap"}

    answer = scripted.post(MERGE, files={"file": TONE}, data=asked).json()

    assert "evidence" not in answer["speakers"][0]
    assert "timeline_offset_s" not in answer


def test_by_evidence_a_random_timeline_adds_a_warning(
    scripted: Gateway, faults: FaultServer
) -> None:
    spoken = [{"start_s": 3 * n, "end_s": 3 * n + 3, "speaker": f"S{n % 2}"} for n in range(12)]
    faults.answer(
        DIARIZE, MEETING_DIARIZATION | {"segments": spoken, "speakers_detected": ["S0", "S1"]}
    )
    shown = [{"start": 3 * n, "end": 3 * n + 3, "name": f"N{n // 2 % 2}"} for n in range(12)]
    asked = {"timeline": json.dumps(shown), "rule": "evidence"}

    answer = scripted.post(MERGE, files={"file": TONE}, data=asked).json()

    assert [warning["code"] for warning in answer["warnings"]] == ["timeline_unusable"]


def test_by_evidence_two_tracks_recognise_the_local_user_by_voice(scripted: Gateway) -> None:
    asked = {"timeline": FOLLOWING, "rule": "evidence", "self_name": "Sam"}
    vad = json.dumps([{"start": 0, "end": 4}])

    answer = scripted.post(
        MERGE, files={"mic_file": TONE, "system_file": TONE}, data=asked | {"self_vad": vad}
    ).json()

    assert [(s["name"], s["source"]) for s in answer["speakers"]] == [
        ("Sam", "voiceprint"),
        ("Ben", "visual"),
        ("Sam", "mic_channel"),
    ]
    assert answer["timeline_offset_s"] == 0.5


def test_an_answer_has_the_wanted_text_formats_too(scripted: Gateway) -> None:
    fields = {"timeline": TIMELINE, "transcribe": "true"}
    answer = scripted.post(
        MERGE, files={"file": TONE}, data=fields | {"formats[]": ["srt", "rttm"]}
    )
    alone = scripted.post(MERGE, files={"file": TONE}, data=fields | {"format": "srt"})

    assert list(answer.json()["formats"]) == ["srt", "rttm"]
    assert answer.json()["formats"]["srt"] == alone.text


def test_several_formats_of_an_answer_in_text_are_refused(scripted: Gateway) -> None:
    fields = {"timeline": TIMELINE, "format": "txt", "formats[]": "srt"}
    answer = scripted.post(MERGE, files={"file": TONE}, data=fields)

    assert answer.json()["error"]["message"] == (
        "formats: expected only with format=json, got format=txt."
    )
