"""Serializer fields that turn the text of a request into values of the merge core."""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.core.files.uploadedfile import UploadedFile
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.fields import empty

from audio.merge.name_spelling import readable
from audio.merge.values import Embedding, Span, Voices
from audio.timelines.clock_times import parse_recording_start
from audio.timelines.export import MAX_BYTES, Export, Unreadable
from audio.timelines.plain_list import invalid, is_finite, parse_json, parse_spans
from audio.timelines.registry import read_timeline


class Choice(serializers.ChoiceField):
    """One of a few words; the error message lists them."""

    def __init__(self, choices: Sequence[str], **options: Any) -> None:
        expected = f"expected one of {', '.join(choices)}."
        super().__init__(choices, error_messages={"invalid_choice": expected}, **options)


class FiniteFloatField(serializers.FloatField):
    """A finite number: NaN would pass every bound."""

    def to_internal_value(self, data: Any) -> float:
        number = super().to_internal_value(data)
        if not math.isfinite(number):
            self.fail("invalid")
        return number


class FlagField(serializers.BooleanField):
    """A boolean, in any common spelling."""

    default_error_messages = {"invalid": "expected true or false."}


class BracketedListField(serializers.ListField):
    """A list, sent as `name[]` repeated, as SDKs do, or under its bare name."""

    default_error_messages = {"too_many": "expected at most {limit}, got {count}."}

    def __init__(self, *, max_items: int = 100, **options: Any) -> None:
        self.max_items = max_items
        super().__init__(**options)

    def to_internal_value(self, data: Any) -> list[Any]:
        match data:
            case [str(text)] if text.startswith("["):
                # With curl, the list may be sent as JSON.
                data = _parse_json(text) or data
        if isinstance(data, list) and len(data) > self.max_items:
            self.fail("too_many", limit=self.max_items, count=len(data))
        return super().to_internal_value(data)

    def get_value(self, dictionary: Any) -> Any:
        if not hasattr(dictionary, "getlist"):
            given = super().get_value(dictionary)
            return [given] if isinstance(given, str) else given
        name = self.field_name
        return dictionary.getlist(f"{name}[]") or dictionary.getlist(name) or empty


@extend_schema_field(OpenApiTypes.STR)
class ChunkingField(serializers.Field[Any, Any, Any, Any]):
    """`auto`, or a voice activity detector as JSON or as fields named `name[key]`."""

    expected = (
        'expected auto, or {"type": "server_vad"} with threshold (0 to 1), prefix_padding_ms and '
        "silence_duration_ms."
    )

    def get_value(self, dictionary: Any) -> Any:
        prefix = f"{self.field_name}["
        parts = {
            key[len(prefix) : -1]: dictionary[key]
            for key in dictionary
            if key[: len(prefix)] == prefix
        }
        return parts or super().get_value(dictionary)

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, str) and data.strip().startswith("{"):
            data = _parse_json(data)
        if data == "auto" or (isinstance(data, dict) and self._is_detector(data)):
            return data
        raise serializers.ValidationError(self.expected)

    def _is_detector(self, data: dict[str, Any]) -> bool:
        durations = [data.get(key, 0) for key in ("prefix_padding_ms", "silence_duration_ms")]
        threshold = _non_negative(data.get("threshold", 0))
        return (
            data.get("type") == "server_vad"
            and threshold is not None
            and threshold <= 1
            and None not in map(_non_negative, durations)
        )


def _parse_json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _non_negative(value: object) -> float | None:
    """Return the number that a value or its text holds; None if it is negative or invalid."""
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return None
    return number if math.isfinite(number) and number >= 0 else None


class TextField(serializers.CharField):
    """A text; a number of a JSON body is refused."""

    default_error_messages = {"invalid": "expected a text."}

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class NameField(TextField):
    """A person's name."""

    def to_internal_value(self, data: Any) -> str:
        name = super().to_internal_value(readable(data) if isinstance(data, str) else data)
        if not name and not self.allow_blank:
            self.fail("blank")
        return name


class JsonField(serializers.Field[Any, Any, Any, Any]):
    """JSON text in a form field (or, in a JSON body, the value itself)."""

    def to_internal_value(self, data: Any) -> Any:
        try:
            return self.parse(data)
        except ValueError as error:
            raise serializers.ValidationError(str(error)) from error

    def parse(self, data: Any) -> Any:
        """Return the value that the JSON holds; raise `ValueError` where it is invalid."""
        raise NotImplementedError


@extend_schema_field(OpenApiTypes.STR)
class SpansField(JsonField):
    """Spans of time, in seconds."""

    def parse(self, data: Any) -> tuple[Span, ...]:
        return parse_spans(data, name=str(self.field_name))


@extend_schema_field({"anyOf": [{"type": "string"}, {"type": "string", "format": "binary"}]})
class TimelineField(serializers.Field[Any, Any, Any, Any]):
    """A timeline as its platform wrote it: text, a file, or (in a JSON body) the value itself."""

    default_error_messages = {"several": "timeline: expected one timeline, got {count}."}

    def get_value(self, dictionary: Any) -> Any:
        """Return all values under this name if there are several; a form would keep the last."""
        if hasattr(dictionary, "getlist"):
            values = dictionary.getlist(self.field_name)
            if len(values) > 1:
                return _Several(len(values))
        return super().get_value(dictionary)

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, _Several):
            self.fail("several", count=data.count)
        if not isinstance(data, UploadedFile):
            return data
        data.seek(0)
        return data.read(MAX_BYTES + 1)

    @staticmethod
    def read(content: Any, format: str, recording_start: float | None) -> Export:
        """Return the export that the content holds; raise `ValidationError` for any other content.

        A serializer calls it when all of its fields are known.
        """
        try:
            return read_timeline(content, format=format, recording_start=recording_start)
        except Unreadable as error:
            raise serializers.ValidationError({"timeline": str(error)}) from None


@dataclass(frozen=True, slots=True)
class _Several:
    """More values than one under the name of a field."""

    count: int


@extend_schema_field(OpenApiTypes.STR)
class InstantField(serializers.Field[Any, Any, Any, Any]):
    """An instant: ISO 8601, or seconds (from 1e11 on: milliseconds) since 1970."""

    def to_internal_value(self, data: Any) -> float:
        try:
            return parse_recording_start(str(data))
        except ValueError as error:
            raise serializers.ValidationError(str(error)) from None


@extend_schema_field(OpenApiTypes.STR)
class VoicesField(JsonField):
    """The known voices that the caller sends: one embedding per name."""

    def parse(self, data: Any) -> Voices:
        return parse_voices(data, name=str(self.field_name))


VOICES = "{name: [numbers]}, the lists of one length, finite and not all zero"


def parse_voices(given: object, *, name: str) -> Voices:
    """Return the known voices of JSON, given as text or as the parsed value.

    Raises
    ------
    ValueError
        A sentence that begins with `name` and says which voice is invalid.
    """
    data = parse_json(given, name, expected=VOICES)
    if not isinstance(data, dict):
        raise invalid(name, VOICES, type(data).__name__)
    if not data:
        return Voices((), np.empty((0, 0)))
    embeddings = [parse_embedding(numbers, person, name=name) for person, numbers in data.items()]
    for person, embedding in zip(data, embeddings, strict=True):
        if len(embedding) != len(embeddings[0]):
            raise invalid(f"{name}[{person[:80]!r}]", VOICES, f"{len(embedding)} numbers")
    names = tuple(map(readable, data))
    if len(set(names)) < len(names):
        raise invalid(name, VOICES, "a name twice, typed differently")
    return Voices(names, np.stack(embeddings))


def parse_embedding(numbers: object, person: str, *, name: str) -> Embedding:
    """Return the embedding of one person.

    Raises
    ------
    ValueError
    """
    if not readable(person):
        raise invalid(f"{name}['']", VOICES, "a blank name")
    plain = numbers if isinstance(numbers, list) and all(map(is_finite, numbers)) else []
    embedding = np.array(plain, dtype=np.float64)
    if not embedding.any():
        got = "all zeros" if plain else "no list of finite numbers"
        raise invalid(f"{name}[{person[:80]!r}]", VOICES, got)
    return embedding
