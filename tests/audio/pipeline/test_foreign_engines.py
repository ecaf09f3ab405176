"""Engines of other makes, in every combination of dialects: the talk has its words and names."""

from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
from pytest_django import Settings

from audio.engines import roles
from audio.engines.role_settings import ROLES, Role
from audio.media.recording import Recording
from audio.merge.values import NamedTranscript
from audio.pipeline.label_merge import label_merge
from audio.pipeline.merge_job import MergeJob, MergeOptions
from tests.audio.pipeline.foreign_engines import (
    BLOCKS,
    KNOWN,
    NAMES,
    TURNS,
    VOICES,
    WORDS,
    Scripted,
    settings_of,
    talk_wav,
)
from tests.faults import FaultServer, running_fault_server

NAMED = [(NAMES[speaker], text) for speaker, text in BLOCKS]
Servers = dict[Role, FaultServer]


@pytest.fixture(scope="module")
def running() -> Iterator[Servers]:
    """A server for each role, so that each is an engine of its own."""
    with (
        running_fault_server() as words,
        running_fault_server() as turns,
        running_fault_server() as voices,
    ):
        yield {"words": words, "turns": turns, "voices": voices}
        for engines in roles.engine_names().values():
            engines[0].engine.close()


@pytest.fixture
def servers(running: Servers, settings: Settings, tmp_path: Path) -> Servers:
    for server in running.values():
        server.reset()
    settings.PROBE_AFTER_FAILURE, settings.UPLOADS_DIR = False, str(tmp_path)
    settings.PARAKEET_URL = settings.KOKORO_URL = ""
    return running


@pytest.fixture
def talk(tmp_path: Path) -> Recording:
    path = tmp_path / "talk.wav"
    path.write_bytes(talk_wav())
    return Recording(path, ".wav")


def configure(settings: Settings, servers: Servers, **engines: Scripted) -> None:
    for role in ROLES:
        if role in engines:
            for name, value in settings_of(role, engines[role], servers[role]).items():
                setattr(settings, name, value)


def merged(talk: Recording) -> NamedTranscript:
    options = MergeOptions(transcribe=True, known_voiceprints=KNOWN)
    return label_merge(MergeJob(options=options, file=talk))


def blocks(transcript: NamedTranscript) -> list[tuple[str, str]]:
    return [(block.speaker, block.text) for block in transcript.blocks]


@pytest.mark.parametrize(("words", "turns"), list(product(WORDS, TURNS)))
def test_words_and_turns_of_any_two_dialects_are_named_by_voice(
    servers: Servers, settings: Settings, talk: Recording, words: str, turns: str
) -> None:
    configure(settings, servers, words=WORDS[words], turns=TURNS[turns], voices=VOICES["localai"])

    assert blocks(merged(talk)) == NAMED


@pytest.mark.parametrize(("turns", "voices"), list(product(TURNS, VOICES)))
def test_turns_and_voices_of_any_two_dialects_name_the_words(
    servers: Servers, settings: Settings, talk: Recording, turns: str, voices: str
) -> None:
    configure(settings, servers, words=WORDS["words"], turns=TURNS[turns], voices=VOICES[voices])

    assert blocks(merged(talk)) == NAMED
