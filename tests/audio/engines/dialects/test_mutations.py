"""Any answer at all is read, or refused as one that cannot be used."""

import json
from collections.abc import Mapping
from contextlib import suppress
from copy import deepcopy
from functools import reduce
from operator import getitem
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audio.engines.dialects.readers.answer_values import as_object, objects, vector
from audio.engines.dialects.readers.transcripts import (
    read_labelled_text,
    read_transcription,
    read_turns,
    read_words_and_turns,
)
from audio.merge.values import Diarization, Transcription
from tests.audio.engines.dialects.samples import FOREIGN, LENGTH_S, body

TEXTS = ["", "NaN", "12.5", "x" * 5000, "[S01]", "[1][S01]a", "\x00", "(music)", "unknown", "<NA>"]
NUMBERS = [0, -1, 1e300, 10**400, -0.0, float("nan"), float("inf"), True, False]
OTHERS: list[Any] = [None, [], {}, [[]], [None], {"a": 1}, ["one"], {"error": "no"}]
JUNK = st.sampled_from([*TEXTS, *NUMBERS, *OTHERS]).map(deepcopy)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the paths of all values inside of a value."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    found = [path]
    for key, one in items:
        inside = isinstance(one, dict | list) and key not in ("embedding", "tokens")
        found += places(one, (*path, key)) if inside else [(*path, key)]
    return found


@st.composite
def mutated(draw: st.DrawFn, name: str) -> Any:
    """Draw a sample's answer in which values are replaced, missing, repeated or reversed."""
    answer = deepcopy(body(name))
    if isinstance(answer, str):
        at = draw(st.integers(0, len(answer)))
        return answer[:at] + str(draw(JUNK)) + answer[at + draw(st.integers(0, 30)) :]
    for _ in range(draw(st.integers(1, 4))):
        *path, last = draw(st.sampled_from([one for one in places(answer) if one] or [("text",)]))
        holder = reduce(getitem, path, answer)
        draw(st.sampled_from([replace, remove, disorder]))(holder, last, draw(JUNK))
    return answer


def replace(holder: Any, key: Any, junk: object) -> None:
    holder[key] = junk


def remove(holder: Any, key: Any, _: object) -> None:
    if isinstance(holder, list) or key in holder:
        del holder[key]


def disorder(holder: Any, _: object, junk: object) -> None:
    """Repeat and reverse a list; give an object another key."""
    if isinstance(holder, list):
        holder.extend(holder[::2])
        holder.reverse()
    else:
        holder["extra"] = junk


def is_sound(transcription: Transcription, length_s: float | None) -> bool:
    latest = np.inf if length_s is None else length_s
    words = transcription.words
    starts = [word.start for word in words]
    in_time = all(0.0 <= word.start <= word.end <= latest for word in words)
    return in_time and starts == sorted(starts) and all(word.text.strip() for word in words)


def is_in_order(turns: Diarization, length_s: float | None) -> bool:
    latest = np.inf if length_s is None else length_s
    in_time = all(0.0 <= one.start < one.end <= latest for one in turns.turns)
    return in_time and {one.speaker for one in turns.turns} == set(turns.speakers)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(FOREIGN)).flatmap(mutated), st.sampled_from([LENGTH_S, None, 0.5]))
def test_a_mutated_answer_is_read_or_refused(answer: Any, length_s: float | None) -> None:
    with suppress(ValueError):
        assert is_sound(read_transcription(answer, length_s), length_s)
    with suppress(ValueError):
        assert is_in_order(read_turns(answer, length_s), length_s)
    for read in (read_words_and_turns, read_labelled_text):
        with suppress(ValueError):
            words, turns = read(answer, length_s)
            assert is_sound(words, length_s)
            assert is_in_order(turns, length_s)


@settings(max_examples=50, deadline=None)
@given(st.recursive(JUNK, lambda inner: st.lists(inner, max_size=3), max_leaves=5))
def test_any_embedding_is_read_or_refused(given_vector: Any) -> None:
    with suppress(ValueError):
        assert np.isfinite(vector(given_vector)).all()


@pytest.mark.parametrize("answer", [{"data": []}, {"data": [1]}, {"data": None}])
def test_data_without_an_object_is_refused_or_empty(answer: Mapping[str, object]) -> None:
    with suppress(ValueError):
        assert not objects(as_object(json.loads(json.dumps(answer))), "data")
