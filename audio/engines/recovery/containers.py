"""An engine's container, through the two calls of Docker's API that a socket proxy must allow."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import docker
from django.conf import settings
from docker.errors import APIError, DockerException, NotFound
from requests import RequestException

from audio.engines.recovery.restarts import RestartFailed

# The oldest version that the client speaks: just to ask which one the daemon does.
ANY_VERSION = "1.24"
QUESTION_S = 10
# Until Docker kills a container that does not stop. At once, because as long as it still answers
# other hosts see that it was started long ago, and would restart it too; wedged, it loses nothing.
STOP_S = 0


class Container:
    """One container, by its name."""

    def __init__(self, name: str) -> None:
        self._name = self.target = name

    def started_at(self) -> float:
        """When Docker last started it."""
        with _daemon(QUESTION_S) as daemon:
            state = daemon.inspect_container(self._name)["State"]
            return datetime.fromisoformat(state["StartedAt"]).timestamp()

    def restart(self) -> None:
        # By name, not by identifier: so a proxy can allow just this container.
        with _daemon(settings.RESTART_TIMEOUT_S) as daemon:
            daemon.restart(self._name, timeout=STOP_S)


@contextmanager
def _daemon(timeout_s: float) -> "Iterator[docker.APIClient]":
    """Docker's API, in the version that its daemon speaks; what goes wrong in a sentence."""
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
    # A proxy from the environment would only carry calls away.
    client.trust_env = False
    return client
