"""Answers as JSON."""

import json
import uuid

import numpy as np
from rest_framework.renderers import JSONRenderer

from audio.api.rendering import Json

WORDS = [{"word": "wörd,", "start": at * 0.4, "end": at * 0.4 + 0.3} for at in range(100)]


def test_json_is_the_same_as_that_of_the_frameworks_renderer() -> None:
    answer = {"text": "Grüß dich \U0001f642\n", "words": WORDS, "none": None, "ids": {1: True}}

    assert Json().render(answer) == JSONRenderer().render(answer)


def test_values_unknown_to_json_are_encoded_as_by_the_framework() -> None:
    answer = {"id": uuid.UUID(int=7), "score": np.float64(0.5), "names": ("Ana", "Ben")}

    assert json.loads(Json().render(answer)) == json.loads(JSONRenderer().render(answer))


def test_an_empty_answer_has_no_bytes() -> None:
    assert Json().render(None) == b""
