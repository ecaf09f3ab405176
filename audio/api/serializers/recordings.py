"""Recordings as they arrive in a request: uploaded, or written out as base64."""

import base64
import binascii
import re
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

from django.core.files.uploadedfile import TemporaryUploadedFile
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.fields import empty

from audio.media.recording import Recording
from audio.merge.name_spelling import readable

_SUFFIX = re.compile(r"\.[a-z0-9]{1,5}")
_DATA_URL = re.compile(r"data:[^,]{0,200};base64,", re.IGNORECASE)


class AudioField(serializers.FileField):
    """An uploaded recording: a file on disk, whatever its size."""

    default_error_messages = {
        "empty": "Empty file",
        "several": "expected one recording, got {count}.",
    }

    def get_value(self, dictionary: Any) -> Any:
        """Of two files under one name Django would silently take the last."""
        if not hasattr(dictionary, "getlist"):
            return super().get_value(dictionary)
        sent = dictionary.getlist(self.field_name)
        return sent if len(sent) > 1 else super().get_value(dictionary)

    def to_internal_value(self, data: Any) -> Recording:  # type: ignore[override]
        if isinstance(data, list):
            self.fail("several", count=len(data))
        uploaded = super().to_internal_value(data)
        assert isinstance(uploaded, TemporaryUploadedFile)  # noqa: S101 — the only upload handler
        sent = PurePath(uploaded.name or "")
        return Recording(
            Path(uploaded.temporary_file_path()),
            _sane(sent.suffix),
            name=readable(sent.name),
            field=self.field_name or "file",
        )


@dataclass(frozen=True, slots=True)
class Sent:
    """A recording that came as text."""

    content: bytes
    suffix: str = ""

    def written(self, folder: Path, *, field: str) -> Recording:
        """The same as a file."""
        path = folder / f"{field}{self.suffix}"
        path.write_bytes(self.content)
        return Recording(path, self.suffix, field=field)


@extend_schema_field(OpenApiTypes.STR)
class DataUrlField(serializers.Field[Sent, Any, Any, Any]):
    """A recording as a data URL."""

    default_error_messages = {"invalid": "expected a recording as data:audio/…;base64,…."}

    def to_internal_value(self, data: Any) -> Sent:
        start = _DATA_URL.match(data) if isinstance(data, str) else None
        content = _decoded(data[start.end() :]) if start else b""
        if not content:
            self.fail("invalid")
        return Sent(content)


@extend_schema_field(
    {"type": "object", "properties": {"data": {"type": "string"}, "format": {"type": "string"}}}
)
class InputAudioField(serializers.Field[Sent, Any, Any, Any]):
    """A recording inside a JSON body: base64, and the name of its format."""

    default_error_messages = {
        "invalid": "expected an object with data (base64) and format (wav, mp3, webm, …)."
    }

    def get_value(self, dictionary: Any) -> Any:
        """In a form it is a field like any unknown one."""
        return empty if hasattr(dictionary, "getlist") else super().get_value(dictionary)

    def to_internal_value(self, data: Any) -> Sent:
        body = data if isinstance(data, dict) else {}
        encoded = body.get("data")
        content = (
            _decoded(_DATA_URL.sub("", encoded, count=1)) if isinstance(encoded, str) else b""
        )
        if not content:
            self.fail("invalid")
        return Sent(content, _sane(f".{body.get('format', '')}"))


def _decoded(encoded: str) -> bytes:
    """What base64 stands for; nothing where it is none."""
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        return b""


def _sane(suffix: str) -> str:
    lower = suffix.lower()
    return lower if _SUFFIX.fullmatch(lower) else ""
