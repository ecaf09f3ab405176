"""Models and voices, over a scripted engine."""

from collections.abc import Iterator

import pytest

from audio.api.model_names import STT_ALIASES, TTS_ALIASES
from audio.engines.speech_voices import CURATED_VOICES, OPENAI_VOICES
from tests.faults import running_fault_server
from tests.gateway_process import Gateway, running_gateway

DISCOVERY = ["/v1/models", "/v1/models/tts-1", "/v1/audio/models", "/v1/audio/voices"]


@pytest.fixture(scope="module")
def listing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """A gateway whose engine has two voices, one of which is curated."""
    with running_fault_server() as kokoro:
        kokoro.answer("/v1/audio/voices", {"voices": [{"id": "jf_alpha"}, {"id": "af_heart"}]})
        with running_gateway(tmp_path_factory.mktemp("listing"), KOKORO_URL=kokoro.url) as gateway:
            yield gateway


def ids(models: list[dict[str, object]]) -> list[object]:
    return [model["id"] for model in models]


def test_models_come_curated_first_and_aliases_last(listing: Gateway) -> None:
    listed = listing.get("/v1/models").json()["data"]

    assert ids(listed[:6]) == [
        "parakeet-tdt-0.6b-v3",
        "bm_george",
        "bf_emma",
        "am_michael",
        "af_heart",
        "jf_alpha",
    ]
    assert ids(listed[6:]) == ["kokoro", *TTS_ALIASES, *STT_ALIASES]


def test_every_model_has_its_kind_and_task(listing: Gateway) -> None:
    tasks = {model["id"]: model["task"] for model in listing.get("/v1/models").json()["data"]}

    assert tasks["gpt-4o-transcribe-diarize"] == "automatic-speech-recognition"
    assert tasks["gpt-4o-mini-tts"] == "text-to-speech"


def test_models_are_listed_while_kokoro_is_down(bare: Gateway) -> None:
    listed = bare.get("/v1/models").json()["data"]

    assert listed[1] == {
        "id": "bm_george",
        "object": "model",
        "created": 1767225600,
        "owned_by": "kokoro",
        "kind": "tts",
        "task": "text-to-speech",
        "display_name": "George (British male, narrator-style)",
        "language": "en-GB",
        "curated": True,
    }


def test_a_model_is_found_by_its_name(scripted: Gateway) -> None:
    assert scripted.get("/v1/models/whisper-1").json()["kind"] == "stt"


@pytest.mark.parametrize("name", ["nobody%2Fnothing", "nobody/nothing", "x"])
def test_an_unknown_model_is_not_found(scripted: Gateway, name: str) -> None:
    answer = scripted.get(f"/v1/models/{name}")

    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "model_not_found"


def test_a_speech_model_lists_its_voices(listing: Gateway) -> None:
    voices = listing.get("/v1/models/tts-1").json()["voices"]

    assert voices[:2] == [
        {"id": "jf_alpha", "name": "jf_alpha", "language": "ja", "gender": "female"},
        {"id": "af_heart", "name": "af_heart", "language": "en-US", "gender": "female"},
    ]


def test_a_voice_that_is_listed_as_a_model_is_its_only_voice(listing: Gateway) -> None:
    assert ids(listing.get("/v1/models/jf_alpha").json()["voices"]) == ["jf_alpha"]


@pytest.mark.parametrize(
    "name", ["nvidia%2Fparakeet-tdt-0.6b-v3", "nvidia/parakeet-tdt-0.6b-v3", "hexgrad/Kokoro-82M"]
)
def test_a_model_is_found_by_its_name_in_other_products(listing: Gateway, name: str) -> None:
    assert listing.get(f"/v1/models/{name}").json()["id"] == name.replace("%2F", "/")


def test_voices_are_the_engines_then_openais(listing: Gateway) -> None:
    voices = listing.get("/v1/audio/voices").json()["voices"]

    assert ids(voices) == ["jf_alpha", "af_heart", *OPENAI_VOICES]
    assert voices[-1] == {"id": "cedar", "name": "cedar", "language": "en-US", "gender": "male"}


def test_voices_are_strings_on_request(listing: Gateway) -> None:
    voices = listing.get("/v1/audio/voices?legacy=true").json()["voices"]

    assert voices == ["jf_alpha", "af_heart", *OPENAI_VOICES]


def test_the_curated_voices_are_listed_while_kokoro_is_down(bare: Gateway) -> None:
    voices = bare.get("/v1/audio/voices?legacy=true").json()["voices"]

    assert voices == [*CURATED_VOICES, *OPENAI_VOICES]


def test_the_speech_models_have_their_own_list(listing: Gateway) -> None:
    assert ids(listing.get("/v1/audio/models").json()["models"]) == ["kokoro", *TTS_ALIASES]


@pytest.mark.parametrize(
    ("voice", "says"),
    [("af_no", "'af_no'. Choose"), ("en-US-AvaNeural", "'en' (in 'en-US-AvaNeural'). Choose")],
)
def test_an_unlisted_voice_is_refused_without_an_engine_call(
    listing: Gateway, voice: str, says: str
) -> None:
    listing.get("/v1/audio/voices")

    error = listing.post("/v1/audio/speech", json={"input": "Hi", "voice": voice}).json()["error"]

    assert error["message"].startswith(f"voice: there is no voice {says}")
    assert error["param"] == "voice"
    assert error["code"] == "invalid_value"


@pytest.mark.parametrize(
    ("meant", "code"),
    [
        ("af_heart", "engine_refused"),
        ({"voice": "af_no"}, "engine_refused"),
        ("af_no", "invalid_value"),
    ],
)
def test_only_a_name_that_means_a_listed_voice_is_passed_to_the_engine(
    listing: Gateway, meant: object, code: str
) -> None:
    listing.get("/v1/audio/voices")
    asked = {"input": "Hi", "voice": "narrator", "voice_aliases": {"narrator": meant}}

    answer = listing.post("/v1/audio/speech", json=asked)

    assert answer.json()["error"]["code"] == code


@pytest.mark.parametrize(
    ("model", "code"), [("jf_alpha", "engine_refused"), ("af_no", "model_not_found")]
)
def test_only_a_listed_voice_may_be_sent_as_the_model(
    listing: Gateway, model: str, code: str
) -> None:
    answer = listing.post("/v1/audio/speech", json={"input": "Hi", "model": model})

    assert answer.json()["error"]["code"] == code


@pytest.mark.parametrize("path", DISCOVERY)
@pytest.mark.parametrize("header", ["", "Bearer", "Bearer undefined", "Bearer null", "undefined"])
def test_names_are_listed_without_a_key(keyed: Gateway, path: str, header: str) -> None:
    headers = {"authorization": header} if header else {}

    assert keyed.get(path, headers=headers).status_code == 200


def test_names_are_listed_for_a_key_of_any_scope(keyed: Gateway) -> None:
    answer = keyed.get("/v1/models", headers={"authorization": "Bearer reader-key"})

    assert answer.status_code == 200


@pytest.mark.parametrize("path", DISCOVERY)
def test_a_wrong_key_is_refused_even_where_none_is_required(keyed: Gateway, path: str) -> None:
    answer = keyed.get(path, headers={"authorization": "Bearer wrong"})

    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "invalid_api_key"


def test_names_require_a_key_when_discovery_is_not_public(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("private")
    settings = {"API_KEYS": "desk:desk-key", "PUBLIC_DISCOVERY": "false"}

    with running_gateway(folder, **settings) as gateway:
        refused = gateway.get("/v1/models")
        served = gateway.get("/v1/models", headers={"authorization": "Bearer desk-key"})

    assert refused.status_code == 401
    assert refused.headers["www-authenticate"] == "Bearer"
    assert refused.json()["error"]["type"] == "invalid_request_error"
    assert served.status_code == 200
