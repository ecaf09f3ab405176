"""The index of voiceprints keeps numbers of half precision, and more neighbours of each print.

The new one is built beside the old one, so that voices are found meanwhile.
"""

from django.contrib.postgres.indexes import OpClass
from django.db import migrations
from django.db.models.functions import Cast
from pgvector.django import HalfVectorField, HnswIndex

NAME, FOR_NOW = "voiceprint_by_likeness", "voiceprint_by_halves"
# The default is too little for the graph of 100,000 prints, and several processes would share it
# in memory of which a container may have less.
ROOM = """
    SET LOCAL maintenance_work_mem = '512MB';
    SET LOCAL max_parallel_maintenance_workers = 0;
"""


class Migration(migrations.Migration):
    dependencies = [("voiceprints", "0007_kept_once")]

    operations = [
        migrations.RunSQL(ROOM, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="voiceprint",
            index=HnswIndex(
                OpClass(
                    Cast("vector", HalfVectorField(dimensions=192)), name="halfvec_cosine_ops"
                ),
                m=24,
                ef_construction=128,
                name=FOR_NOW,
            ),
        ),
        migrations.RemoveIndex(model_name="voiceprint", name=NAME),
        migrations.RenameIndex(model_name="voiceprint", old_name=FOR_NOW, new_name=NAME),
    ]
