"""What the endpoints answer: described here for the schema, built in `audio.formats`."""

from typing import Any

from rest_framework import serializers

from audio.api.fields import Choice


class Reason(serializers.Serializer[Any]):
    """Why a request was refused."""

    message = serializers.CharField(help_text="A sentence for whoever reads the log.")
    type = Choice(("invalid_request_error", "server_error"))
    param = serializers.CharField(allow_null=True, help_text="The field it is about.")
    code = serializers.CharField(allow_null=True)


class Refusal(serializers.Serializer[Any]):
    """Every error of every endpoint."""

    error = Reason()


class DurationUsage(serializers.Serializer[Any]):
    """How long the recording is."""

    type = Choice(("duration",))
    seconds = serializers.IntegerField(help_text="Begun seconds.")


class TranscriptionText(serializers.Serializer[Any]):
    """`json`."""

    text = serializers.CharField(allow_blank=True)
    usage = DurationUsage()


class TranscriptionSegment(serializers.Serializer[Any]):
    """A sentence, or as much of it as is read at a glance."""

    id = serializers.IntegerField()
    seek = serializers.IntegerField()
    start = serializers.FloatField(help_text="Seconds.")
    end = serializers.FloatField()
    text = serializers.CharField()
    tokens = serializers.ListField(child=serializers.IntegerField())
    temperature = serializers.FloatField()
    avg_logprob = serializers.FloatField()
    compression_ratio = serializers.FloatField()
    no_speech_prob = serializers.FloatField()


class TranscribedWord(serializers.Serializer[Any]):
    """A word and when it is said, in seconds."""

    word = serializers.CharField()
    start = serializers.FloatField()
    end = serializers.FloatField()


class VerboseTranscription(serializers.Serializer[Any]):
    """`verbose_json`."""

    task = Choice(("transcribe",))
    language = serializers.CharField(help_text="Its English name.")
    duration = serializers.FloatField()
    text = serializers.CharField(allow_blank=True)
    segments = TranscriptionSegment(many=True, required=False)
    words = TranscribedWord(many=True, required=False)
    usage = DurationUsage()


class SpeakerSegment(serializers.Serializer[Any]):
    """All that a speaker says at once."""

    type = Choice(("transcript.text.segment",))
    id = serializers.CharField()
    start = serializers.FloatField()
    end = serializers.FloatField()
    text = serializers.CharField()
    speaker = serializers.CharField(help_text="A known speaker's name, else A, B, …")


class DiarizedTranscription(serializers.Serializer[Any]):
    """`diarized_json`."""

    task = Choice(("transcribe",))
    duration = serializers.FloatField()
    text = serializers.CharField(allow_blank=True)
    segments = SpeakerSegment(many=True)
    usage = DurationUsage()
