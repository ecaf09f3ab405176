"""Tests that a voice of the built-in engine is named by the library."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.environment import engine_urls
from tests.gateway_process import Gateway, running_gateway
from tests.voiceprints.conftest import database_url
from tests.voiceprints.people import consenting, voiceprint_of
from voiceprints.models import TranscriptSpeaker

pytestmark = [pytest.mark.models, pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="module")
def everything(
    django_db_setup: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gateway]:
    """A gateway with the built-in engine and the test database."""
    settings = {"DATABASE_URL": database_url(), "SECRET_KEY": "for-the-tests"}
    with running_gateway(
        tmp_path_factory.mktemp("everything"), **settings, **engine_urls()
    ) as gateway:
        yield gateway


def test_a_stored_voice_is_named_and_linked(everything: Gateway, mic: Path) -> None:
    diarization = post(everything, "diarize-chunk", mic)
    vector = np.array(next(iter(diarization["fingerprints"].values())))
    george = consenting("George Hall")
    voiceprint_of(george, vector / np.linalg.norm(vector), diarization["models"]["embedding"])

    answer = post(everything, "label-merge", mic, timeline="[]", store="true")

    assert answer["speakers"][0]["name"] == "George Hall"
    assert TranscriptSpeaker.objects.first().person == george  # type: ignore[union-attr]


def post(gateway: Gateway, endpoint: str, recording: Path, **fields: str) -> dict[str, Any]:
    with recording.open("rb") as file:
        answer = gateway.post(f"/api/audio/{endpoint}", files={"file": file}, data=fields)
    body: dict[str, Any] = answer.json()
    return body
