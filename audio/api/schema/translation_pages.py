"""The OpenAPI page of translations."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, PolymorphicProxySerializer, extend_schema
from rest_framework import serializers

from audio.api.fields import Choice
from audio.api.schema.refusal import Refusal
from audio.api.schema.text_answers import TEXT_ANSWERS
from audio.api.schema.transcription_pages import TranscriptionSegment
from audio.api.serializers.translations import TranslationRequest


class TranslationText(serializers.Serializer[Any]):
    """`json`."""

    text = serializers.CharField(allow_blank=True)


class VerboseTranslation(serializers.Serializer[Any]):
    """`verbose_json`."""

    task = Choice(("translate",))
    language = serializers.CharField(help_text="english")
    duration = serializers.FloatField(help_text="Seconds.")
    text = serializers.CharField(allow_blank=True)
    segments = TranscriptionSegment(many=True)


TRANSLATION = extend_schema(
    operation_id="translate",
    summary="Translate a recording into English",
    description=(
        "Needs an engine that translates, which Whisper models do; without one the request is "
        "refused with `unsupported_value`, and the message names the settings that would change "
        "that. The spoken language is found out. The header `x-ignored-params` lists fields that "
        "have no effect, `language` among them."
    ),
    tags=["OpenAI"],
    request={"multipart/form-data": TranslationRequest},
    responses={
        (200, "application/json"): PolymorphicProxySerializer(
            "TranslationAnswer",
            [TranslationText, VerboseTranslation],
            resource_type_field_name=None,
        ),
        **TEXT_ANSWERS,
        ("4XX", "application/json"): Refusal,
    },
    examples=[
        OpenApiExample(
            "json",
            {"text": "Turn on the light."},
            response_only=True,
            status_codes=["200"],
        )
    ],
)
