"""LiteLLM's proxy itself between OpenAI's client and the gateway, for `make litellm`.

Without a format for Whisper it asks the gateway for verbose_json, whatever its client asked for,
and passes on all of it. It asks for no stream of a transcription and no events of speech.
"""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import openai
import pytest

from tests.clients.spoken import SPOKEN, speak_a_tone
from tests.engine_answers import DIARIZATION, DIARIZE_TURNS, TEXT, without_embeddings
from tests.faults import FaultServer
from tests.gateway_process import Gateway
from tests.recordings import TONE
from tests.waiting import until

INSTALLED = Path(sys.prefix) / "litellm"
KEY = "sk-6f0b7d1e9a2c4f83"
MODELS = ("whisper-1", "gpt-4o-transcribe", "gpt-4o-transcribe-diarize", "gpt-transcribe")

pytestmark = pytest.mark.skipif(
    not (INSTALLED / "litellm").is_dir(), reason="LiteLLM's proxy is not installed (make litellm)"
)


@pytest.fixture(scope="module")
def proxy(
    scripted_gateway: Gateway, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[openai.OpenAI]:
    """A client of the proxy."""
    folder = tmp_path_factory.mktemp("litellm")
    (folder / "config.json").write_text(json.dumps(_configuration(scripted_gateway)))
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port: int = free.getsockname()[1]
    command = [sys.executable, "-P", str(INSTALLED / "bin" / "litellm")]
    options = ["--config", "config.json", "--host", "127.0.0.1", "--port", str(port)]
    url = f"http://127.0.0.1:{port}"
    with (
        (folder / "log").open("wb") as log,
        subprocess.Popen(
            [*command, *options], cwd=folder, env=_environment(), stdout=log, stderr=log
        ) as process,
    ):
        until(lambda: process.poll() is not None or _is_alive(url), within_s=120)
        with openai.OpenAI(base_url=f"{url}/v1", api_key=KEY, max_retries=0) as client:
            yield client
        process.terminate()


def _configuration(gateway: Gateway) -> object:
    modes = dict.fromkeys(MODELS, "audio_transcription") | {"tts-1": "audio_speech"}
    upstream = {"api_base": f"{gateway.url}/v1", "api_key": "none"}
    models = [
        {
            "model_name": name,
            "litellm_params": {"model": f"openai/{name}", **upstream},
            "model_info": {"mode": mode},
        }
        for name, mode in modes.items()
    ]
    return {"model_list": models, "general_settings": {"master_key": KEY}}


def _environment() -> dict[str, str]:
    """The proxy takes our database for its own, and asks the web for prices."""
    alone = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    return alone | {"PYTHONPATH": str(INSTALLED), "LITELLM_LOCAL_MODEL_COST_MAP": "True"}


def _is_alive(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health/liveliness").is_success
    except httpx.TransportError:
        return False


@pytest.fixture
def hearing_proxy(proxy: openai.OpenAI, hearing: Gateway) -> openai.OpenAI:
    """That client, where the engine hears two sentences."""
    return proxy


@pytest.mark.parametrize("model", ["whisper-1", "gpt-4o-transcribe", "gpt-transcribe"])
def test_a_recording_is_transcribed(hearing_proxy: openai.OpenAI, model: str) -> None:
    heard = hearing_proxy.audio.transcriptions.create(model=model, file=("a.wav", TONE))

    assert heard.text == TEXT


def test_words_and_segments_are_passed_on(hearing_proxy: openai.OpenAI) -> None:
    heard = hearing_proxy.audio.transcriptions.create(
        model="whisper-1",
        file=("a.wav", TONE),
        response_format="verbose_json",
        timestamp_granularities=["word", "segment"],
    )

    assert [word.word for word in heard.words or []] == TEXT.split()
    assert [segment.start for segment in heard.segments or []] == [0.0, 2.0]


@pytest.mark.parametrize(("format", "start"), [("srt", "1\n00:00:00,000 -->"), ("vtt", "WEBVTT")])
def test_subtitles_are_passed_on_within_json(
    hearing_proxy: openai.OpenAI, format: str, start: str
) -> None:
    answer = hearing_proxy.audio.transcriptions.with_raw_response.create(
        model="whisper-1",
        file=("a.wav", TONE),
        response_format=format,  # type: ignore[call-overload]
    )

    assert json.loads(answer.text)["text"].startswith(start)


def test_speakers_are_passed_on(hearing_proxy: openai.OpenAI, faults: FaultServer) -> None:
    faults.answer(DIARIZE_TURNS, without_embeddings(DIARIZATION))

    heard = hearing_proxy.audio.transcriptions.create(
        model="gpt-4o-transcribe-diarize",
        file=("a.wav", TONE),
        response_format="diarized_json",
        chunking_strategy="auto",
    )

    assert [segment.speaker for segment in heard.segments] == ["A", "B"]


@pytest.mark.parametrize("format", ["pcm", "wav", "mp3"])
def test_a_sentence_is_spoken(
    proxy: openai.OpenAI, scripted: Gateway, faults: FaultServer, format: str
) -> None:
    speak_a_tone(faults)

    spoken = proxy.audio.speech.create(
        model="tts-1",
        voice="alloy",
        input="Hi",
        response_format=format,  # type: ignore[arg-type]
    )

    assert len(spoken.content) > len(SPOKEN) / 16


def test_a_refusal_is_passed_on_with_its_field(hearing_proxy: openai.OpenAI) -> None:
    with pytest.raises(openai.BadRequestError) as refusal:
        hearing_proxy.audio.transcriptions.create(model="whisper-1", file=("a.wav", b""))

    assert refusal.value.param == "file"
