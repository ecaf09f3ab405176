"""The ways to configure engines that are measured, each behind the shim of a dialect."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measures.requests import SETTINGS
from spark_control.laptop.gateway import Gateway, running_gateway

LOG = Path("var/dialects/gateway.log")
HEARD = LOG.with_name("heard")
TRANSCRIBE = "/v1/audio/transcriptions"


@dataclass(frozen=True, slots=True)
class Row:
    """A way to configure engines: by role, the shim below the path, and its dialect.

    `path` is the shim's own path for words; `has_times`: its answers have the times of words.
    """

    name: str
    roles: Mapping[str, tuple[str, str]]
    has_times: bool = True
    path: str = TRANSCRIBE

    def settings(self, url: str) -> dict[str, str]:
        """Return the gateway's settings."""
        named = {"PARAKEET_URL": "", "KOKORO_URL": "", "DATABASE_URL": ""}
        for role, (shim, dialect) in {**_NATIVE, **self.roles}.items():
            named[f"{role}_URL"] = f"{url}/{shim}"
            named[f"{role}_DIALECT"] = dialect
            named[f"{role}_MODEL"] = f"{shim}-{role.lower()}"
        return named | {"WORDS_PATH": self.path if self.path == "/inference" else ""}


_NATIVE = dict.fromkeys(("WORDS", "TURNS", "VOICES"), ("native", "parakeet"))


def _words(shim: str, dialect: str) -> dict[str, tuple[str, str]]:
    return {"WORDS": (shim, dialect)}


def _both(shim: str, dialect: str) -> dict[str, tuple[str, str]]:
    return dict.fromkeys(("WORDS", "TURNS"), (shim, dialect))


def _all(shim: str, dialect: str) -> dict[str, tuple[str, str]]:
    return dict.fromkeys(("WORDS", "TURNS", "VOICES"), (shim, dialect))


ROWS = (
    Row("native", {}),
    Row("openai, words", _words("openai", "openai")),
    Row("openai, whisper.cpp", _words("whisper.cpp", "openai"), path="/inference"),
    Row("openai, segments", _words("segments", "openai"), has_times=False),
    Row("openai, text", _words("text", "openai"), has_times=False),
    Row("openai-diarized", _both("diarized", "openai-diarized"), has_times=False),
    Row("openai-diarized, MOSS text", _both("moss", "openai-diarized"), has_times=False),
    Row("localai", _all("localai", "localai")),
    Row("speaches", _all("speaches", "speaches")),
    Row("asr-webservice, words", _words("asr", "asr-webservice"), path="/asr"),
    Row("asr-webservice, WhisperX", _both("asr", "asr-webservice"), path="/asr"),
    Row("nemo-speech-cpp", _both("nemo", "nemo-speech-cpp")),
    Row("nemo-speech-cpp, turns", {"TURNS": ("nemo", "nemo-speech-cpp")}),
)


@contextmanager
def gateway_over(row: Row, url: str) -> Iterator[Gateway]:
    """Run a gateway over the shims at this URL for the block."""
    LOG.parent.mkdir(parents=True, exist_ok=True)
    with running_gateway(LOG, {**SETTINGS, **row.settings(url)}) as gateway:
        yield gateway
