"""The settings of roles: addresses, keys and names of engines."""

from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from audio.engines import roles
from audio.engines.failures import EngineNonsense, EngineRefusedKey
from audio.engines.role_settings import Address, addresses, engine_urls, probe_when
from audio.media.recording import Recording
from tests.engine_answers import TRANSCRIBE, TRANSCRIPTION
from tests.faults import FaultServer
from tests.recordings import TONE


@pytest.fixture
def tone(tmp_path: Path, settings: Settings) -> Recording:
    settings.PARAKEET_URL = settings.KOKORO_URL = ""
    path = tmp_path / "tone.wav"
    path.write_bytes(TONE)
    return Recording(path, ".wav", seconds=1.0)


@pytest.mark.parametrize(
    ("given", "key", "address"),
    [
        ("http://a:1/", "", Address("http://a:1")),
        ("http://a:1/openai", "k", Address("http://a:1/openai", "Bearer k")),
        ("http://sk-1@a:1", "", Address("http://a:1", "Bearer sk-1")),
        ("http://:sk%2F1@a:1", "", Address("http://a:1", "Bearer sk/1")),
        ("http://me:word@a:1", "", Address("http://a:1", "Basic bWU6d29yZA==")),
        ("http://a:1?api_key=sk-1", "", Address("http://a:1", "Bearer sk-1")),
        ("http://sk-1@a:1", "sk-2", Address("http://a:1", "Bearer sk-1")),
    ],
)
def test_a_key_in_an_address_moves_to_the_header(given: str, key: str, address: Address) -> None:
    assert addresses(given, key) == (address,)


def test_a_key_reaches_its_own_engine_alone(
    faults: FaultServer, settings: Settings, tone: Recording
) -> None:
    faults.answer(f"/words{TRANSCRIBE}", TRANSCRIPTION)
    faults.answer("/turns/v1/audio/diarize", {"segments": []})
    settings.WORDS_URL, settings.WORDS_KEY = f"{faults.url}/words", "sk-words"
    settings.TURNS_URL, settings.TURNS_DIALECT = f"{faults.url}/turns", "parakeet"

    roles.transcribe(tone, {})
    roles.diarize(tone, embeddings=False)

    sent = [asked.headers.get("authorization") for asked in faults.asked]
    assert sent == ["Bearer sk-words", None]


def test_a_redirect_is_not_followed(
    faults: FaultServer, settings: Settings, tone: Recording
) -> None:
    elsewhere = {"Location": f"{faults.url}/elsewhere"}
    faults.answer(TRANSCRIBE, {}, status=307, headers=elsewhere)
    settings.WORDS_URL, settings.WORDS_KEY = faults.url, "sk-words"

    with pytest.raises(EngineNonsense):
        roles.transcribe(tone, {})

    assert faults.paths() == [TRANSCRIBE]


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_key_is_the_gateways_own_fault(
    faults: FaultServer, settings: Settings, tone: Recording, status: int
) -> None:
    faults.answer(TRANSCRIBE, {"detail": "bad key sk-words"}, status=status)
    settings.WORDS_URL, settings.WORDS_KEY = faults.url, "sk-words"

    with pytest.raises(EngineRefusedKey) as refused:
        roles.transcribe(tone, {})

    assert str(refused.value) == "The words engine refuses the gateway's key."


def test_an_engine_of_several_roles_has_one_name(settings: Settings, tone: Recording) -> None:
    for role in ("WORDS", "TURNS"):
        setattr(settings, f"{role}_URL", "http://a:1")
        setattr(settings, f"{role}_DIALECT", "asr-webservice")
    settings.VOICES_URL, settings.SPEECH_URL = "http://b:1,http://b:2", "http://a:1"

    assert engine_urls() == {
        "words": "http://a:1",
        "voices": "http://b:1",
        "voices-2": "http://b:2",
        "speech": "http://a:1",
    }


def test_the_short_form_fills_what_is_not_set(settings: Settings, tone: Recording) -> None:
    settings.PARAKEET_URL, settings.WORDS_URL = "http://p:1", "http://a:1"

    found = roles.all_roles()

    assert {role: one.pool.first.name for role, one in found.items()} == {
        "words": "words",
        "turns": "parakeet",
        "voices": "parakeet",
    }


@pytest.mark.parametrize(
    ("key", "asked", "when"),
    [
        ("", "", "always"),
        ("sk-1", "", "on-failure"),
        ("sk-1", "always", "always"),
        ("", "off", "off"),
    ],
)
def test_an_engine_with_a_key_is_probed_after_failures_alone(
    settings: Settings, tone: Recording, key: str, asked: str, when: str
) -> None:
    settings.WORDS_URL, settings.WORDS_KEY, settings.WORDS_PROBE = "http://a:1", key, asked

    assert probe_when("words") == when


def test_an_answer_in_another_dialect_names_the_dialect(
    faults: FaultServer, settings: Settings, tone: Recording
) -> None:
    faults.answer("/v1/audio/transcriptions", {"segments": 5})
    settings.WORDS_URL, settings.WORDS_DIALECT = faults.url, "openai"

    with pytest.raises(EngineNonsense, match=r"Its dialect is set to openai\.$"):
        roles.transcribe(tone, {})
