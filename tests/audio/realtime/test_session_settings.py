"""The settings of a session, in both shapes."""

from typing import Any

import pytest

from audio.api.event_fields import Fields, InvalidEvent
from audio.realtime.session_settings import SessionSettings, single_language


def updated(session: dict[str, Any], before: SessionSettings | None = None) -> SessionSettings:
    return (before or SessionSettings()).updated(Fields(session, "session"))


def with_input(**inputs: object) -> SessionSettings:
    return updated({"type": "transcription", "audio": {"input": inputs}})


def test_absent_fields_keep_their_values() -> None:
    before = with_input(
        transcription={"model": "whisper-1", "prompt": "a", "keywords": ["B"], "language": "en-US"}
    )

    after = updated({"audio": {"input": {"transcription": {"prompt": "c"}}}}, before)

    assert after.transcription is not None
    assert (after.transcription.model, after.transcription.prompt) == ("whisper-1", "c")
    assert (after.transcription.language, after.transcription.keywords) == ("en", ("B",))


def test_null_turns_a_part_off() -> None:
    settings = with_input(turn_detection=None, transcription=None)

    assert settings.turn_detection is None
    assert settings.transcription is None
    assert settings.shown()["audio"]["input"]["transcription"] is None


def test_null_clears_prompt_and_language() -> None:
    before = with_input(transcription={"prompt": "a", "language": "en"})

    after = updated({"input_audio_transcription": {"prompt": None, "language": None}}, before)

    assert after.transcription is not None
    assert (after.transcription.prompt, after.transcription.language) == ("", "")


@pytest.mark.parametrize("model", ["gpt-realtime-whisper", "gpt-live-transcribe"])
def test_clients_of_live_models_commit_unless_they_ask_for_pauses(model: str) -> None:
    silent = with_input(transcription={"model": model})
    asking = with_input(transcription={"model": model}, turn_detection={"type": "server_vad"})

    assert silent.turn_detection is None
    assert asking.turn_detection is not None


def test_semantic_detection_is_shown_as_the_pause_that_it_becomes() -> None:
    settings = with_input(turn_detection={"type": "semantic_vad", "eagerness": "low"})

    shown = settings.shown()["audio"]["input"]["turn_detection"]
    assert (shown["type"], shown["silence_duration_ms"]) == ("server_vad", 1500)


def test_what_has_no_effect_is_shown_as_off() -> None:
    settings = updated(
        {
            "include": ["item.input_audio_transcription.logprobs"],
            "audio": {"input": {"noise_reduction": {"type": "near_field"}}},
        }
    )

    assert settings.shown()["include"] is None
    assert settings.shown()["audio"]["input"]["noise_reduction"] is None


@pytest.mark.parametrize(
    ("language", "languages", "asked"),
    [("", [], ""), ("en", [], "en"), ("", ["de"], "de"), ("", ["de", "fr"], "")],
)
def test_an_engine_is_asked_for_a_language_only_where_there_is_one(
    language: str, languages: list[str], asked: str
) -> None:
    transcription = {"language": language, "languages": languages}

    settings = with_input(transcription=transcription).transcription

    assert settings is not None
    assert single_language(settings) == asked


REFUSED_INPUTS: list[tuple[str, object, str]] = [
    ("format", {"type": "audio/opus"}, "format.type"),
    ("format", {"type": "audio/pcm", "rate": 16_000}, "format.rate"),
    ("format", {"rate": 16_000}, "format.rate"),
    ("format", {"type": "audio/pcmu", "rate": 24_000}, "format.rate"),
    ("format", "mp3", "format"),
    ("noise_reduction", "nonsense", "noise_reduction"),
    ("noise_reduction", {"type": "nonsense"}, "noise_reduction.type"),
    ("transcription", {"spelling": "nonsense"}, "transcription.spelling"),
    ("transcription", {"model": 7}, "transcription.model"),
    ("transcription", {"model": "kokoro"}, "transcription.model"),
    ("transcription", {"prompt": "x" * 10_001}, "transcription.prompt"),
    ("transcription", {"keywords": "x"}, "transcription.keywords"),
    ("transcription", {"keywords": ["x" * 201]}, "transcription.keywords"),
    ("transcription", {"keywords": ["x"] * 501}, "transcription.keywords"),
    ("turn_detection", 7, "turn_detection"),
    ("turn_detection", {"type": "none"}, "turn_detection.type"),
    ("turn_detection", {"threshold": 1.5}, "turn_detection.threshold"),
    ("turn_detection", {"threshold": True}, "turn_detection.threshold"),
    ("turn_detection", {"prefix_padding_ms": -1}, "turn_detection.prefix_padding_ms"),
    ("turn_detection", {"silence_duration_ms": 1e9}, "turn_detection.silence_duration_ms"),
    ("turn_detection", {"type": "semantic_vad", "eagerness": 1}, "turn_detection.eagerness"),
]


@pytest.mark.parametrize(("field", "value", "param"), REFUSED_INPUTS)
def test_a_refusal_names_the_field(field: str, value: object, param: str) -> None:
    with pytest.raises(InvalidEvent) as refused:
        with_input(**{field: value})

    assert refused.value.param == f"session.audio.input.{param}"
    assert str(refused.value).startswith(f"session.audio.input.{param}: ")


@pytest.mark.parametrize(
    ("session", "param"),
    [
        ({"type": "realtime"}, "session.type"),
        ({"audio": []}, "session.audio"),
        ({"audio": {"input": 1}}, "session.audio.input"),
        ({"input_audio_format": "mp3"}, "session.input_audio_format"),
        ({"input_audio_transcription": []}, "session.input_audio_transcription"),
        ({"input_audio_noise_reduction": "far"}, "session.input_audio_noise_reduction"),
        ({"include": "logprobs"}, "session.include"),
        ({"include": [7]}, "session.include"),
    ],
)
def test_a_refusal_names_the_outer_field(session: dict[str, Any], param: str) -> None:
    with pytest.raises(InvalidEvent) as refused:
        updated(session)

    assert refused.value.param == param


def test_a_model_of_speech_is_refused_with_advice() -> None:
    with pytest.raises(InvalidEvent, match="turns text into speech; ask for gpt-4o-transcribe"):
        with_input(transcription={"model": "tts-1"})


def test_a_rate_is_compared_with_the_format_in_force() -> None:
    telephone = with_input(format={"type": "audio/pcma"})

    assert updated({"audio": {"input": {"format": {"rate": 8000}}}}, telephone) == telephone
    with pytest.raises(InvalidEvent, match=r"format\.rate: expected the number 8000, got 24000\."):
        updated({"audio": {"input": {"format": {"rate": 24_000}}}}, telephone)


@pytest.mark.parametrize("name", ["off", "terms", "people"])
def test_null_takes_a_chosen_spelling_back(name: str) -> None:
    chosen = with_input(transcription={"spelling": name})
    kept = updated({"input_audio_transcription": {"prompt": "a"}}, chosen)
    null = updated({"input_audio_transcription": {"spelling": None}}, chosen)

    spellings = [one.transcription and one.transcription.spelling for one in (chosen, kept, null)]
    assert spellings == [name, name, None]


def test_fields_that_are_not_known_are_ignored() -> None:
    assert with_input(transcription={"delay": "low"}, later={"new": 1}) == SessionSettings()
