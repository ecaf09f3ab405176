"""The engine over HTTP: the contract of the engines, with tiny graphs that were never trained."""

import re
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import numpy as np
import psutil
import pytest

from nvidia_engine.features import Samples
from tests.nvidia_engine.conftest import QUEUE_S, wav_of
from tests.nvidia_engine.http.engine_process import EngineProcess, running_engine, wait_healthy
from tests.waiting import until

ENDPOINTS = ["/v1/audio/transcriptions", "/v1/audio/diarize", "/v1/audio/diarize-chunk"]


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


def test_auto_says_loudly_why_it_took_the_cpu(engine: EngineProcess) -> None:
    assert re.search(r"DEVICE=auto: there is no CUDA .*; THE MODELS RUN ON THE CPU", engine.log)
    assert "the models run on: cpu" in engine.log


def test_a_transcription_has_words_with_times(engine: EngineProcess, clip: bytes) -> None:
    answer = post(engine, ENDPOINTS[0], clip, language="en", response_format="verbose_json")

    body = answer.json()
    assert (answer.status_code, body["duration"]) == (200, 30.0)
    assert body["model"] == "parakeet-tdt-0.6b-v3"
    assert body["text"] == " ".join(word["text"] for word in body["words"])
    starts = [word["start"] for word in body["words"]]
    assert starts == sorted(starts)
    assert all(0 <= w["start"] <= w["end"] <= 30.1 for w in body["words"])
    assert all(0 < w["confidence"] <= 1 for w in body["words"])


def test_a_diarization_labels_speakers_in_the_order_they_speak(
    engine: EngineProcess, clip: bytes
) -> None:
    body = post(engine, ENDPOINTS[1], clip).json()

    labels = body["speakers_detected"]
    assert labels == [f"Speaker_{number}" for number in range(len(labels))]
    assert {segment["speaker"] for segment in body["segments"]} == set(labels)
    assert all(0 <= s["start_s"] < s["end_s"] <= 30.0 for s in body["segments"])
    assert "fingerprints" not in body


def test_a_chunk_has_embeddings_in_a_named_space(engine: EngineProcess, clip: bytes) -> None:
    body = post(engine, ENDPOINTS[2], clip).json()

    assert body["models"] == {
        "diarization": "nemotron-3-diarization",
        "embedding": "titanet-large",
    }
    assert set(body["fingerprints"]) <= set(body["speakers_detected"])
    for vector in body["fingerprints"].values():
        assert len(vector) == 192
        assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-4)


def test_32_at_the_same_time_get_to_the_last_digit_what_each_gets_alone(
    engine: EngineProcess, meeting: Samples
) -> None:
    clips = [wav_of(meeting[i * 40_000 : i * 40_000 + 16_000 + 1_200 * i]) for i in range(32)]
    asked = [(ENDPOINTS[i % 3], clip) for i, clip in enumerate(clips)]
    alone = [post(engine, path, clip).json() for path, clip in asked]

    # On a busy machine they may arrive one by one, which would prove nothing.
    until(lambda: was_batched(engine, lambda: answers_together(engine, asked) == alone))


def answers_together(engine: EngineProcess, asked: list[tuple[str, bytes]]) -> list[object]:
    with ThreadPoolExecutor(len(asked)) as threads:
        return list(threads.map(lambda one: post(engine, *one).json(), asked))


def was_batched(engine: EngineProcess, is_right: Callable[[], bool]) -> bool:
    """Whether some words were found in batches; each answer has to be right in any case."""
    names = [f'{name}_total{{kind="words"}}' for name in ("batches", "units")]
    before = [engine.metric(name) for name in names]
    assert is_right()
    batches, units = (engine.metric(name) - was for name, was in zip(names, before, strict=True))
    return bool(batches < units)


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

    detail = answer.json()["detail"]
    assert (answer.status_code, detail["type"]) == (400, "invalid_request_error")
    assert said in detail["message"]
    assert "/" not in detail["message"]


@pytest.mark.parametrize("path", ENDPOINTS)
def test_a_request_without_a_recording_is_refused(engine: EngineProcess, path: str) -> None:
    answer = engine.client.post(path, data={"model": "x"})

    assert (answer.status_code, answer.json()["detail"]["error"]) == (400, "validation_error")
    assert "'file'" in answer.json()["detail"]["message"]


def test_other_methods_and_paths_are_refused_in_json(engine: EngineProcess) -> None:
    refused = engine.client.get(ENDPOINTS[0])

    assert (refused.status_code, refused.headers["allow"]) == (405, "POST")
    assert refused.json()["detail"]["error"] == "method_not_allowed"
    assert engine.client.get("/nothing").json()["detail"]["error"] == "not_found"


def test_silence_has_no_speakers_without_an_embedding_being_an_error(
    engine: EngineProcess,
) -> None:
    assert post(engine, ENDPOINTS[2], wav_of(np.zeros(32_000, np.float32))).status_code == 200


def chunked(engine: EngineProcess, content: bytes) -> httpx.Response:
    """Upload without saying how long the body is."""
    form = httpx.Request("POST", "http://x", files={"file": content})
    kind = {"content-type": form.headers["content-type"]}
    return engine.client.post(ENDPOINTS[1], content=iter([form.read()]), headers=kind)


def test_an_upload_without_a_length_is_heard(engine: EngineProcess, clip: bytes) -> None:
    assert chunked(engine, clip).json()["duration"] == 30.0


def test_an_upload_over_the_limit_is_refused_with_and_without_a_length(
    engine: EngineProcess,
) -> None:
    large = bytes(17 * 1024 * 1024)

    assert chunked(engine, large).status_code == 413
    assert post(engine, ENDPOINTS[1], large).status_code == 413


@contextmanager
def busy(child: psutil.Process) -> Iterator[None]:
    """Let nothing be answered in the block."""
    child.suspend()
    try:
        yield
    finally:
        with suppress(psutil.NoSuchProcess):
            child.resume()


@contextmanager
def long_request(engine: EngineProcess) -> Iterator[None]:
    """Ask for as much as the queue takes, and leave."""
    recording = wav_of(np.zeros(QUEUE_S * 16_000, np.float32))
    form = httpx.Request("POST", "http://x", files={"file": recording})
    body = form.read()
    head = (
        f"POST {ENDPOINTS[2]} HTTP/1.1\r\nHost: x\r\n"
        f"Content-Type: {form.headers['content-type']}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    url = engine.client.base_url
    with socket.create_connection((url.host, url.port or 80)) as connection:
        connection.sendall(head.encode() + body)
        until(lambda: engine.health()["queue_s"] != 0)
        yield


def test_a_full_queue_is_429_with_a_time_to_come_back_until_its_client_leaves(
    engine: EngineProcess, clip: bytes
) -> None:
    with busy(engine.child()), long_request(engine):
        health = engine.client.get("/health")
        refused = post(engine, ENDPOINTS[1], clip)

    assert (health.status_code, health.json()["status"]) == (503, "full")
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) >= 1
    until(lambda: engine.health()["queue_s"] == 0)
    assert post(engine, ENDPOINTS[1], clip).status_code == 200


def test_a_killed_child_costs_no_request_and_is_replaced_unaided(
    engine: EngineProcess, clip: bytes
) -> None:
    restarts = engine.metric("restarts_total")
    child = engine.child()

    with ThreadPoolExecutor(3) as threads, busy(child):
        answers = [threads.submit(post, engine, path, clip) for path in ENDPOINTS]
        until(lambda: engine.health()["queue_s"] == 90)
        child.kill()

    assert [answer.result().status_code for answer in answers] == [200, 200, 200]
    assert post(engine, ENDPOINTS[1], clip).status_code == 200
    assert engine.metric("restarts_total") == restarts + 1
    until(engine.is_healthy)


def test_a_terminated_engine_answers_what_it_has_taken_on_and_ends_with_0(
    tiny_models: Path, tmp_path: Path, clip: bytes
) -> None:
    with running_engine(tiny_models, tmp_path / "log") as engine, ThreadPoolExecutor() as threads:
        wait_healthy(engine)
        with busy(engine.child()):
            answer = threads.submit(post, engine, ENDPOINTS[2], clip)
            until(lambda: engine.health()["queue_s"] == 30)
            engine.process.terminate()

        assert answer.result().status_code == 200
        assert engine.exit_status() == 0


def test_cuda_without_a_device_ends_the_program(tiny_models: Path, tmp_path: Path) -> None:
    with running_engine(tiny_models, tmp_path / "log", DEVICE="cuda") as engine:
        assert engine.exit_status() == 1

    assert "DEVICE=cuda: there is no CUDA" in engine.log


def test_a_wrong_setting_ends_the_program_with_one_line(tiny_models: Path, tmp_path: Path) -> None:
    with running_engine(tiny_models, tmp_path / "log", MAX_QUEUE_S="many") as engine:
        assert engine.exit_status() == 1

    assert engine.log == "MAX_QUEUE_S: expected a whole number from 1 on; got 'many'\n"
