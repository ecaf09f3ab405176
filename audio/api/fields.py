"""Form fields of the audio endpoints: a request's text, read into values of the merge core."""

import json
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.fields import empty

from audio.merge.name_spelling import readable
from audio.merge.values import Span, TimelineEntry, Voices


class Choice(serializers.ChoiceField):
    """One of a few words; the refusal lists them."""

    def __init__(self, choices: Sequence[str], **options: Any) -> None:
        expected = f"expected one of {', '.join(choices)}."
        super().__init__(choices, error_messages={"invalid_choice": expected}, **options)


class FiniteFloatField(serializers.FloatField):
    """A number: neither NaN, which passes every bound, nor infinity."""

    def to_internal_value(self, data: Any) -> float:
        number = super().to_internal_value(data)
        if not math.isfinite(number):
            self.fail("invalid")
        return number


class FlagField(serializers.BooleanField):
    """Yes or no, in any common spelling."""

    default_error_messages = {"invalid": "expected true or false."}


class BracketedListField(serializers.ListField):
    """A list of at most `most`, sent as `name[]` repeated, as SDKs do, or under its bare name."""

    default_error_messages = {"too_many": "expected at most {most}, got {count}."}

    def __init__(self, *, most: int = 100, **options: Any) -> None:
        self.most = most
        super().__init__(**options)

    def to_internal_value(self, data: Any) -> list[Any]:
        match data:
            case [str(text)] if text.startswith("["):
                # A user of curl may send the list as JSON.
                data = _parsed(text) or data
        if isinstance(data, list) and len(data) > self.most:
            self.fail("too_many", most=self.most, count=len(data))
        return super().to_internal_value(data)

    def get_value(self, dictionary: Any) -> Any:
        if not hasattr(dictionary, "getlist"):
            given = super().get_value(dictionary)
            return [given] if isinstance(given, str) else given
        name = self.field_name
        return dictionary.getlist(f"{name}[]") or dictionary.getlist(name) or empty


@extend_schema_field(OpenApiTypes.STR)
class ChunkingField(serializers.Field[Any, Any, Any, Any]):
    """`auto`, or a voice activity detector: a text, JSON, or fields called `name[key]`."""

    expected = (
        'expected auto, or {"type": "server_vad"} with threshold (0 to 1), prefix_padding_ms and '
        "silence_duration_ms."
    )

    def get_value(self, dictionary: Any) -> Any:
        start = f"{self.field_name}["
        parts = {
            key[len(start) : -1]: dictionary[key]
            for key in dictionary
            if key[: len(start)] == start
        }
        return parts or super().get_value(dictionary)

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, str) and data.strip().startswith("{"):
            data = _parsed(data)
        if data == "auto" or (isinstance(data, dict) and self._is_detector(data)):
            return data
        raise serializers.ValidationError(self.expected)

    def _is_detector(self, data: dict[str, Any]) -> bool:
        figures = [data.get(key, 0) for key in ("prefix_padding_ms", "silence_duration_ms")]
        threshold = _number(data.get("threshold", 0))
        return (
            data.get("type") == "server_vad"
            and threshold is not None
            and threshold <= 1
            and None not in map(_number, figures)
        )


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _number(value: object) -> float | None:
    """A number that is not negative, as itself or as text."""
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return None
    return number if math.isfinite(number) and number >= 0 else None


class NameField(serializers.CharField):
    """A person's name."""

    def to_internal_value(self, data: Any) -> str:
        name = super().to_internal_value(readable(data) if isinstance(data, str) else data)
        if not name and not self.allow_blank:
            self.fail("blank")
        return name


class JsonField(serializers.Field[Any, Any, Any, Any]):
    """JSON text in a form field (or, in a JSON body, the value itself)."""

    expected = ""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, str | bytes):
            try:
                data = json.loads(data)
            except (ValueError, RecursionError):
                raise serializers.ValidationError(f"not JSON; expected {self.expected}.") from None
        return self.read(data)

    def read(self, data: Any) -> Any:
        """Read what the JSON holds."""
        raise NotImplementedError

    def refuse(self, where: str, got: object = None) -> serializers.ValidationError:
        """Name the place and what was expected there."""
        shown = "" if got is None else f"; got {json.dumps(got, default=str)[:80]}"
        return serializers.ValidationError(
            f"{self.field_name}{where}: expected {self.expected}{shown}."
        )

    def items(self, data: Any) -> list[dict[str, Any]]:
        """A list of objects."""
        if not isinstance(data, list):
            raise self.refuse("", data)
        for index, item in enumerate(data):
            if not isinstance(item, dict):
                raise self.refuse(f"[{index}]", item)
        return data

    def span(self, item: dict[str, Any], index: int) -> tuple[float, float]:
        """A start and an end, in seconds, in order."""
        for key in ("start", "end"):
            if not is_finite(item.get(key)):
                raise self.refuse(f"[{index}].{key}", item.get(key, "nothing"))
        if item["end"] < item["start"]:
            raise self.refuse(f"[{index}]", item)
        return float(item["start"]), float(item["end"])


@extend_schema_field(OpenApiTypes.STR)
class SpansField(JsonField):
    """Stretches of time."""

    expected = 'a list of {"start", "end"} in seconds, finite, start <= end'

    def read(self, data: Any) -> tuple[Span, ...]:
        return tuple(Span(*self.span(item, index)) for index, item in enumerate(self.items(data)))


@extend_schema_field(OpenApiTypes.STR)
class TimelineField(JsonField):
    """Who was shown as speaking when."""

    expected = (
        'a list of {"start", "end", "name", "confidence"?}: seconds, finite, start <= end; '
        "a text; 0 to 1"
    )

    def read(self, data: Any) -> tuple[TimelineEntry, ...]:
        return tuple(self.hint(item, index) for index, item in enumerate(self.items(data)))

    def hint(self, item: dict[str, Any], index: int) -> TimelineEntry:
        """One entry."""
        start, end = self.span(item, index)
        name, confidence = item.get("name"), item.get("confidence", 1.0)
        if not isinstance(name, str):
            raise self.refuse(f"[{index}].name", name)
        if not is_finite(confidence) or not 0 <= confidence <= 1:
            raise self.refuse(f"[{index}].confidence", confidence)
        return TimelineEntry(start, end, readable(name), float(confidence))


@extend_schema_field(OpenApiTypes.STR)
class VoicesField(JsonField):
    """The caller's own library: one vector per name."""

    expected = "{name: [numbers]}, the lists of one length, finite and not all zero"

    def read(self, data: Any) -> Voices:
        if not isinstance(data, dict):
            raise self.refuse("", type(data).__name__)
        if not data:
            return Voices((), np.empty((0, 0)))
        vectors = [self.vector(name, numbers) for name, numbers in data.items()]
        for name, vector in zip(data, vectors, strict=True):
            if len(vector) != len(vectors[0]):
                raise self.refuse(f"[{name[:80]!r}]", f"{len(vector)} numbers")
        names = tuple(map(readable, data))
        if len(set(names)) < len(names):
            raise self.refuse("", "a name twice, typed differently")
        return Voices(names, np.stack(vectors))

    def vector(self, name: str, numbers: Any) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        """One voice."""
        if not readable(name):
            raise self.refuse("['']", "a blank name")
        plain = isinstance(numbers, list) and all(map(is_finite, numbers))
        vector = np.array(numbers if plain else [], dtype=np.float64)
        if not vector.any():
            got = "all zeros" if plain and numbers else "no list of finite numbers"
            raise self.refuse(f"[{name[:80]!r}]", got)
        return vector


def is_finite(value: object) -> bool:
    """Whether a value of JSON is a number that arithmetic can hold."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    try:
        return math.isfinite(float(value))
    except OverflowError:
        return False
