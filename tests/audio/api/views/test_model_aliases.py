"""The names that the settings add to the models, and strict models, over a scripted engine."""

from collections.abc import Iterator

import pytest

from tests.engine_answers import SPEAK, SPEECH, TEXT, TRANSCRIBE, TRANSCRIPTION
from tests.faults import FaultServer
from tests.gateway_process import Gateway, running_gateway
from tests.recordings import TONE


@pytest.fixture(scope="module")
def aliased(
    fault_server: FaultServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gateway]:
    """A gateway that serves the listed names only, with two more of its own."""
    fault_server.reset()
    fault_server.answer(TRANSCRIBE, TRANSCRIPTION)
    fault_server.answer(SPEAK, SPEECH, content_type="audio/mpeg")
    with running_gateway(
        tmp_path_factory.mktemp("aliased"),
        PARAKEET_URL=fault_server.url,
        KOKORO_URL=fault_server.url,
        MODEL_ALIASES="narrator=onyx, asr-large=whisper-1",
        STRICT_MODELS="true",
    ) as gateway:
        yield gateway


def test_an_alias_transcribes_as_its_model(aliased: Gateway, fault_server: FaultServer) -> None:
    answer = aliased.post(TRANSCRIBE, files={"file": TONE}, data={"model": "ASR-Large"})

    assert answer.json()["text"] == TEXT
    assert b'name="model"\r\n\r\nwhisper-1\r\n' in fault_server.asked[-1].body


def test_an_alias_of_a_voice_speaks_in_it(aliased: Gateway, fault_server: FaultServer) -> None:
    answer = aliased.post(SPEAK, json={"model": "narrator", "input": "Hi"})

    assert answer.status_code == 200
    assert fault_server.asked[-1].json["voice"] == "bm_george"


def test_an_alias_is_a_model_with_its_voice(aliased: Gateway) -> None:
    model = aliased.get("/v1/models/narrator").json()

    assert (model["id"], model["kind"], model["voices"][0]["id"]) == ("narrator", "tts", "onyx")
    assert {"id": "narrator", "name": "narrator"} in aliased.get("/v1/audio/models").json()[
        "models"
    ]


@pytest.mark.parametrize(
    ("path", "model"),
    [
        (TRANSCRIBE, "whisper-large-v3"),
        (TRANSCRIBE, "narrator"),
        (SPEAK, "speaches-ai/Kokoro-82M-v1.0-ONNX"),
        (SPEAK, "asr-large"),
    ],
)
def test_another_name_is_not_found(aliased: Gateway, path: str, model: str) -> None:
    fields = {"model": model, "input": "Hi"}
    sent = {"files": {"file": TONE}, "data": fields} if path == TRANSCRIBE else {"json": fields}

    answer = aliased.post(path, **sent)

    assert answer.status_code == 404
    assert answer.json()["error"]["param"] == "model"
    assert answer.json()["error"]["code"] == "model_not_found"
