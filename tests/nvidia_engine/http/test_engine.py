"""The engine over HTTP: the contract of the engines, with tiny graphs that were never trained."""

import io
import socket
import wave
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import numpy as np
import pytest

from nvidia_engine.features import SAMPLE_RATE, Samples
from tests.nvidia_engine.http.engine_process import EngineProcess, running_engine, wait_healthy
from tests.nvidia_engine.models_folder import TINY, make_models_folder
from tests.waiting import until

ENDPOINTS = ["/v1/audio/transcriptions", "/v1/audio/diarize", "/v1/audio/diarize-chunk"]


def wav_of(samples: Samples) -> bytes:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes((np.clip(samples, -1, 1) * 32_767).astype("<i2").tobytes())
    return buffer.getvalue()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_models_folder(tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="module")
def engine(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[EngineProcess]:
    with running_engine(folder, tmp_path_factory.mktemp("engine") / "log") as engine:
        wait_healthy(engine)
        yield engine


@pytest.fixture(scope="module")
def minute(meeting: Samples) -> bytes:
    return wav_of(meeting[: 60 * SAMPLE_RATE])


def post(engine: EngineProcess, path: str, content: bytes, **fields: str) -> httpx.Response:
    files = {"file": ("audio.wav", content)}
    return engine.client.post(path, files=files, data=fields)


def test_health_says_what_runs_where(engine: EngineProcess) -> None:
    health = engine.health()

    assert health["status"] == "healthy"
    assert health["device"] == "cpu"
    assert health["max_speakers"] == 8
    assert health["models"] == {
        "transcription": "parakeet-tdt-0.6b-v3",
        "diarization": "nemotron-3-diarization",
        "embedding": "titanet-large",
    }


def test_a_transcription_has_words_with_times(engine: EngineProcess, minute: bytes) -> None:
    answer = post(engine, ENDPOINTS[0], minute, language="en", response_format="verbose_json")

    body = answer.json()
    assert (answer.status_code, body["duration"]) == (200, 60.0)
    assert body["model"] == "parakeet-tdt-0.6b-v3"
    assert body["text"] == " ".join(word["text"] for word in body["words"])
    starts = [word["start"] for word in body["words"]]
    assert starts == sorted(starts)
    assert all(0 <= w["start"] <= w["end"] <= 60.1 for w in body["words"])
    assert all(0 < w["confidence"] <= 1 for w in body["words"])


def test_a_diarization_labels_speakers_in_the_order_they_speak(
    engine: EngineProcess, minute: bytes
) -> None:
    body = post(engine, ENDPOINTS[1], minute).json()

    labels = body["speakers_detected"]
    assert labels == [f"Speaker_{number}" for number in range(len(labels))]
    assert {segment["speaker"] for segment in body["segments"]} == set(labels)
    assert all(0 <= s["start_s"] < s["end_s"] <= 60.0 for s in body["segments"])
    assert "fingerprints" not in body


def test_a_chunk_has_embeddings_in_a_named_space(engine: EngineProcess, minute: bytes) -> None:
    body = post(engine, ENDPOINTS[2], minute).json()

    assert body["models"] == {
        "diarization": "nemotron-3-diarization",
        "embedding": "titanet-large",
    }
    assert set(body["fingerprints"]) <= set(body["speakers_detected"])
    for vector in body["fingerprints"].values():
        assert len(vector) == 192
        assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-4)


def test_many_at_the_same_time_get_what_each_gets_alone(
    engine: EngineProcess, meeting: Samples
) -> None:
    clips = [wav_of(meeting[i * 40_000 : i * 40_000 + 96_000 + 16_000 * i]) for i in range(8)]
    asked = [(ENDPOINTS[i % 3], clip) for i, clip in enumerate(clips * 2)]
    alone = [post(engine, path, clip).json() for path, clip in asked]

    with ThreadPoolExecutor(len(asked)) as threads:
        together = list(threads.map(lambda one: post(engine, *one).json(), asked))

    assert [_rounded(body) for body in together] == [_rounded(body) for body in alone]


def _rounded(body: dict[str, object]) -> dict[str, object]:
    """Leave out what depends on the batch in the last digits: probabilities and vectors."""
    body = {key: value for key, value in body.items() if key != "fingerprints"}
    for word in body.get("words", []):  # type: ignore[attr-defined]
        del word["confidence"]
    return body


def test_models_are_listed(engine: EngineProcess) -> None:
    names = [model["id"] for model in engine.client.get("/v1/models").json()["data"]]

    assert names == ["parakeet-tdt-0.6b-v3", "nemotron-3-diarization", "titanet-large"]


@pytest.mark.parametrize("path", ENDPOINTS)
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"RIFF nonsense", "could not be decoded"),
        (wav_of(np.zeros(800, np.float32)), "at least 0.1 seconds"),
    ],
)
def test_a_recording_that_cannot_be_used_is_refused_with_its_reason(
    engine: EngineProcess, path: str, content: bytes, said: str
) -> None:
    answer = post(engine, path, content)

    assert answer.status_code == 400
    assert said in answer.json()["detail"]["message"]


def test_a_request_without_a_recording_is_refused(engine: EngineProcess) -> None:
    answer = engine.client.post(ENDPOINTS[0], data={"model": "x"})

    assert (answer.status_code, answer.json()["detail"]["error"]) == (400, "validation_error")


def test_other_methods_and_paths_are_refused_in_json(engine: EngineProcess) -> None:
    assert engine.client.get(ENDPOINTS[0]).json()["detail"]["error"] == "method_not_allowed"
    assert engine.client.get("/nothing").json()["detail"]["error"] == "not_found"


def test_silence_has_no_speakers_without_an_embedding_being_an_error(
    engine: EngineProcess,
) -> None:
    assert post(engine, ENDPOINTS[2], wav_of(np.zeros(32_000, np.float32))).status_code == 200


def test_a_client_that_leaves_frees_the_queue(engine: EngineProcess, minute: bytes) -> None:
    url = engine.client.base_url
    head = (
        f"POST {ENDPOINTS[0]} HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; "
        f"boundary=b\r\nContent-Length: "
    )
    part = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\n'
    body = part + minute + b"\r\n--b--\r\n"
    with socket.create_connection((url.host, url.port or 80)) as connection:
        connection.sendall(f"{head}{len(body)}\r\n\r\n".encode() + body)

    until(lambda: engine.health()["queue_s"] == 0)


def test_more_than_the_queue_takes_is_429_with_a_time_to_come_back(
    folder: Path, tmp_path: Path, minute: bytes
) -> None:
    with running_engine(folder, tmp_path / "log", MAX_REQUESTS="1") as engine:
        wait_healthy(engine)
        with ThreadPoolExecutor(8) as threads:
            answers = list(threads.map(lambda _: post(engine, ENDPOINTS[1], minute), range(8)))

    statuses = {answer.status_code for answer in answers}
    assert statuses == {200, 429}
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert int(refused.headers["Retry-After"]) >= 1


def test_sortformer_separates_at_most_four_speakers(
    folder: Path, tmp_path: Path, minute: bytes
) -> None:
    # Its own known answer is another one.
    with running_engine(folder, tmp_path / "log", DIARIZER="sortformer-v2") as engine:
        until(lambda: engine.health().get("status") in ("healthy", "probe_failed"))
        body = post(engine, ENDPOINTS[1], minute).json()

    assert body["model"] == "sortformer-4spk-v2"
    assert len(body["speakers_detected"]) <= 4


def test_a_wrong_known_answer_is_unhealthy(tmp_path: Path) -> None:
    other = make_models_folder(tmp_path / "models", titanet=TINY / "titanet.onnx")
    expected = other / "probe" / "expected.json"
    expected.write_text(expected.read_text().replace('"speakers": 5', '"speakers": 2'))

    with running_engine(other, tmp_path / "log") as engine:
        until(lambda: engine.health().get("status") == "probe_failed")
        verdict = engine.health()["probe"]

    assert verdict == {"verdict": "5 speakers instead of 2", "age_s": None}


def test_a_graph_with_other_names_ends_the_program_with_both_names(tmp_path: Path) -> None:
    other = make_models_folder(tmp_path / "models", titanet=TINY / "tone.onnx")

    with running_engine(other, tmp_path / "log") as engine:
        status = engine.exit_status()

    assert status == 1
    assert "nemo_en_titanet_large.onnx: expected inputs audio_signal, length" in engine.log
    assert "it has chunk" in engine.log


def test_cuda_without_a_device_ends_the_program(folder: Path, tmp_path: Path) -> None:
    with running_engine(folder, tmp_path / "log", DEVICE="cuda") as engine:
        assert engine.exit_status() == 1

    assert "DEVICE=cuda: there is no CUDA" in engine.log


def test_auto_says_that_it_took_the_cpu(folder: Path, tmp_path: Path) -> None:
    with running_engine(folder, tmp_path / "log", DEVICE="auto") as engine:
        wait_healthy(engine)

        assert engine.health()["device"] == "cpu"
    assert "the models run on: cpu" in engine.log


def test_a_missing_file_ends_the_program_and_is_named(tmp_path: Path) -> None:
    other = make_models_folder(tmp_path / "models")
    (other / "vocab.txt").unlink()

    with running_engine(other, tmp_path / "log") as engine:
        assert engine.exit_status() == 1

    assert "vocab.txt is missing, and OFFLINE=true" in engine.log


def test_a_terminated_engine_ends_with_0(folder: Path, tmp_path: Path) -> None:
    with running_engine(folder, tmp_path / "log") as engine:
        wait_healthy(engine)
        engine.process.terminate()

        assert engine.exit_status() == 0
