"""Stored transcripts, their speakers and their blocks."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, HashIndex
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Lower, Now
from pgvector.django import VectorField

from voiceprints.models.people import Person
from voiceprints.models.search_lexemes import LexemeQuery, LexemesField
from voiceprints.models.spaces import DIMENSION, Space, unit_length

# The names in the stored result, in lower case. A database function, because an index uses it.
NAMES_IN_RESULT = models.Func(
    F("result"),
    function="voiceprints_names_in",
    output_field=ArrayField(models.TextField()),
)


class Mode(models.TextChoices):
    """The number of tracks of a recording."""

    MONO = "mono", "one mixed recording"
    DUAL_CHANNEL = "dual_channel", "microphone and system track"


class SpeakerSource(models.TextChoices):
    """The evidence that gave a speaker its name."""

    VISUAL = "visual", "timeline"
    VOICEPRINT = "voiceprint", "voice"
    UNMATCHED = "unmatched", "nothing"
    MIC_CHANNEL = "mic_channel", "microphone track"
    NAMED_BY_HAND = "named_by_hand", "named by hand"


class TranscriptQuerySet(models.QuerySet["Transcript"]):
    """Queries for transcripts by their content."""

    def with_words(self, words: str) -> "TranscriptQuerySet":
        """Filter by a block with these words, in the syntax of a web search: `"so, or -not`."""
        blocks = Block.objects.with_words(words)
        return self.filter(Exists(blocks.filter(transcript=OuterRef("pk"))))

    def count_version(self) -> int:
        """Give each of them, which the caller has locked, its next version."""
        return self.update(version=F("version") + 1)


class Transcript(models.Model):
    """A stored transcript of one recording."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    recording_name = models.TextField(blank=True, default="")
    sha256 = models.CharField(
        max_length=64, help_text="SHA-256 of the recording, or of the digests of its two tracks."
    )
    duration = models.FloatField()
    language = models.TextField(blank=True, default="")
    mode = models.CharField(max_length=20, choices=Mode)
    engine_models = models.JSONField(default=dict, blank=True)
    warnings = models.JSONField(default=list, blank=True)
    # Without embeddings: these are stored only where erasing a voice looks for them.
    result = models.JSONField()
    created_by = models.TextField()
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    recorded_at = models.DateTimeField(null=True, blank=True)
    retain_until = models.DateTimeField(
        null=True, blank=True, help_text="Empty: until it is deleted."
    )
    version = models.PositiveIntegerField(default=1, db_default=1, editable=False)
    # Two attempts to store the same transcript share a key. Null: it is always stored anew.
    key = models.CharField(max_length=64, null=True, editable=False)

    objects = TranscriptQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="transcript_sha256_is_hex"
            ),
            models.CheckConstraint(condition=Q(duration__gte=0), name="transcript_takes_time"),
            models.CheckConstraint(
                condition=Q(mode__in=Mode.values), name="transcript_mode_is_known"
            ),
            models.UniqueConstraint(fields=["key"], name="transcript_is_kept_once"),
        ]
        indexes = [
            models.Index(fields=["-created_at", "id"], name="transcript_newest_first"),
            models.Index(fields=["sha256"], name="transcript_by_recording"),
            models.Index(
                fields=["retain_until"],
                condition=Q(retain_until__isnull=False),
                name="transcript_by_retention",
            ),
            GinIndex(NAMES_IN_RESULT, name="transcript_by_names"),
        ]

    def __str__(self) -> str:
        return self.recording_name or f"Transcript {self.id}"


class TranscriptSpeaker(models.Model):
    """A speaker of a transcript, its name, and the evidence for the name."""

    transcript = models.ForeignKey(Transcript, models.CASCADE, related_name="speakers")
    label = models.TextField()
    name = models.TextField()
    person = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="appearances"
    )
    source = models.CharField(max_length=20, choices=SpeakerSource)
    overlap_confidence = models.FloatField(null=True, blank=True)
    match_similarity = models.FloatField(null=True, blank=True)
    # The column has the JSON key's name.
    embedding = VectorField(dimensions=DIMENSION, null=True, blank=True, db_column="fingerprint")
    space = models.ForeignKey(
        Space, models.PROTECT, null=True, blank=True, related_name="speakers"
    )
    speech_s = models.FloatField(
        default=0.0,
        help_text="The first speaker of a name has the total of all speakers of that name.",
    )
    samples = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["transcript", "label"], name="speaker_label_is_one"),
            models.CheckConstraint(condition=~Q(name=""), name="speaker_is_called_something"),
            models.CheckConstraint(
                condition=Q(source__in=SpeakerSource.values), name="speaker_source_is_known"
            ),
            models.CheckConstraint(
                condition=Q(embedding=None) | Q(space__isnull=False) & unit_length("embedding"),
                name="speaker_fingerprint_is_placed",
            ),
            models.CheckConstraint(condition=Q(speech_s__gte=0), name="speaker_speech_is_time"),
        ]
        # A hash index, because a timeline's names may be longer than a B-tree index accepts.
        indexes = [HashIndex(Lower("name"), name="speaker_by_name")]

    def __str__(self) -> str:
        return self.name


class BlockQuerySet(models.QuerySet["Block"]):
    """Queries for blocks by their text."""

    def with_words(self, words: str) -> "BlockQuerySet":
        """Filter by words in the syntax of a web search; without a word nothing is found."""
        return self.filter(search=LexemeQuery(words))


class Block(models.Model):
    """Consecutive words of one speaker; `text` is empty where no words role was requested.

    `words` are those of the engine, as `voiceprints.transcripts.block_words` writes them, whatever
    the corrected `text` is; null where they were not stored and `text` is the engine's.
    `lowest_confidence` is that of the least confident word of the present text, null where the
    engine gave none.
    """

    transcript = models.ForeignKey(Transcript, models.CASCADE, related_name="blocks")
    speaker = models.ForeignKey(TranscriptSpeaker, models.CASCADE, related_name="blocks")
    # Whole numbers as stored; a split puts a block between two others without moving these.
    position = models.FloatField()
    start_ms = models.PositiveBigIntegerField()
    end_ms = models.PositiveBigIntegerField()
    text = models.TextField(blank=True, default="")
    words = models.JSONField(null=True, editable=False)
    lowest_confidence = models.FloatField(null=True, editable=False)
    search = LexemesField(source="text", db_default="", editable=False)

    objects = BlockQuerySet.as_manager()

    class Meta:
        ordering = ["transcript", "position"]
        constraints = [
            models.UniqueConstraint(fields=["transcript", "position"], name="block_has_its_place"),
            models.CheckConstraint(condition=Q(position__gte=0), name="block_position_from_0"),
            models.CheckConstraint(
                condition=Q(end_ms__gte=F("start_ms")), name="block_ends_after_it_began"
            ),
        ]
        indexes = [GinIndex(fields=["search"], name="block_by_words")]

    def __str__(self) -> str:
        return f"{self.start_ms}-{self.end_ms} ms"
