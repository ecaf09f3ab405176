"""Models and voices, as requested with and without the official clients."""

import pytest

from tests.gateway_process import Gateway
from tests.recordings import TONE
from tests.sdk.client_process import File, Raised, Sdk

VOICES = "/v1/audio/voices"


def test_models_are_listed_as_a_strict_client_requires(sdk: Sdk, listing: Gateway) -> None:
    listed = sdk.ask("list_models", listing).value["data"]

    assert {model["object"] for model in listed} == {"model"}
    assert {type(model["created"]) for model in listed} == {int}
    assert {"whisper-1", "tts-1", "gpt-4o-mini-tts", "gpt-4o-transcribe"} <= {
        model["id"] for model in listed
    }


@pytest.mark.parametrize("name", ["whisper-1", "tuned/heart"])
def test_a_model_is_retrieved_by_its_name(sdk: Sdk, listing: Gateway, name: str) -> None:
    model = sdk.ask("retrieve_model", listing, fields={"model": name}).value

    assert model["id"] == name


@pytest.mark.parametrize("name", ["nobody", "nobody/nothing"])
def test_an_unknown_model_is_not_found(sdk: Sdk, listing: Gateway, name: str) -> None:
    with pytest.raises(Raised, match="does not exist") as failure:
        sdk.ask("retrieve_model", listing, fields={"model": name})

    assert "NotFoundError" in failure.value.kinds
    assert failure.value.code == "model_not_found"


def test_an_unknown_model_speaks_nothing(sdk: Sdk, listing: Gateway) -> None:
    with pytest.raises(Raised, match="does not exist") as failure:
        sdk.speak(listing, model="nobody")

    assert "NotFoundError" in failure.value.kinds
    assert failure.value.code == "model_not_found"


def test_an_unknown_model_transcribes_nothing(sdk: Sdk, listing: Gateway) -> None:
    with pytest.raises(Raised, match="does not exist") as failure:
        sdk.transcribe(listing, TONE, model="nobody")

    assert "NotFoundError" in failure.value.kinds
    assert failure.value.code == "model_not_found"


def test_every_voice_has_an_id_and_a_name(listing: Gateway) -> None:
    voices = listing.get(VOICES).json()["voices"]

    assert len(voices) >= 15
    assert [voice for voice in voices if not (voice["id"] and voice["name"])] == []


def test_voices_are_strings_on_request(listing: Gateway) -> None:
    voices = listing.get(f"{VOICES}?legacy=true").json()["voices"]

    assert {"af_sky", "alloy", "marin"} <= set(voices)


def test_speech_models_have_ids(listing: Gateway) -> None:
    models = listing.get("/v1/audio/models").json()["models"]

    assert {"tts-1", "kokoro"} <= {model["id"] for model in models}


@pytest.mark.parametrize("path", ["/v1/readyz", "/v1/test"])
def test_paths_that_identify_other_servers_are_not_found(
    listing: Gateway, keyed: Gateway, path: str
) -> None:
    assert listing.get(path).status_code == 404
    assert keyed.get(path).status_code == 404


def test_health_is_json_and_not_ok(listing: Gateway) -> None:
    assert listing.get("/health").json() == {"status": "healthy"}


def test_translations_are_refused_with_the_reason(sdk: Sdk, listing: Gateway) -> None:
    with pytest.raises(Raised, match="translate") as failure:
        sdk.ask("translate", listing, File(TONE), {"model": "whisper-1"})

    assert failure.value.status == 400
    assert failure.value.code == "unsupported_value"
