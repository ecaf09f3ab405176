"""What the native endpoints take."""

from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from audio.api.fields import (
    Choice,
    FiniteFloatField,
    NameField,
    SpansField,
    TimelineField,
    VoicesField,
)
from audio.api.serializers.recordings import AudioField
from audio.api.serializers.requests import AudioRequest
from audio.formats.renderer import NATIVE_FORMATS
from audio.library import NoLibrary, library
from audio.merge.clustering import LinkingRule
from audio.merge.defaults import (
    DEFAULT_MIN_OVERLAP,
    DEFAULT_RULE,
    DEFAULT_SELF_NAME,
    DEFAULT_THRESHOLD,
    RULE_NAMES,
)
from audio.pipeline.label_merge import MergeJob, build_merge_job, build_merge_options

MOST_SPEAKERS = 100


@extend_schema_serializer(component_name="Diarize")
class DiarizeRequest(AudioRequest):
    """POST /api/audio/diarize-chunk."""

    file = AudioField()


class SpeakerCounts(AudioRequest):
    """How many people talk, where somebody knows."""

    num_speakers = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=MOST_SPEAKERS,
        help_text="Exactly so many people talk; with two tracks: on the system track.",
    )
    min_speakers = serializers.IntegerField(
        required=False, min_value=1, max_value=MOST_SPEAKERS, help_text="At least so many."
    )
    max_speakers = serializers.IntegerField(
        required=False, min_value=1, max_value=MOST_SPEAKERS, help_text="At most so many."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        least, most = attrs.get("min_speakers"), attrs.get("max_speakers")
        if "num_speakers" in attrs and (least or most):
            raise serializers.ValidationError(
                {"num_speakers": "expected either this, or min_speakers and max_speakers."}
            )
        if least and most and least > most:
            raise serializers.ValidationError(
                {"min_speakers": f"expected at most max_speakers ({most}), got {least}."}
            )
        return attrs

    def linking(self) -> LinkingRule:
        """How many speakers there may be."""
        given = self.validated_data
        exactly = given.get("num_speakers")
        return LinkingRule(
            min_speakers=exactly or given.get("min_speakers", 1),
            max_speakers=exactly or given.get("max_speakers"),
        )


@extend_schema_serializer(component_name="TranscribeWithSpeakers")
class TranscribeWithSpeakersRequest(SpeakerCounts):
    """POST /api/audio/transcribe-with-speakers."""

    file = AudioField()
    identify = serializers.BooleanField(
        default=False, help_text="Name the speakers whose voices the library knows."
    )
    format = Choice(NATIVE_FORMATS, default="json")

    def validate_identify(self, identify: bool) -> bool:
        return _with_library(identify, "to know a voice from")


@extend_schema_serializer(component_name="LabelMerge")
class LabelMergeRequest(SpeakerCounts):
    """POST /api/audio/label-merge: `file`, or `mic_file` and `system_file`."""

    file = AudioField(required=False, help_text="The mixed recording (mono mode).")
    mic_file = AudioField(required=False, help_text="The local user's microphone.")
    system_file = AudioField(
        required=False, help_text="Everybody else, sample-aligned to the microphone."
    )
    timeline = TimelineField(help_text="Who was shown as speaking when; may be [].")
    self_name = NameField(
        default=DEFAULT_SELF_NAME, max_length=200, help_text="The local user's name (two tracks)."
    )
    self_vad = SpansField(
        required=False,
        help_text="When the local user really speaks; without it the two tracks' levels tell.",
    )
    known_voiceprints = VoicesField(
        required=False,
        help_text="Your own library; with it, even as {}, the stored one is left alone.",
    )
    transcribe = serializers.BooleanField(
        default=False, help_text="Mono: attach text too. Two tracks always do."
    )
    rule = Choice(
        RULE_NAMES,
        default=DEFAULT_RULE,
        help_text="overlap: the name shown longest, else the nearest voice. evidence: one "
        "decision from both, with what speaks for it, and no name without enough of that.",
    )
    min_overlap = FiniteFloatField(
        default=DEFAULT_MIN_OVERLAP,
        min_value=0,
        max_value=1,
        help_text="Rule overlap: least share of a speaker's time that the name was shown.",
    )
    voiceprint_threshold = FiniteFloatField(
        default=DEFAULT_THRESHOLD,
        min_value=-1,
        max_value=1,
        help_text="Least cosine similarity of a voice.",
    )
    store = serializers.BooleanField(
        default=False, help_text="Keep the result in the voice library."
    )
    retain_days = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=36_500,
        help_text="With store: days until it is deleted; without, until somebody deletes it.",
    )
    format = Choice(NATIVE_FORMATS, default="json")

    def validate_store(self, store: bool) -> bool:
        return _with_library(store, "to keep it in")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        tracks = [name for name in ("mic_file", "system_file") if name in attrs]
        if len(tracks) == 1:
            missing = {"mic_file": "system_file", "system_file": "mic_file"}[tracks[0]]
            raise serializers.ValidationError({missing: f"required beside {tracks[0]}."})
        if not tracks and "file" not in attrs:
            raise serializers.ValidationError(
                {"file": "expected either file, or mic_file and system_file."}
            )
        _refuse_contradictions(attrs)
        return super().validate(attrs)

    def job(self, *, library_reader: str | None) -> MergeJob:
        """The work that this request asks for."""
        given = self.validated_data
        options = build_merge_options(given, linking=self.linking())
        return build_merge_job(given, options=options, library_reader=library_reader)


def _refuse_contradictions(attrs: dict[str, Any]) -> None:
    if attrs["store"] and "known_voiceprints" in attrs:
        message = (
            "cannot go with known_voiceprints: who sends a library of their own leaves the stored "
            "one alone; expected store or known_voiceprints, not both."
        )
        raise serializers.ValidationError({"store": message})
    if "retain_days" in attrs and not attrs["store"]:
        raise serializers.ValidationError({"retain_days": "expected only with store=true."})


def _with_library(wanted: bool, what_for: str) -> bool:
    if wanted and isinstance(library(), NoLibrary):
        raise serializers.ValidationError(f"this gateway has no voice library {what_for}.")
    return wanted
