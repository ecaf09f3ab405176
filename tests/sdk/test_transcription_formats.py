"""The answers of each version of the official client, by format of the transcription."""

import pytest

from tests.engine_answers import TEXT
from tests.gateway_process import Gateway
from tests.recordings import TONE
from tests.sdk.client_process import File, Sdk

SEGMENT_KEYS = {
    "id",
    "seek",
    "start",
    "end",
    "text",
    "tokens",
    "temperature",
    "avg_logprob",
    "compression_ratio",
    "no_speech_prob",
}


def test_srt_is_a_string_of_numbered_cues_with_commas(sdk: Sdk, hearing: Gateway) -> None:
    subtitles = sdk.transcribe(hearing, TONE, response_format="srt")

    assert subtitles.startswith("1\n00:00:00,000 --> 00:00:01,500\nTurn on the light.\n\n2\n")
    assert subtitles.endswith("blinds.\n\n")


def test_vtt_is_a_string_with_its_header_and_dots(sdk: Sdk, hearing: Gateway) -> None:
    subtitles = sdk.transcribe(hearing, TONE, response_format="vtt")

    assert subtitles.startswith("WEBVTT\n\n00:00:00.000 --> 00:00:01.500\nTurn on the light.\n\n")


def test_text_is_the_transcript_and_a_newline(sdk: Sdk, hearing: Gateway) -> None:
    assert sdk.transcribe(hearing, TONE, response_format="text") == f"{TEXT}\n"


def test_without_a_format_a_strict_client_reads_the_text(sdk: Sdk, hearing: Gateway) -> None:
    assert sdk.transcribe(hearing, TONE)["text"] == TEXT


def test_verbose_json_has_a_language_and_a_duration(sdk: Sdk, hearing: Gateway) -> None:
    said = sdk.transcribe(hearing, TONE, response_format="verbose_json")

    assert said["language"] == "english"
    assert said["duration"] == 4.0
    assert said["text"] == TEXT


def test_verbose_json_is_the_python_clients_own_type(python_sdk: Sdk, hearing: Gateway) -> None:
    fields = {"model": "whisper-1", "response_format": "verbose_json"}

    assert python_sdk.ask("transcribe", hearing, File(TONE), fields).kind == "TranscriptionVerbose"


def test_verbose_json_without_granularities_has_segments_and_no_words(
    sdk: Sdk, hearing: Gateway
) -> None:
    said = sdk.transcribe(hearing, TONE, response_format="verbose_json")

    assert [s["text"] for s in said["segments"]] == [
        "Turn on the light.",
        "Then close the blinds.",
    ]
    assert said.get("words") is None


def test_words_have_their_times_in_order_and_inside_the_recording(
    sdk: Sdk, hearing: Gateway
) -> None:
    words = sdk.transcribe(
        hearing, TONE, response_format="verbose_json", timestamp_granularities=["word"]
    )["words"]

    assert [word["word"] for word in words] == TEXT.split()
    assert [word["start"] for word in words] == sorted(word["start"] for word in words)
    assert max(word["end"] for word in words) <= 4.1


def test_both_granularities_give_words_and_segments(sdk: Sdk, hearing: Gateway) -> None:
    said = sdk.transcribe(
        hearing, TONE, response_format="verbose_json", timestamp_granularities=["word", "segment"]
    )

    assert len(said["words"]) == 8
    assert len(said["segments"]) == 2


def test_every_segment_has_all_ten_keys(sdk: Sdk, hearing: Gateway) -> None:
    said = sdk.transcribe(hearing, TONE, response_format="verbose_json")

    assert [set(segment) for segment in said["segments"]] == [SEGMENT_KEYS, SEGMENT_KEYS]


def test_verbose_json_is_billed_by_duration(sdk: Sdk, hearing: Gateway) -> None:
    said = sdk.transcribe(hearing, TONE, response_format="verbose_json")

    assert said["usage"] == {"type": "duration", "seconds": 4}


@pytest.mark.parametrize("name", ["timestamp_granularities", "timestamp_granularities[]"])
def test_granularities_work_with_and_without_brackets(hearing: Gateway, name: str) -> None:
    asked = {"model": "whisper-1", "response_format": "verbose_json", name: "word"}

    answer = hearing.post("/v1/audio/transcriptions", files={"file": TONE}, data=asked)

    assert len(answer.json()["words"]) == 8


def test_text_is_sent_as_plain_text_whatever_the_client_accepts(hearing: Gateway) -> None:
    answer = hearing.post(
        "/v1/audio/transcriptions",
        files={"file": TONE},
        data={"response_format": "text"},
        headers={"accept": "application/json"},
    )

    assert answer.headers["content-type"].startswith("text/plain")
