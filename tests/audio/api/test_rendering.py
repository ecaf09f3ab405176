"""Answers as JSON."""

import json
import uuid

import numpy as np
from rest_framework.renderers import JSONRenderer

from audio.api.rendering import Json

WORDS = [{"word": "wörd,", "start": at * 0.4, "end": at * 0.4 + 0.3} for at in range(100)]


def test_an_answer_is_what_the_frameworks_own_renderer_would_write() -> None:
    answer = {"text": "Grüß dich \U0001f642\n", "words": WORDS, "none": None, "ids": {1: True}}

    assert Json().render(answer) == JSONRenderer().render(answer)


def test_values_that_json_does_not_know_are_written_as_the_framework_writes_them() -> None:
    answer = {"id": uuid.UUID(int=7), "score": np.float64(0.5), "names": ("Ana", "Ben")}

    assert json.loads(Json().render(answer)) == json.loads(JSONRenderer().render(answer))


def test_no_answer_is_no_bytes() -> None:
    assert Json().render(None) == b""
