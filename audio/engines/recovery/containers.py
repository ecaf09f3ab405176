"""An engine's container, by the two calls of Docker's API that a socket proxy must allow."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import docker
from django.conf import settings
from docker.errors import APIError, DockerException, NotFound
from requests import RequestException

from audio.engines.recovery.restarts import RestartFailed

# The oldest version of the API that the client speaks, used to ask for the daemon's version.
ANY_VERSION = "1.24"
QUERY_S = 10
# Docker kills the container immediately: while it still runs, other hosts see an old start time,
# and would restart it too. A wedged engine loses nothing.
STOP_S = 0


class Container:
    """One container, by its name."""

    def __init__(self, name: str) -> None:
        self._name = name

    def started_at(self) -> float:
        """Return when Docker last started the container, in seconds since 1970."""
        with _daemon(QUERY_S) as daemon:
            state = daemon.inspect_container(self._name)["State"]
            return datetime.fromisoformat(state["StartedAt"]).timestamp()

    def restart(self) -> None:
        # By name, not by identifier, so that a proxy can allow this container alone.
        with _daemon(settings.RESTART_TIMEOUT_S) as daemon:
            daemon.restart(self._name, timeout=STOP_S)


@contextmanager
def _daemon(timeout_s: float) -> Iterator[docker.APIClient]:
    """Open Docker's API in the daemon's version; raise `RestartFailed` for its errors."""
    try:
        with _client(ANY_VERSION, timeout_s) as asking:
            version = asking.version(api_version=False)["ApiVersion"]
        with _client(version, timeout_s) as daemon:
            yield daemon
    except NotFound as error:
        raise RestartFailed("Docker has no container of the configured name.") from error
    except APIError as error:
        raise RestartFailed(f"Docker refused with {error.status_code}.") from error
    except (DockerException, RequestException) as error:
        raise RestartFailed("Docker's API cannot be reached.") from error
    except (KeyError, TypeError, ValueError) as error:
        raise RestartFailed("Docker gave an answer that cannot be used.") from error


def _client(version: str, timeout_s: float) -> docker.APIClient:
    client = docker.APIClient(settings.DOCKER_URL, version=version, timeout=timeout_s)
    # A proxy from the environment would redirect the calls.
    client.trust_env = False
    return client
