"""Python names and descriptions of fields; the database does not change."""

import django.contrib.postgres.fields
import django.db.models.lookups
import pgvector.django.vector
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("voiceprints", "0008_index_of_halves")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RemoveConstraint(
                    model_name="transcriptspeaker",
                    name="speaker_fingerprint_is_placed",
                ),
                migrations.AlterField(
                    model_name="transcriptspeaker",
                    name="fingerprint",
                    field=pgvector.django.vector.VectorField(
                        blank=True, db_column="fingerprint", dimensions=192, null=True
                    ),
                ),
                migrations.RenameField(
                    model_name="transcriptspeaker",
                    old_name="fingerprint",
                    new_name="embedding",
                ),
                migrations.AlterField(
                    model_name="job",
                    name="name",
                    field=models.TextField(
                        blank=True, default="", help_text="The name of the recording."
                    ),
                ),
                migrations.AlterField(
                    model_name="job",
                    name="webhook_state",
                    field=models.CharField(
                        blank=True,
                        choices=[
                            ("", "not requested"),
                            ("waiting", "Waiting"),
                            ("delivered", "Delivered"),
                            ("failed", "Failed"),
                        ],
                        default="",
                        max_length=10,
                    ),
                ),
                migrations.AlterField(
                    model_name="person",
                    name="former_names",
                    field=django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(),
                        blank=True,
                        default=list,
                        editable=False,
                        help_text="Names before a change, added by a trigger; erasing the person looks for them.",
                        size=None,
                    ),
                ),
                migrations.AlterField(
                    model_name="space",
                    name="margin",
                    field=models.FloatField(
                        default=0.05,
                        help_text="Minimum lead over the next person, in cosine similarity.",
                    ),
                ),
                migrations.AlterField(
                    model_name="space",
                    name="threshold",
                    field=models.FloatField(
                        default=0.5,
                        help_text="Minimum cosine similarity of two embeddings of one voice.",
                    ),
                ),
                migrations.AlterField(
                    model_name="transcript",
                    name="retain_until",
                    field=models.DateTimeField(
                        blank=True, help_text="Empty: until it is deleted.", null=True
                    ),
                ),
                migrations.AlterField(
                    model_name="transcript",
                    name="sha256",
                    field=models.CharField(
                        help_text="SHA-256 of the recording, or of the digests of its two tracks.",
                        max_length=64,
                    ),
                ),
                migrations.AlterField(
                    model_name="transcriptspeaker",
                    name="source",
                    field=models.CharField(
                        choices=[
                            ("visual", "timeline"),
                            ("voiceprint", "voice"),
                            ("unmatched", "nothing"),
                            ("mic_channel", "microphone track"),
                            ("named_by_hand", "named by hand"),
                        ],
                        max_length=20,
                    ),
                ),
                migrations.AlterField(
                    model_name="transcriptspeaker",
                    name="speech_s",
                    field=models.FloatField(
                        default=0.0,
                        help_text="The first speaker of a name has the total of all speakers of that name.",
                    ),
                ),
                migrations.AlterField(
                    model_name="voiceprint",
                    name="source",
                    field=models.CharField(
                        choices=[
                            ("enrolment", "enrolled from recordings"),
                            ("transcript", "enrolled from a transcript"),
                            ("caller", "sent as numbers"),
                        ],
                        max_length=20,
                    ),
                ),
                migrations.AddConstraint(
                    model_name="transcriptspeaker",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            ("embedding", None),
                            models.Q(
                                ("space__isnull", False),
                                django.db.models.lookups.GreaterThanOrEqual(
                                    models.Func(
                                        models.F("embedding"),
                                        function="vector_norm",
                                        output_field=models.FloatField(),
                                    ),
                                    0.999,
                                ),
                                django.db.models.lookups.LessThanOrEqual(
                                    models.Func(
                                        models.F("embedding"),
                                        function="vector_norm",
                                        output_field=models.FloatField(),
                                    ),
                                    1.001,
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="speaker_fingerprint_is_placed",
                    ),
                ),
            ],
        ),
    ]
