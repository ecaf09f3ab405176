"""The requests of the native endpoints."""

from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from audio.api.fields import (
    BracketedListField,
    Choice,
    FiniteFloatField,
    InstantField,
    NameField,
    SpansField,
    TimelineField,
    VoicesField,
)
from audio.api.serializers.audio_request import AudioRequest
from audio.api.serializers.recordings import AudioField
from audio.api.serializers.spelling import SpelledRequest
from audio.formats.renderer import NATIVE_FORMATS
from audio.formats.text import TEXT_FORMATS
from audio.library import NoLibrary, library
from audio.merge.chunks.constrained_clustering import LinkingRule
from audio.merge.defaults import (
    DEFAULT_ECHO,
    DEFAULT_MIN_OVERLAP,
    DEFAULT_SELF_NAME,
    DEFAULT_THRESHOLD,
    ECHO_NAMES,
    RULE_NAMES,
)
from audio.pipeline.merge_job import MergeJob, build_merge_job, build_merge_options
from audio.timelines.registry import AUTO, FORMATS

MAX_SPEAKERS = 100


def default_rule() -> str:
    """Return the rule of requests that name none."""
    rule: str = settings.DEFAULT_RULE
    return rule


TIMELINE_FORMATS = (AUTO, *sorted(FORMATS))


@extend_schema_serializer(component_name="Diarize")
class DiarizeRequest(AudioRequest):
    """POST /api/audio/diarize-chunk."""

    file = AudioField()


class SpeakerCounts(AudioRequest):
    """How many speakers there are, if the client knows."""

    num_speakers = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=MAX_SPEAKERS,
        help_text="The exact number of speakers; with two tracks: on the system track.",
    )
    min_speakers = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=MAX_SPEAKERS,
        help_text="The least number of speakers.",
    )
    max_speakers = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=MAX_SPEAKERS,
        help_text="The largest number of speakers.",
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
        """Return the limits on the number of speakers."""
        given = self.validated_data
        exactly = given.get("num_speakers")
        return LinkingRule(
            min_speakers=exactly or given.get("min_speakers", 1),
            max_speakers=exactly or given.get("max_speakers"),
        )


@extend_schema_serializer(component_name="TranscribeWithSpeakers")
class TranscribeWithSpeakersRequest(SpelledRequest, SpeakerCounts):
    """POST /api/audio/transcribe-with-speakers."""

    file = AudioField()
    identify = serializers.BooleanField(
        default=False, help_text="Name the speakers whose voices are in the voice library."
    )
    format = Choice(NATIVE_FORMATS, default="json")

    def validate_identify(self, identify: bool) -> bool:
        return _require_library(identify, "from which to identify speakers")


@extend_schema_serializer(component_name="LabelMerge")
class LabelMergeRequest(SpelledRequest, SpeakerCounts):
    """POST /api/audio/label-merge: `file`, or `mic_file` and `system_file`."""

    file = AudioField(required=False, help_text="Mono: the mixed recording.")
    mic_file = AudioField(required=False, help_text="Two tracks: the local user's microphone.")
    system_file = AudioField(
        required=False, help_text="Two tracks: all other participants, sample-aligned to mic_file."
    )
    timeline = TimelineField(
        help_text="Who was shown as speaking when, as text or as a file, as its platform exports "
        'it; or a list of {"start", "end", "name"} in seconds, which may be [].'
    )
    timeline_format = Choice(
        TIMELINE_FORMATS,
        default=AUTO,
        help_text="The format of the timeline; auto recognises it by its shape.",
    )
    recording_start = InstantField(
        required=False,
        help_text="When the recording's first sample was: ISO 8601 (without a zone: UTC) or "
        "seconds since 1970. Turns a timeline's absolute times into seconds of the recording.",
    )
    self_name = NameField(
        default=DEFAULT_SELF_NAME, max_length=200, help_text="Two tracks: the local user's name."
    )
    self_vad = SpansField(
        required=False,
        help_text="Two tracks: when the local user speaks. Without it, the tracks' sound decides.",
    )
    echo = Choice(
        ECHO_NAMES,
        default=DEFAULT_ECHO,
        help_text="Two tracks: the others' voices that the microphone hears. cancel: the engines "
        "hear it without them. gate: words are the user's if they are louder than what is left "
        "of them. off: if they are louder than on the system track.",
    )
    known_voiceprints = VoicesField(
        required=False,
        help_text="The caller's own voices. If sent, even as {}, the stored library is not used.",
    )
    transcribe = serializers.BooleanField(
        default=False, help_text="Mono: transcribe too. Two tracks are always transcribed."
    )
    rule = Choice(
        RULE_NAMES,
        default=default_rule,
        help_text="Without it, the setting DEFAULT_RULE. overlap: the name shown longest, "
        "otherwise the nearest voice. evidence: weighs "
        "timeline and voices together, reports the figures, and gives no name without enough "
        "evidence.",
    )
    min_overlap = FiniteFloatField(
        default=DEFAULT_MIN_OVERLAP,
        min_value=0,
        max_value=1,
        help_text="Rule overlap: the least share of a speaker's time in which the name is shown.",
    )
    voiceprint_threshold = FiniteFloatField(
        required=False,
        min_value=-1,
        max_value=1,
        help_text="The least cosine similarity at which a voice matches. Without it, the "
        f"threshold of the library's space; {DEFAULT_THRESHOLD} for known_voiceprints.",
    )
    store = serializers.BooleanField(
        default=False, help_text="Store the transcript in the voice library."
    )
    retain_days = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=36_500,
        help_text="With store: days until the transcript is deleted. Without: it is not deleted.",
    )
    keep_audio = serializers.BooleanField(
        required=False,
        help_text="With store: store the recording, as Opus, beside the transcript, to listen to "
        "it. Without it, the setting KEEP_AUDIO.",
    )
    format = Choice(NATIVE_FORMATS, default="json")
    formats = BracketedListField(
        child=Choice(tuple(TEXT_FORMATS)),
        default=[],
        help_text="With format=json: text formats that the answer has too, in its field formats.",
    )

    def validate_store(self, store: bool) -> bool:
        return _require_library(store, "in which to store the transcript")

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
        attrs = super().validate(attrs)
        export = TimelineField.read(
            attrs["timeline"], attrs["timeline_format"], attrs.get("recording_start")
        )
        return {**attrs, "timeline": export, "keywords": tuple(attrs["keywords"])}

    def job(self, *, library_reader: str | None, needs_library: bool) -> MergeJob:
        """Build the job that this request asks for."""
        given = self.validated_data
        options = build_merge_options(given, linking=self.linking())
        return build_merge_job(
            given, options=options, library_reader=library_reader, needs_library=needs_library
        )


def _refuse_contradictions(attrs: dict[str, Any]) -> None:
    if attrs["formats"] and attrs["format"] != "json":
        raise serializers.ValidationError(
            {"formats": f"expected only with format=json, got format={attrs['format']}."}
        )
    if attrs["store"] and "known_voiceprints" in attrs:
        message = (
            "expected store or known_voiceprints, not both: a request with known_voiceprints does "
            "not use the stored library."
        )
        raise serializers.ValidationError({"store": message})
    if "retain_days" in attrs and not attrs["store"]:
        raise serializers.ValidationError({"retain_days": "expected only with store=true."})
    if attrs.get("keep_audio") and not attrs["store"]:
        raise serializers.ValidationError({"keep_audio": "expected only with store=true."})


def _require_library(wanted: bool, purpose: str) -> bool:
    if wanted and isinstance(library(), NoLibrary):
        raise serializers.ValidationError(f"this gateway has no voice library {purpose}.")
    return wanted
