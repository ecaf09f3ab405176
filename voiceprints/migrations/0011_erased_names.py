"""Names that are erased while work that read them is under way."""

import django.contrib.postgres.fields
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('voiceprints', '0010_search_lexemes'),
    ]

    operations = [
        migrations.AddField(
            model_name='job',
            name='newest_erasure',
            field=models.PositiveBigIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name='job',
            name='pseudonyms',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), blank=True, default=list, editable=False, size=None),
        ),
        migrations.CreateModel(
            name='ErasedName',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(editable=False, max_length=64)),
                ('replacement', models.TextField(editable=False)),
                ('erased_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
            ],
            options={
                'ordering': ['id'],
                'indexes': [models.Index(fields=['erased_at'], name='erased_name_by_age')],
                'constraints': [models.CheckConstraint(condition=models.Q(('digest__regex', '^[0-9a-f]{64}$')), name='erased_name_digest_is_hex'), models.CheckConstraint(condition=models.Q(('replacement', ''), _negated=True), name='erased_name_is_replaced')],
            },
        ),
    ]
