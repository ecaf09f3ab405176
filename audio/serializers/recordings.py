"""Recordings as they arrive in a request."""

import re
from pathlib import Path, PurePath
from typing import Any

from django.core.files.uploadedfile import TemporaryUploadedFile
from rest_framework import serializers

from audio.engines.client import Recording
from audio.fields import readable

_SUFFIX = re.compile(r"\.[a-z0-9]{1,5}")


class AudioField(serializers.FileField):
    """An uploaded recording: a file on disk, whatever its size."""

    default_error_messages = {"empty": "Empty file"}

    def to_internal_value(self, data: Any) -> Recording:  # type: ignore[override]
        uploaded = super().to_internal_value(data)
        assert isinstance(uploaded, TemporaryUploadedFile)  # noqa: S101 — the only upload handler
        suffix = PurePath(uploaded.name or "").suffix.lower()
        return Recording(
            Path(uploaded.temporary_file_path()),
            suffix if _SUFFIX.fullmatch(suffix) else "",
            readable(PurePath(uploaded.name or "").name),
        )
