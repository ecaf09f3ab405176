"""An engine is probed, restarted if it is wedged, and followed until it answers."""

import json
import logging
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from audio.engines import engine_status
from audio.engines.engine_status import EngineStatus
from audio.engines.recovery.examination import examine
from tests.audio.engines.recovery.docker_daemon import DockerDaemon
from tests.audio.engines.recovery.engine import DIARIZE, heal, tone, wedge
from tests.engine_answers import SPEAK, TRANSCRIBE
from tests.faults import Answer, Asked, FaultServer
from tests.waiting import until


def known(engine: str = "parakeet") -> EngineStatus:
    return engine_status.last_status(engine, engine_status.url_of(engine))


def write_known(**fields: object) -> None:
    """Write a status to the board as if it was found before the test."""
    assert engine_status.is_usable()
    before = replace(known(), **fields)  # type: ignore[arg-type]
    engine_status.write_status("parakeet", engine_status.url_of("parakeet"), before)


def wedged_again(faults: FaultServer) -> str:
    """Return the state after another failure, even right after a restart."""
    wedge(faults)
    time.sleep(0.01)
    examine("parakeet")
    return known().state


def late(faults: FaultServer, *, answers_clients: bool) -> None:
    """Script an engine that is late for the probe, and answers clients meanwhile or does not."""

    def answer(asked: Asked) -> Answer:
        if answers_clients:
            engine_status.note_answer("parakeet", engine_status.url_of("parakeet"))
        return Answer(after_s=0.5)

    faults.respond(TRANSCRIBE, answer)


def alerts(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    return [record for record in caplog.records if getattr(record, "alert", False)]


def test_an_engine_that_answers_correctly_is_healthy(engine: FaultServer) -> None:
    examine("parakeet")

    assert known().state == "healthy"
    assert known().probes == {"ok": 1}


def test_a_slow_engine_is_degraded(engine: FaultServer, settings: Settings) -> None:
    settings.PROBE_SLOW_S = 0.0

    examine("parakeet")

    assert known().state == "degraded"


def test_an_engine_that_cannot_be_reached_is_down_and_not_restarted(
    container: DockerDaemon, settings: Settings
) -> None:
    settings.PARAKEET_URL = "http://127.0.0.1:1"

    examine("parakeet")

    assert (known().state, known().reason) == ("down", "It cannot be reached.")
    assert container.restarts == []


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_engine_keeps_its_state(
    container: DockerDaemon, engine: FaultServer, status: int
) -> None:
    examine("parakeet")
    engine.answer(TRANSCRIBE, {}, status=status)

    examine("parakeet")

    assert (known().state, known().probes) == ("healthy", {"ok": 1, "busy": 1})
    assert container.restarts == []


def test_an_engine_that_is_late_while_it_answers_clients_keeps_its_state(
    container: DockerDaemon, engine: FaultServer, settings: Settings
) -> None:
    examine("parakeet")
    settings.PROBE_TIMEOUT_S = 0.2
    late(engine, answers_clients=True)

    examine("parakeet")

    assert (known().state, known().probes) == ("healthy", {"ok": 1, "busy": 1})
    assert container.restarts == []


def test_an_engine_that_answers_clients_at_the_second_probe_is_not_restarted(
    container: DockerDaemon, engine: FaultServer, settings: Settings
) -> None:
    settings.PROBE_TIMEOUT_S = 0.2

    def late_first(asked: Asked) -> Answer:
        late(engine, answers_clients=True)
        return Answer(after_s=0.5)

    engine.respond(TRANSCRIBE, late_first)

    examine("parakeet")

    assert known().probes == {"timed_out": 1, "busy": 1}
    assert container.restarts == []


def test_an_engine_that_answers_clients_after_its_restart_has_recovered(
    container: DockerDaemon, engine: FaultServer, settings: Settings
) -> None:
    settings.PROBE_TIMEOUT_S = 0.2
    wedge(engine)
    container.when_restarted = lambda name: late(engine, answers_clients=True)

    examine("parakeet")

    assert (known().state, len(container.restarts)) == ("degraded", 1)
    assert known().recovery_s is not None


def test_an_engine_that_is_down_and_answers_clients_is_down_no_longer(
    engine: FaultServer, settings: Settings
) -> None:
    settings.PROBE_TIMEOUT_S = 0.2
    write_known(state="down")
    late(engine, answers_clients=True)

    examine("parakeet")

    assert known().state == "degraded"


def test_an_engine_that_answered_clients_before_the_probe_alone_is_late(
    container: DockerDaemon, engine: FaultServer, settings: Settings
) -> None:
    settings.PROBE_TIMEOUT_S = 0.2
    engine_status.note_answer("parakeet", engine_status.url_of("parakeet"))
    late(engine, answers_clients=False)
    time.sleep(0.02)

    examine("parakeet")

    assert known().probes["timed_out"] >= 2
    assert len(container.restarts) == 1


def test_an_engine_that_refuses_the_probe_is_not_wedged(
    container: DockerDaemon, engine: FaultServer
) -> None:
    engine.answer(DIARIZE, {}, status=422)

    examine("parakeet")

    assert (known().state, container.restarts) == ("degraded", [])


def test_an_engine_that_is_well_again_is_not_restarted(
    container: DockerDaemon, engine: FaultServer
) -> None:
    def fail_once(asked: Asked) -> Answer:
        heal(engine)
        return Answer(500)

    engine.respond(TRANSCRIBE, fail_once)

    examine("parakeet")

    assert (known().state, container.restarts) == ("healthy", [])


def test_an_engine_that_vanishes_before_its_restart_is_followed(
    container: DockerDaemon, engine: FaultServer
) -> None:
    def vanish(asked: Asked) -> Answer:
        engine.answer(TRANSCRIBE, pieces=(b"{",), cut=True)
        return Answer(500)

    engine.respond(TRANSCRIBE, vanish)

    examine("parakeet")

    assert (known().state, container.restarts) == ("down", [])
    assert "did not recover" in known().reason


def test_without_a_way_to_restart_it_a_wedged_engine_is_an_alert(
    engine: FaultServer, caplog: pytest.LogCaptureFixture
) -> None:
    wedge(engine)

    examine("parakeet")

    assert known().reason == "It answers 500. No automatic restart is configured."
    assert [record.levelname for record in alerts(caplog)] == ["ERROR"]


def test_an_alert_is_raised_once(engine: FaultServer, caplog: pytest.LogCaptureFixture) -> None:
    wedge(engine)

    examine("parakeet")
    examine("parakeet")

    assert len(alerts(caplog)) == 1


def test_a_wedged_engine_is_restarted_once_and_is_healthy_again(
    container: DockerDaemon, engine: FaultServer
) -> None:
    wedge(engine)

    examine("parakeet")

    assert container.restarts == ["engine"]
    assert (known().state, known().outcomes) == ("healthy", {"done": 1})
    assert known().recovery_s is not None


def test_a_bad_answer_causes_a_restart(container: DockerDaemon, engine: FaultServer) -> None:
    engine.answer(TRANSCRIBE, {"text": "the the the the"})

    examine("parakeet")

    assert container.restarts == ["engine"]


def test_one_late_answer_causes_no_restart(
    container: DockerDaemon, impatient: FaultServer
) -> None:
    def late_once(asked: Asked) -> Answer:
        heal(impatient)
        return Answer(pieces=(b"{}",), after_s=2.0)

    impatient.respond(TRANSCRIBE, late_once)

    examine("parakeet")

    assert (known().state, container.restarts) == ("healthy", [])


def test_an_engine_that_hangs_is_restarted(
    container: DockerDaemon, impatient: FaultServer
) -> None:
    impatient.answer(TRANSCRIBE, {}, after_s=2.0)

    examine("parakeet")

    assert container.restarts == ["engine"]


def test_the_board_says_when_a_restart_should_be_complete(
    container: DockerDaemon, engine: FaultServer
) -> None:
    wedge(engine)
    seen: list[EngineStatus] = []

    def restart(name: str) -> None:
        seen.append(known())
        heal(engine)

    container.when_restarted = restart

    examine("parakeet")

    assert seen[0].state == "restarting"
    assert 50 < (seen[0].ready_at or 0) - time.time() <= 60


def test_a_container_that_was_just_restarted_by_another_host_is_waited_for(
    container: DockerDaemon, engine: FaultServer
) -> None:
    wedge(engine)
    container.started_at["engine"] = time.time()
    container.when_asked = lambda name: heal(engine)

    examine("parakeet")

    assert (known().state, container.restarts) == ("healthy", [])


def test_a_start_by_another_host_is_found_right_before_a_restart(
    container: DockerDaemon, engine: FaultServer
) -> None:
    wedge(engine)

    def start(name: str) -> None:
        # This request returns the start before it; the next request returns this start.
        container.when_asked = lambda name: heal(engine)
        later.append(time.time())

    later: list[float] = []
    container.when_asked = start
    container.started_at = _Started(later)

    examine("parakeet")

    assert (known().state, container.restarts) == ("healthy", [])


class _Started(dict[str, float]):
    """A container that is started between two requests."""

    def __init__(self, later: list[float]) -> None:
        super().__init__(engine=0.0)
        self._later, self._asked = later, 0

    def __getitem__(self, name: str) -> float:
        self._asked += 1
        return 0.0 if self._asked == 1 else self._later[0]


def test_an_engine_is_not_restarted_again_immediately(
    container: DockerDaemon, engine: FaultServer
) -> None:
    wedge(engine)
    examine("parakeet")
    wedge(engine)

    examine("parakeet")

    assert container.restarts == ["engine"]
    assert "last restart was recent" in known().reason


@pytest.mark.parametrize("way", ["docker", "command"])
def test_two_engines_that_are_one_program_are_restarted_once(
    container: DockerDaemon, engine: FaultServer, settings: Settings, way: str
) -> None:
    settings.RESTART_WITH, settings.RESTART_COMMAND = way, "true"
    settings.KOKORO_CONTAINER = "engine"
    settings.RECOVERY_TIMEOUT_S = 0.3
    container.when_restarted = lambda name: None
    wedge(engine)

    examine("parakeet")
    heal(engine)
    engine.answer(SPEAK, {}, status=500)
    examine("kokoro")

    assert known("parakeet").outcomes == {"done": 1}
    assert known("kokoro").outcomes == {}


def test_a_container_that_wedges_again_and_again_is_down_and_an_alert(
    container: DockerDaemon,
    engine: FaultServer,
    settings: Settings,
    caplog: pytest.LogCaptureFixture,
) -> None:
    settings.RESTART_MIN_INTERVAL_S = 0.001
    wedge(engine)

    examinations = [wedged_again(engine) for _ in range(5)]

    assert examinations == ["healthy", "healthy", "healthy", "down", "down"]
    assert len(container.restarts) == 3
    assert [record.__dict__["reason"] for record in alerts(caplog)] == [
        "It answers 500. It was restarted 3 times within an hour."
    ]


def test_restarts_of_more_than_an_hour_ago_do_not_count(
    container: DockerDaemon, engine: FaultServer
) -> None:
    write_known(restarts=(1e9, 1e9 + 1, 1e9 + 2))
    wedge(engine)

    examine("parakeet")

    assert container.restarts == ["engine"]


def test_an_engine_that_a_restart_does_not_heal_is_down_and_an_alert(
    container: DockerDaemon, engine: FaultServer, caplog: pytest.LogCaptureFixture
) -> None:
    container.when_restarted = lambda name: None
    wedge(engine)

    examine("parakeet")

    assert known().state == "down"
    assert "did not recover within 1 s of its restart. It answers 500." in known().reason
    assert len(alerts(caplog)) == 1


def test_a_restart_that_fails_is_down_and_an_alert(
    container: DockerDaemon, engine: FaultServer, caplog: pytest.LogCaptureFixture
) -> None:
    container.refuses_with = 500
    wedge(engine)

    examine("parakeet")

    assert (known().state, known().outcomes) == ("down", {"failed": 1})
    assert known().reason == "It answers 500. Docker refused with 500."
    assert len(alerts(caplog)) == 1


def test_a_failed_restart_is_not_repeated_immediately(
    container: DockerDaemon, engine: FaultServer
) -> None:
    container.refuses_with = 500
    wedge(engine)

    examine("parakeet")
    examine("parakeet")

    assert (known().state, known().outcomes) == ("down", {"failed": 1})


@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
def test_without_docker_a_wedged_engine_is_down(no_docker: None, engine: FaultServer) -> None:
    wedge(engine)

    examine("parakeet")

    assert known().reason == "It answers 500. Docker's API cannot be reached."


def test_a_command_restarts_an_engine(
    engine: FaultServer, settings: Settings, tmp_path: Path
) -> None:
    settings.RESTART_WITH, settings.RECOVERY_TIMEOUT_S = "command", 0.1
    settings.RESTART_COMMAND = f"sh -c 'mkdir $0/$1' {tmp_path}"
    wedge(engine)

    examine("kokoro")

    assert (tmp_path / "kokoro").is_dir()
    assert known("kokoro").outcomes == {"done": 1}


def test_an_engine_that_came_back_by_itself_is_healthy(engine: FaultServer) -> None:
    write_known(state="down", since=1e9, probed_at=1e9)

    examine("parakeet")

    assert known().state == "healthy"


def test_an_abandoned_restart_is_followed(container: DockerDaemon, engine: FaultServer) -> None:
    write_known(state="restarting", since=time.time() - 0.5, ready_at=time.time())

    examine("parakeet")

    assert (known().state, container.restarts) == ("healthy", [])


def test_a_restart_that_was_abandoned_long_ago_is_ignored(
    container: DockerDaemon, engine: FaultServer
) -> None:
    write_known(state="restarting", since=1e9, ready_at=1e9)
    wedge(engine)

    examine("parakeet")

    assert container.restarts == ["engine"]


def test_one_engine_of_a_host_is_examined_at_a_time(engine: FaultServer) -> None:
    with ThreadPoolExecutor(1) as other_process:
        with engine_status.examination_lock():
            waiting = other_process.submit(examine, "parakeet")
            time.sleep(0.1)
            asked_meanwhile = engine.paths()
        is_examined = waiting.result()

    assert (asked_meanwhile, is_examined) == ([], True)


def test_another_engine_is_examined_while_a_restart_is_followed(
    container: DockerDaemon, engine: FaultServer, settings: Settings
) -> None:
    settings.RECOVERY_TIMEOUT_S = 30.0
    wedge(engine)
    container.when_restarted = lambda name: None

    with ThreadPoolExecutor(1) as other_process:
        following = other_process.submit(examine, "parakeet")
        until(lambda: known().state == "restarting")
        engine.answer(SPEAK, tone(0.6), content_type="audio/wav")
        examine("kokoro")
        states = known().state, known("kokoro").state
        heal(engine)
        following.result()

    assert states == ("restarting", "healthy")
    assert known().state == "healthy"


def test_an_engine_that_was_probed_recently_is_not_probed_again(engine: FaultServer) -> None:
    examine("parakeet")
    engine.asked.clear()

    assert not examine("parakeet", cooldown_s=60)
    assert engine.paths() == []


def test_a_change_of_state_is_a_line_of_the_log(
    engine: FaultServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)

    examine("kokoro")

    (record,) = [record for record in caplog.records if record.name == "audio.engines.recovery"]
    fields = {name: record.__dict__[name] for name in ("engine", "before", "state", "reason")}
    assert json.loads(json.dumps(fields)) == {
        "engine": "kokoro",
        "before": "unknown",
        "state": "healthy",
        "reason": "It answered correctly.",
    }


def test_a_restart_that_cannot_be_recorded_is_not_made(
    container: DockerDaemon, engine: FaultServer, caplog: pytest.LogCaptureFixture
) -> None:
    write_known(probed_at=1.0)
    [file] = engine_status.folder().glob("*.json")
    file.with_suffix(".new").mkdir()
    wedge(engine)

    examine("parakeet")

    assert container.restarts == []
    assert "no room to note" in alerts(caplog)[0].reason  # type: ignore[attr-defined]
