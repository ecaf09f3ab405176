"""The answers of endpoints that render text formats, for the OpenAPI pages."""

from drf_spectacular.types import OpenApiTypes

from audio.formats.renderer import TEXT_MEDIA_TYPES

TEXT_ANSWERS = {(200, media_type): OpenApiTypes.STR for media_type in TEXT_MEDIA_TYPES}
