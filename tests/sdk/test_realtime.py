"""Realtime sessions as each version of the official clients opens them."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.conftest import CLINIC
from tests.engine_answers import TEXT, TRANSCRIBE, TRANSCRIPTION
from tests.faults import FaultServer
from tests.gateway_process import ROOT
from tests.realtime_process import Realtime, running_realtime
from tests.recordings import pcm_24k
from tests.sdk.client_process import HERE, NODE, PYTHON

COMPLETED_CLASS = "ConversationItemInputAudioTranscriptionCompletedEvent"
TURN = [
    "input_audio_buffer.speech_started",
    "input_audio_buffer.speech_stopped",
    "input_audio_buffer.committed",
]
TRANSCRIBED = [
    "conversation.item.input_audio_transcription.delta",
    "conversation.item.input_audio_transcription.completed",
]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate of this machine and its key: the Node client wants TLS."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "tests")])
    address = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(address, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("tls")
    (folder / "certificate.pem").write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return folder / "certificate.pem", folder / "key.pem"


@pytest.fixture(scope="module")
def secure(
    fault_server: FaultServer,
    certificate: tuple[Path, Path],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Realtime]:
    """A process that serves TLS."""
    folder = tmp_path_factory.mktemp("secure")
    files = ("--certificate", str(certificate[0]), "--key", str(certificate[1]))
    with running_realtime(folder, *files, PARAKEET_URL=fault_server.url) as realtime:
        yield realtime


@pytest.fixture(scope="module")
def speech() -> bytes:
    """The first sentences of the meeting, and the pause after them."""
    return pcm_24k(CLINIC / "mic.flac", 12.0)


def report_of(command: list[str], speech: bytes, **environment: str) -> dict[str, Any]:
    """Run a client; return what it prints."""
    ran = subprocess.run(
        command, input=speech, capture_output=True, cwd=ROOT, env=os.environ | environment
    )
    assert ran.returncode == 0, ran.stderr.decode()
    report: dict[str, Any] = json.loads(ran.stdout)
    return report


@pytest.mark.parametrize("version", PYTHON)
def test_the_python_client_reads_each_event(
    secure: Realtime,
    faults: FaultServer,
    certificate: tuple[Path, Path],
    speech: bytes,
    version: str,
) -> None:
    faults.answer(TRANSCRIBE, TRANSCRIPTION)
    command = [sys.executable, "-P", str(HERE / "python_realtime.py")]
    environment = {"PYTHONPATH": str(PYTHON[version] or ""), "SSL_CERT_FILE": str(certificate[0])}

    report = report_of([*command, secure.url.removesuffix("/realtime")], speech, **environment)

    for api, session in (("ga", "session"), ("beta", "transcription_session")):
        types = [kind for kind, _, _ in report[api]["events"]]
        assert types[:5] == [f"{session}.created", f"{session}.updated", *TURN]
        assert types[-2:] == TRANSCRIBED
        assert report[api]["events"][-1][1] == COMPLETED_CLASS
        assert report[api]["transcript"] == TEXT


@pytest.mark.parametrize(
    "module",
    ["realtime/ws.mjs", "realtime/websocket.mjs", "beta/realtime/ws.mjs"],
    ids=["ws", "browser", "beta"],
)
@pytest.mark.parametrize("version", NODE)
def test_the_node_client_reads_each_event(
    secure: Realtime,
    faults: FaultServer,
    certificate: tuple[Path, Path],
    speech: bytes,
    version: str,
    module: str,
) -> None:
    faults.answer(TRANSCRIBE, TRANSCRIPTION)
    node = str(Path(sys.executable).with_name("node"))
    address = secure.base_url
    command = [node, str(HERE / "node_realtime.mjs"), str(NODE[version]), module, address]

    report = report_of(command, speech, NODE_EXTRA_CA_CERTS=str(certificate[0]))

    assert [kind for kind in report["types"] if kind in TURN][:3] == TURN
    assert report["types"][-2:] == TRANSCRIBED
    assert report["transcript"] == TEXT
