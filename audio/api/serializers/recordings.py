"""Fields that hold a recording: an uploaded file, a data URL, or base64 in a JSON body."""

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

from audio.media.recording import Recording, suffix_of
from audio.merge.name_spelling import readable

_DATA_URL = re.compile(r"data:[^,]{0,200};base64,", re.IGNORECASE)


class AudioField(serializers.FileField):
    """An uploaded recording, as a file on disk whatever its size."""

    default_error_messages = {
        "empty": "Empty file",
        "several": "expected one recording, got {count}.",
    }

    def get_value(self, dictionary: Any) -> Any:
        """Return all files under this name if there are several; Django would drop all but one."""
        if not hasattr(dictionary, "getlist"):
            return super().get_value(dictionary)
        files = dictionary.getlist(self.field_name)
        return files if len(files) > 1 else super().get_value(dictionary)

    def to_internal_value(self, data: Any) -> Recording:  # type: ignore[override]
        if isinstance(data, list):
            self.fail("several", count=len(data))
        uploaded = super().to_internal_value(data)
        assert isinstance(uploaded, TemporaryUploadedFile)  # noqa: S101 — the only upload handler
        name = PurePath(uploaded.name or "")
        return Recording(
            Path(uploaded.temporary_file_path()),
            suffix_of(name.name),
            name=readable(name.name),
            field=self.field_name or "file",
        )


@dataclass(frozen=True, slots=True)
class EncodedRecording:
    """The bytes of a recording that was sent as text."""

    content: bytes
    suffix: str = ""

    def write_to(self, folder: Path, *, field: str) -> Recording:
        """Write the recording to a file in this folder."""
        path = folder / f"{field}{self.suffix}"
        path.write_bytes(self.content)
        return Recording(path, self.suffix, field=field)


@extend_schema_field(OpenApiTypes.STR)
class DataUrlField(serializers.Field[EncodedRecording, Any, Any, Any]):
    """A recording as a data URL."""

    default_error_messages = {"invalid": "expected a recording as data:audio/…;base64,…."}

    def to_internal_value(self, data: Any) -> EncodedRecording:
        start = _DATA_URL.match(data) if isinstance(data, str) else None
        content = _decode(data[start.end() :]) if start else b""
        if not content:
            self.fail("invalid")
        return EncodedRecording(content)


@extend_schema_field(
    {"type": "object", "properties": {"data": {"type": "string"}, "format": {"type": "string"}}}
)
class InputAudioField(serializers.Field[EncodedRecording, Any, Any, Any]):
    """A recording in a JSON body: base64, and the name of its format."""

    default_error_messages = {
        "invalid": "expected an object with data (base64) and format (wav, mp3, webm, …)."
    }

    def get_value(self, dictionary: Any) -> Any:
        """Return the value of a JSON body; in a form, the field is ignored."""
        return empty if hasattr(dictionary, "getlist") else super().get_value(dictionary)

    def to_internal_value(self, data: Any) -> EncodedRecording:
        body = data if isinstance(data, dict) else {}
        encoded = body.get("data")
        content = _decode(_DATA_URL.sub("", encoded, count=1)) if isinstance(encoded, str) else b""
        if not content:
            self.fail("invalid")
        return EncodedRecording(content, suffix_of(f"input.{body.get('format', '')}"))


def _decode(encoded: str) -> bytes:
    """Return the decoded bytes; none if the text is not base64."""
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        return b""
