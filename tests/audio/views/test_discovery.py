"""Models and voices, over an engine whose answers are scripted."""

import pytest

from tests.fault_server import FaultServer
from tests.gateway_process import Gateway, running_gateway

DISCOVERY = ["/v1/models", "/v1/models/tts-1", "/v1/audio/models", "/v1/audio/voices"]


def test_models_come_curated_first_and_aliases_last(
    scripted: Gateway, faults: FaultServer
) -> None:
    faults.answer("/v1/audio/voices", {"voices": [{"id": "af_sky"}, {"id": "af_heart"}]})

    listed = scripted.get("/v1/models").json()["data"]

    assert [model["id"] for model in listed[:6]] == [
        "parakeet-tdt-0.6b-v3",
        "bm_george",
        "bf_emma",
        "am_michael",
        "af_heart",
        "af_sky",
    ]
    assert listed[-1]["id"] == "gpt-4o-transcribe-diarize"


def test_models_are_listed_while_kokoro_is_down(bare: Gateway) -> None:
    listed = bare.get("/v1/models").json()["data"]

    assert listed[1] == {
        "id": "bm_george",
        "object": "model",
        "created": 1767225600,
        "owned_by": "kokoro",
        "kind": "tts",
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


def test_voices_are_objects_and_strings_on_request(scripted: Gateway, faults: FaultServer) -> None:
    faults.answer("/v1/audio/voices", {"voices": ["af_sky"]})

    voices = scripted.get("/v1/audio/voices").json()["voices"]
    legacy = scripted.get("/v1/audio/voices?legacy=true").json()["voices"]

    assert voices[0] == {"id": "af_sky", "name": "af_sky"}
    assert legacy[:2] == ["af_sky", "alloy"]


@pytest.mark.parametrize("path", DISCOVERY)
@pytest.mark.parametrize("header", ["", "Bearer", "Bearer undefined", "Bearer null", "undefined"])
def test_names_are_told_without_a_key(keyed: Gateway, path: str, header: str) -> None:
    headers = {"authorization": header} if header else {}

    assert keyed.get(path, headers=headers).status_code == 200


def test_names_are_told_to_a_key_of_any_scope(keyed: Gateway) -> None:
    answer = keyed.get("/v1/models", headers={"authorization": "Bearer reader-key"})

    assert answer.status_code == 200


@pytest.mark.parametrize("path", DISCOVERY)
def test_a_wrong_key_is_told_even_where_none_is_needed(keyed: Gateway, path: str) -> None:
    answer = keyed.get(path, headers={"authorization": "Bearer wrong"})

    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "invalid_api_key"


def test_names_want_a_key_when_discovery_is_not_public(
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
