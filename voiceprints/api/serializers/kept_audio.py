"""Requests and answers of the endpoints for kept audio."""

from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from audio.api.fields import Choice, FiniteFloatField
from audio.merge.values import Span
from voiceprints.api.serializers.strict_requests import StrictRequest
from voiceprints.models import KeptAudio
from voiceprints.recordings.audio_reading import LONGEST_CLIP_S, tracks_of, waveform

TRACKS = ("mono", "mic", "system")
MOST_POINTS = 20_000


class AudioQuery(StrictRequest):
    """GET /api/transcripts/{id}/audio."""

    track = Choice(TRACKS, required=False, help_text="Without it, the first that is kept.")

    @property
    def track_asked(self) -> str | None:
        """Return the track that is asked for, if one is."""
        track: str | None = self.validated_data.get("track")
        return track


class ClipQuery(AudioQuery):
    """GET /api/transcripts/{id}/clip."""

    start = FiniteFloatField(min_value=0, max_value=1e7, help_text="Seconds.")
    end = FiniteFloatField(
        min_value=0, max_value=1e7, help_text=f"Seconds; at most {LONGEST_CLIP_S:.0f} after start."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse clips without length, and long ones."""
        length = attrs["end"] - attrs["start"]
        if not 0 < length <= LONGEST_CLIP_S:
            expected = f"expected a time after start, by at most {LONGEST_CLIP_S:.0f} s."
            raise serializers.ValidationError({"end": expected})
        return attrs

    def span_in(self, audio: KeptAudio) -> Span:
        """Return the part that is asked for, up to the end of the recording.

        Raises
        ------
        ValidationError
            When it begins behind the end.
        """
        start, end = self.validated_data["start"], self.validated_data["end"]
        if start >= audio.seconds:
            expected = f"expected a time before the end of the recording, {audio.seconds:.1f} s."
            raise serializers.ValidationError({"start": expected})
        return Span(start, min(end, audio.seconds))


class WaveformQuery(AudioQuery):
    """GET /api/transcripts/{id}/waveform."""

    points = serializers.IntegerField(
        default=1000, min_value=1, max_value=MOST_POINTS, help_text="The largest number of peaks."
    )


@extend_schema_serializer(component_name="Waveform")
class WaveformAnswer(serializers.Serializer[Any]):
    """The waveform of a track."""

    object = serializers.CharField(default="waveform")
    track = serializers.CharField()
    tracks = serializers.ListField(child=serializers.CharField(), help_text="All tracks.")
    duration_s = serializers.FloatField()
    peaks = serializers.ListField(
        child=serializers.FloatField(),
        help_text="The loudest sample, 0 to 1, of each of equal parts of the track.",
    )


def render_waveform(audio: KeptAudio, points: int) -> dict[str, object]:
    """Return the waveform as JSON."""
    return {
        "object": "waveform",
        "track": audio.track,
        "tracks": tracks_of(audio),
        "duration_s": audio.seconds,
        "peaks": waveform(audio, points),
    }
