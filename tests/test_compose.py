"""What docker-compose.yml promises, read from the file: no Docker engine is needed."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
WANTED = {"POSTGRES_PASSWORD": "secret", "SECRET_KEY": "key", "API_KEYS": "desk:key"}
DOCKER_SOCKET = "/var/run/docker.sock"
MAY_RESTART = tuple(
    f"{name}{suffix}"
    for suffix in ("", "-cpu")
    for name in ("gateway", "worker", "realtime", "watch")
)
has_compose = (
    shutil.which("docker") is not None
    and subprocess.run(["docker", "compose", "version"], capture_output=True).returncode == 0
)


def with_defaults(text: str) -> str:
    """The value when `.env` sets nothing."""
    return re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", text)


def of_profile(profile: str) -> set[str]:
    return {name for name, service in SERVICES.items() if profile in service["profiles"]}


def test_a_profile_has_one_gateway_and_all_it_needs() -> None:
    assert of_profile("gpu") == {
        *("gateway", "worker", "realtime", "watch"),
        *("postgres", "kokoro", "parakeet"),
    }
    assert of_profile("cpu") == {
        *("gateway-cpu", "worker-cpu", "realtime-cpu", "watch-cpu"),
        *("postgres", "cpu-engine"),
    }


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_has_a_health_check_and_is_restarted(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"][0] in {"CMD", "CMD-SHELL"}
    assert SERVICES[name]["restart"] == "unless-stopped"


@pytest.mark.parametrize("name", SERVICES)
def test_no_service_has_or_gains_a_privilege_that_it_does_not_need(name: str) -> None:
    service = SERVICES[name]

    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["cap_drop"] == ["ALL"]
    assert set(service.get("cap_add", [])) <= {
        *("CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID")
    }
    assert not service.get("privileged")


def test_only_the_database_adds_a_capability() -> None:
    assert {name for name in SERVICES if "cap_add" in SERVICES[name]} == {"postgres"}


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_limits_its_processes(name: str) -> None:
    assert 0 < SERVICES[name]["pids_limit"] <= 2048


def test_all_services_are_read_only_except_for_an_engine_of_others() -> None:
    writable = {name for name, service in SERVICES.items() if not service.get("read_only")}

    assert writable == {"kokoro"}


@pytest.mark.parametrize(("name", "of"), [("wyoming", "gateway"), ("wyoming-cpu", "gateway-cpu")])
def test_home_assistant_is_served_by_the_engines_of_a_gateway(name: str, of: str) -> None:
    served, gateway = SERVICES[name]["environment"], SERVICES[of]["environment"]

    assert (served["PARAKEET_URL"], served["KOKORO_URL"]) == (
        gateway["PARAKEET_URL"],
        gateway["KOKORO_URL"],
    )
    assert served["RESTART_WITH"] == ""
    assert SERVICES[name]["profiles"] == [{"gateway": "home", "gateway-cpu": "home-cpu"}[of]]


@pytest.mark.parametrize("name", [name for name in SERVICES if name != "docker-proxy"])
def test_a_read_only_service_can_write_into_tmp(name: str) -> None:
    service = SERVICES[name]
    mounts = [*service.get("tmpfs", []), *service.get("volumes", [])]
    targets = {mount.split(":")[0] for mount in service.get("tmpfs", [])}
    targets |= {mount.split(":")[1] for mount in service.get("volumes", [])}

    assert "/tmp" in targets or not service.get("read_only"), mounts


@pytest.mark.parametrize("name", ["gateway", "gateway-cpu", "worker", "worker-cpu"])
def test_uploads_are_on_disk(name: str) -> None:
    folder = SERVICES[name]["environment"]["UPLOADS_DIR"]

    assert f"uploads:{folder}" in SERVICES[name]["volumes"]


@pytest.mark.parametrize("stage", ["gateway", "cpu-engine", "nvidia-engine"])
def test_an_image_runs_without_root_and_owns_the_folders_of_its_volumes(stage: str) -> None:
    text = (ROOT / "Dockerfile").read_text()
    body = re.split(rf"(?m)^FROM \S+ AS {stage}$", text)[1].split("\nFROM ")[0]
    owned = set(re.findall(r"/\w+", re.findall(r"(?m)^RUN install -d -o spark(.*)$", body)[0]))

    assert re.findall(r"(?m)^USER (\S+)$", body) == ["spark"]
    assert set(re.findall(r"(?m)^VOLUME (.+)$", body)[0].split()) == owned


@pytest.mark.parametrize("name", SERVICES)
def test_every_image_is_pinned(name: str) -> None:
    _, _, tag = with_defaults(SERVICES[name]["image"]).rpartition(":")

    assert tag not in {"", "latest"}


def test_only_servers_publish_a_port_and_by_default_on_loopback() -> None:
    published = {
        name: service["ports"] for name, service in SERVICES.items() if "ports" in service
    }

    ports = {"gateway": 8000, "realtime": 8001, "wyoming": 10300}
    assert {name: with_defaults(port) for name, ports in published.items() for port in ports} == {
        f"{name}{suffix}": f"127.0.0.1:{port}:{port}"
        for name, port in ports.items()
        for suffix in ("", "-cpu")
    }


def test_stored_data_is_in_named_volumes() -> None:
    mounts = [mount for service in SERVICES.values() for mount in service.get("volumes", [])]

    kept = {mount.split(":")[0] for mount in mounts} - {DOCKER_SOCKET}
    assert kept == set(COMPOSE["volumes"])


def test_only_the_gpu_profile_reserves_a_gpu() -> None:
    assert {name for name in SERVICES if "deploy" in SERVICES[name]} == {"kokoro", "parakeet"}


@pytest.mark.parametrize("name", ["gateway", "gateway-cpu"])
def test_a_gateway_waits_until_all_it_asks_are_healthy(name: str) -> None:
    (profile,) = SERVICES[name]["profiles"]
    conditions = {need["condition"] for need in SERVICES[name]["depends_on"].values()}

    others = {"worker", "worker-cpu", "realtime", "realtime-cpu", "watch", "watch-cpu"}
    assert set(SERVICES[name]["depends_on"]) == of_profile(profile) - others - {name}
    assert conditions == {"service_healthy"}


@pytest.mark.parametrize("name", ["gateway", "gateway-cpu"])
def test_a_gateway_finds_its_engines_by_the_names_of_services(name: str) -> None:
    settings = SERVICES[name]["environment"]
    urls = [settings["PARAKEET_URL"], settings["KOKORO_URL"]]

    assert {url.split("/")[2].split(":")[0] for url in urls} < set(SERVICES[name]["depends_on"])


@pytest.mark.parametrize("variable", WANTED)
def test_no_secret_has_a_default(variable: str) -> None:
    text = (ROOT / "docker-compose.yml").read_text()

    assert set(re.findall(rf"\$\{{{variable}(..)", text)) == {":?"}


def test_every_build_names_a_stage_of_the_dockerfile() -> None:
    stages = set(re.findall(r"(?m)^FROM \S+ AS (\S+)$", (ROOT / "Dockerfile").read_text()))

    assert {service["build"]["target"] for service in SERVICES.values() if "build" in service} <= (
        stages
    )


def test_everything_the_dockerfile_copies_exists_and_is_not_ignored() -> None:
    lines = re.findall(r"(?m)^COPY (?!--from)(.+) \S+$", (ROOT / "Dockerfile").read_text())
    copied = {Path(word) for line in lines for word in line.split()}
    kept = set(re.findall(r"(?m)^!(\S+)$", (ROOT / ".dockerignore").read_text()))

    assert [path for path in copied if not (ROOT / path).exists()] == []
    assert {path.parts[0] for path in copied} == kept


@pytest.mark.skipif(not has_compose, reason="the compose plugin of Docker is not installed")
@pytest.mark.parametrize("profile", ["gpu", "cpu", "home", "home-cpu"])
def test_docker_compose_reads_it(profile: str) -> None:
    command = ["docker", "compose", "--profile", profile, "config", "--quiet"]

    ran = subprocess.run(
        command, cwd=ROOT, env=os.environ | WANTED, capture_output=True, text=True
    )

    assert (ran.returncode, ran.stderr) == (0, "")


@pytest.mark.parametrize("suffix", ["", "-cpu"])
@pytest.mark.parametrize("kind", ["worker", "realtime"])
def test_a_worker_shares_engine_database_and_recordings_with_its_gateway(
    kind: str, suffix: str
) -> None:
    of = f"gateway{suffix}"
    worker, gateway = SERVICES[f"{kind}{suffix}"], SERVICES[of]

    assert worker["volumes"] == gateway["volumes"]
    assert worker["environment"].items() <= gateway["environment"].items()
    assert set(worker["depends_on"]) == {of}


def allowed(method: str, path: str) -> bool:
    """Whether the proxy lets a call to Docker through; it anchors its patterns at both ends."""
    option = f"-allow{method}="
    words = SERVICES["docker-proxy"]["command"]
    patterns = [word.removeprefix(option) for word in words if word.startswith(option)]
    return any(re.fullmatch(pattern, path) for pattern in patterns)


def test_only_the_proxy_sees_dockers_socket() -> None:
    seen_by = {
        name
        for name, service in SERVICES.items()
        if any(mount.startswith(DOCKER_SOCKET) for mount in service.get("volumes", []))
    }

    assert seen_by == {"docker-proxy"}
    assert SERVICES["docker-proxy"]["networks"] == ["restarts"]


def test_no_proxy_runs_unless_it_is_asked_for() -> None:
    assert SERVICES["docker-proxy"]["profiles"] == ["restarts"]


@pytest.mark.parametrize("name", ["gateway", "gateway-cpu"])
@pytest.mark.parametrize("engine", ["PARAKEET", "KOKORO"])
def test_the_proxy_lets_through_what_a_restart_takes(name: str, engine: str) -> None:
    container = SERVICES[name]["environment"][f"{engine}_CONTAINER"]

    assert allowed("GET", "/version")
    assert allowed("GET", f"/v1.51/containers/{container}/json")
    assert allowed("POST", f"/v1.51/containers/{container}/restart")
    assert container in {service.get("container_name") for service in SERVICES.values()}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1.51/containers/json"),
        ("GET", "/v1.51/containers/spark-control-kokoro/logs"),
        ("GET", "/v1.51/containers/spark-control-postgres-1/json"),
        ("POST", "/v1.51/containers/spark-control-postgres-1/restart"),
        ("POST", "/v1.51/containers/spark-control-kokoro/stop"),
        ("POST", "/v1.51/containers/spark-control-kokoro/exec"),
        ("POST", "/v1.51/containers/create"),
        ("DELETE", "/v1.51/containers/spark-control-kokoro"),
    ],
)
def test_the_proxy_lets_nothing_else_through(method: str, path: str) -> None:
    assert not allowed(method, path)


def test_the_proxy_serves_just_those_that_see_an_engine_fail() -> None:
    (option,) = [word for word in SERVICES["docker-proxy"]["command"] if "allowfrom" in word]
    reached = {
        name for name, service in SERVICES.items() if "restarts" in service.get("networks", [])
    }

    assert set(option.removeprefix("-allowfrom=").split(",")) == set(MAY_RESTART)
    assert reached == {"docker-proxy", *MAY_RESTART}


@pytest.mark.parametrize("name", MAY_RESTART)
def test_all_services_that_call_an_engine_share_its_status(name: str) -> None:
    assert "recovery:/recovery" in SERVICES[name]["volumes"]
    assert SERVICES[name]["environment"]["RECOVERY_DIR"] == "/recovery"


def test_nothing_is_restarted_unless_it_is_asked_for() -> None:
    assert with_defaults(SERVICES["watch"]["environment"]["RESTART_WITH"]) == ""


def test_the_log_of_the_database_has_no_names() -> None:
    told = SERVICES["postgres"]["command"]

    assert {"log_min_error_statement=panic", "log_error_verbosity=terse"} < set(told)


@pytest.mark.parametrize("name", ["gateway", "gateway-cpu"])
def test_samples_of_voices_outlive_their_container(name: str) -> None:
    assert SERVICES[name]["environment"]["SAMPLES_DIR"] == "/samples"
    assert "samples:/samples" in SERVICES[name]["volumes"]
    assert "samples" in COMPOSE["volumes"]


def test_the_gpu_profile_runs_the_nvidia_engine_on_cuda() -> None:
    engine = SERVICES["parakeet"]

    assert engine["build"]["target"] == "nvidia-engine"
    assert with_defaults(engine["environment"]["DEVICE"]) == "cuda"
    assert SERVICES["gateway"]["environment"]["PARAKEET_URL"] == "http://parakeet:9100"


def test_every_target_of_the_compose_file_is_in_the_dockerfile() -> None:
    stages = set(re.findall(r"^FROM \S+ AS (\S+)$", (ROOT / "Dockerfile").read_text(), re.M))

    assert {one["build"]["target"] for one in SERVICES.values() if "build" in one} <= stages
