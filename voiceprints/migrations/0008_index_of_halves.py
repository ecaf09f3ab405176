"""The index of voiceprints keeps numbers of half precision, and more neighbours of each print."""

from django.contrib.postgres.indexes import OpClass
from django.db import migrations
from django.db.models.functions import Cast
from pgvector.django import HalfVectorField, HnswIndex

NAME = "voiceprint_by_likeness"


class Migration(migrations.Migration):
    dependencies = [("voiceprints", "0007_kept_once")]

    operations = [
        migrations.RemoveIndex(model_name="voiceprint", name=NAME),
        migrations.AddIndex(
            model_name="voiceprint",
            index=HnswIndex(
                OpClass(
                    Cast("vector", HalfVectorField(dimensions=192)), name="halfvec_cosine_ops"
                ),
                m=24,
                ef_construction=128,
                name=NAME,
            ),
        ),
    ]
