"""One engine in its own process, with switchable failures.

    python -m benchmarks.load.engine parakeet 9100

It reads a way to fail, or `calm`, per line of standard input, and ends when the input closes.
"""

import json
import sys
from dataclasses import replace

from tests.engine_answers import DIARIZATION, TRANSCRIPTION
from tests.faults import Answer, FaultServer, running_fault_server

CALM, SLOW = "calm", "slow"
# The time of an inference, and of a hang: longer than any client's deadline here.
CALM_S, SLOW_S, HANG_S = 0.15, 3.0, 8.0
BYTE_S = 0.2
CUDA = b'{"detail": "CUDA error: CUBLAS_STATUS_EXECUTION_FAILED when calling `cublasGemmEx`"}'
FULL = b'{"detail": "the queue is full"}'
SPOKEN = tuple(bytes(16_384) for _ in range(4))


def _json(body: object) -> bytes:
    return json.dumps(body).encode()


HEARD = {
    "/v1/audio/transcriptions": _json(TRANSCRIPTION),
    "/v1/audio/diarize": _json(DIARIZATION),
    "/v1/audio/diarize-chunk": _json(DIARIZATION),
    # LocalAI's routes.
    "/v1/audio/diarization": _json(
        {"segments": [{"start": 0.0, "end": 1.8, "speaker": "SPEAKER_00"}]}
    ),
    "/v1/voice/embed": _json({"embedding": [0.5] * 192, "dim": 192, "model": "voices"}),
}
VOICES = _json({"voices": ["bm_george", "af_bella"]})
# `down` is missing: it ends the process.
FAULTS = {
    "500s": Answer(500, (CUDA,)),
    "hang": Answer(after_s=HANG_S),
    "reset": Answer(pieces=(), cut=True),
    "bad_answer": Answer(pieces=(b'{"error": "CUDA error"}',)),
    "busy": Answer(503, (FULL,), headers={"Retry-After": "3"}),
}


def main() -> int:
    """Serve until standard input closes."""
    name, port = sys.argv[1], int(sys.argv[2])
    with running_fault_server(port) as server:
        _script(server, name, CALM)
        print("ready", flush=True)
        for line in sys.stdin:
            _script(server, name, line.strip())
            # The server records every request.
            server.asked.clear()
    return 0


def _script(server: FaultServer, name: str, way: str) -> None:
    server.answers.update(_answers(name, way))


def _answers(name: str, way: str) -> dict[str, Answer]:
    calm = _spoken() if name == "kokoro" else _heard()
    match way:
        case "calm":
            return calm
        case "slow":
            return {path: replace(answer, after_s=SLOW_S) for path, answer in calm.items()}
        case "trickle":
            return {path: _trickled(answer) for path, answer in calm.items()}
    return dict.fromkeys(calm, FAULTS[way])


def _heard() -> dict[str, Answer]:
    return {path: Answer(pieces=(body,), after_s=CALM_S) for path, body in HEARD.items()}


def _spoken() -> dict[str, Answer]:
    return {
        "/v1/audio/speech": Answer(
            pieces=SPOKEN, content_type="audio/wav", after_s=CALM_S, pause_s=0.01
        ),
        "/v1/audio/voices": Answer(pieces=(VOICES,)),
    }


def _trickled(answer: Answer) -> Answer:
    """Return the first bytes of the answer, one by one."""
    start = b"".join(answer.pieces)[:30]
    return Answer(
        pieces=tuple(bytes([byte]) for byte in start),
        content_type=answer.content_type,
        pause_s=BYTE_S,
    )


if __name__ == "__main__":
    sys.exit(main())
