"""A unique key for transcripts and samples that are stored once."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("voiceprints", "0006_names")]

    operations = [
        migrations.AddField(
            model_name="transcript",
            name="key",
            field=models.CharField(editable=False, max_length=64, null=True),
        ),
        migrations.AddConstraint(
            model_name="transcript",
            constraint=models.UniqueConstraint(fields=("key",), name="transcript_is_kept_once"),
        ),
    ]
