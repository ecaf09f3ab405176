import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
import django.db.models.lookups
import pgvector.django.indexes
import pgvector.django.vector
import uuid
import voiceprints.models.voiceprints
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('voiceprints', '0001_pgvector'),
    ]

    operations = [
        migrations.CreateModel(
            name='AuditEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('actor', models.TextField(editable=False)),
                ('action', models.CharField(choices=[('person_created', 'Person Created'), ('person_changed', 'Person Changed'), ('consent_changed', 'Consent Changed'), ('enrolled', 'Enrolled'), ('print_deleted', 'Print Deleted'), ('vector_read', 'Vector Read'), ('identified', 'Identified'), ('exported', 'Exported'), ('imported', 'Imported'), ('reembedded', 'Reembedded'), ('merged', 'Merged'), ('forgotten', 'Forgotten'), ('purged', 'Purged'), ('transcript_stored', 'Transcript Stored'), ('transcript_read', 'Transcript Read'), ('transcript_deleted', 'Transcript Deleted'), ('speaker_named', 'Speaker Named')], editable=False, max_length=30)),
                ('person_id', models.UUIDField(editable=False, null=True)),
                ('transcript_id', models.UUIDField(editable=False, null=True)),
                ('detail', models.JSONField(default=dict, editable=False)),
            ],
            options={
                'verbose_name_plural': 'audit entries',
                'ordering': ['-id'],
                'indexes': [models.Index(fields=['person_id', '-id'], name='audit_by_person'), models.Index(fields=['transcript_id', '-id'], name='audit_by_transcript')],
                'constraints': [models.CheckConstraint(condition=models.Q(('actor', ''), _negated=True), name='audit_actor_is_named'), models.CheckConstraint(condition=models.Q(('action__in', ['person_created', 'person_changed', 'consent_changed', 'enrolled', 'print_deleted', 'vector_read', 'identified', 'exported', 'imported', 'reembedded', 'merged', 'forgotten', 'purged', 'transcript_stored', 'transcript_read', 'transcript_deleted', 'speaker_named'])), name='audit_action_is_known')],
            },
        ),
        migrations.CreateModel(
            name='IdempotencyKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=255)),
                ('client', models.TextField()),
                ('method', models.CharField(max_length=10)),
                ('path', models.TextField()),
                ('request_sha256', models.CharField(max_length=64)),
                ('status', models.PositiveSmallIntegerField(null=True)),
                ('body', models.JSONField(null=True)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
            ],
            options={
                'ordering': ['id'],
                'indexes': [models.Index(fields=['created_at'], name='idempotency_by_age')],
                'constraints': [models.UniqueConstraint(fields=('client', 'key'), name='idempotency_key_is_one'), models.CheckConstraint(condition=models.Q(('key', ''), _negated=True), name='idempotency_key_is_given'), models.CheckConstraint(condition=models.Q(('request_sha256__regex', '^[0-9a-f]{64}$')), name='idempotency_sha256_is_hex')],
            },
        ),
        migrations.CreateModel(
            name='Person',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=200)),
                ('aliases', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=200), blank=True, default=list, help_text='Other names that a timeline may show.', size=None)),
                ('consent_given_at', models.DateTimeField(blank=True, null=True)),
                ('consent_how', models.TextField(blank=True, default='')),
                ('consent_until', models.DateTimeField(blank=True, help_text='Empty: until it is withdrawn.', null=True)),
                ('notes', models.TextField(blank=True, default='')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('version', models.PositiveIntegerField(db_default=1, editable=False)),
            ],
            options={
                'verbose_name_plural': 'people',
                'ordering': ['name'],
                'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('name'), name='person_name_is_unique'), models.CheckConstraint(condition=models.Q(('name__regex', '^\\S(.*\\S)?$')), name='person_is_named'), models.CheckConstraint(condition=models.Q(('consent_until', None), models.Q(('consent_given_at__isnull', False), ('consent_until__gt', models.F('consent_given_at'))), _connector='OR'), name='person_consent_ends_after_it_began')],
            },
        ),
        migrations.CreateModel(
            name='Space',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('model', models.TextField()),
                ('revision', models.TextField(blank=True, default='')),
                ('dimension', models.PositiveSmallIntegerField(default=192)),
                ('threshold', models.FloatField(default=0.5, help_text='Least cosine similarity of one voice.')),
                ('margin', models.FloatField(default=0.05, help_text='Least lead over the next person.')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
            ],
            options={
                'ordering': ['id'],
                'constraints': [models.UniqueConstraint(fields=('model', 'revision'), name='space_is_one'), models.CheckConstraint(condition=models.Q(('model', ''), _negated=True), name='space_model_is_named'), models.CheckConstraint(condition=models.Q(('dimension', 192)), name='space_dimension_is_kept'), models.CheckConstraint(condition=models.Q(('threshold__gte', -1), ('threshold__lte', 1)), name='space_threshold_is_cosine'), models.CheckConstraint(condition=models.Q(('margin__gte', 0), ('margin__lte', 2)), name='space_margin_is_cosine')],
            },
        ),
        migrations.CreateModel(
            name='Transcript',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('recording_name', models.TextField(blank=True, default='')),
                ('sha256', models.CharField(help_text='Of the recording; of two: of both digests.', max_length=64)),
                ('duration', models.FloatField()),
                ('language', models.TextField(blank=True, default='')),
                ('mode', models.CharField(choices=[('mono', 'one mixed recording'), ('dual_channel', 'microphone and system track')], max_length=20)),
                ('engine_models', models.JSONField(blank=True, default=dict)),
                ('warnings', models.JSONField(blank=True, default=list)),
                ('result', models.JSONField()),
                ('created_by', models.TextField()),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('recorded_at', models.DateTimeField(blank=True, null=True)),
                ('retain_until', models.DateTimeField(blank=True, help_text='Empty: until somebody deletes it.', null=True)),
            ],
            options={
                'ordering': ['-created_at', 'id'],
                'indexes': [models.Index(fields=['-created_at', 'id'], name='transcript_newest_first'), models.Index(fields=['sha256'], name='transcript_by_recording'), models.Index(condition=models.Q(('retain_until__isnull', False)), fields=['retain_until'], name='transcript_by_retention')],
                'constraints': [models.CheckConstraint(condition=models.Q(('sha256__regex', '^[0-9a-f]{64}$')), name='transcript_sha256_is_hex'), models.CheckConstraint(condition=models.Q(('duration__gte', 0)), name='transcript_takes_time'), models.CheckConstraint(condition=models.Q(('mode__in', ['mono', 'dual_channel'])), name='transcript_mode_is_known')],
            },
        ),
        migrations.CreateModel(
            name='TranscriptSpeaker',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('label', models.TextField()),
                ('name', models.TextField()),
                ('source', models.CharField(choices=[('visual', 'timeline'), ('voiceprint', 'voice'), ('unmatched', 'nothing'), ('mic_channel', 'microphone track'), ('named_by_hand', 'somebody, afterwards')], max_length=20)),
                ('overlap_confidence', models.FloatField(blank=True, null=True)),
                ('match_similarity', models.FloatField(blank=True, null=True)),
                ('fingerprint', pgvector.django.vector.VectorField(blank=True, dimensions=192, null=True)),
                ('speech_s', models.FloatField(default=0.0, help_text='Of all speakers who share a name, the first has the time of all.')),
                ('samples', models.JSONField(blank=True, default=list)),
                ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='appearances', to='voiceprints.person')),
                ('space', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='speakers', to='voiceprints.space')),
                ('transcript', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='speakers', to='voiceprints.transcript')),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='Block',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveIntegerField()),
                ('start_ms', models.PositiveBigIntegerField()),
                ('end_ms', models.PositiveBigIntegerField()),
                ('text', models.TextField(blank=True, default='')),
                ('search', models.GeneratedField(db_persist=True, expression=django.contrib.postgres.search.SearchVector('text', config='simple'), output_field=django.contrib.postgres.search.SearchVectorField())),
                ('transcript', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='blocks', to='voiceprints.transcript')),
                ('speaker', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='blocks', to='voiceprints.transcriptspeaker')),
            ],
            options={
                'ordering': ['transcript', 'position'],
            },
        ),
        migrations.CreateModel(
            name='Voiceprint',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('vector', pgvector.django.vector.VectorField(dimensions=192)),
                ('source', models.CharField(choices=[('enrolment', 'enrolled from recordings'), ('transcript', 'learned from a transcript'), ('caller', 'given as numbers')], max_length=20)),
                ('speech_s', models.FloatField(blank=True, null=True)),
                ('quality', models.JSONField(blank=True, default=dict)),
                ('sample_start_s', models.FloatField(blank=True, null=True)),
                ('sample_end_s', models.FloatField(blank=True, null=True)),
                ('sample', models.FileField(blank=True, upload_to=voiceprints.models.voiceprints.sample_path)),
                ('created_by', models.TextField()),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='voiceprints', to='voiceprints.person')),
                ('space', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='voiceprints', to='voiceprints.space')),
                ('transcript_speaker', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='voiceprints', to='voiceprints.transcriptspeaker')),
            ],
            options={
                'ordering': ['created_at', 'id'],
            },
        ),
        migrations.AddConstraint(
            model_name='transcriptspeaker',
            constraint=models.UniqueConstraint(fields=('transcript', 'label'), name='speaker_label_is_one'),
        ),
        migrations.AddConstraint(
            model_name='transcriptspeaker',
            constraint=models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='speaker_is_called_something'),
        ),
        migrations.AddConstraint(
            model_name='transcriptspeaker',
            constraint=models.CheckConstraint(condition=models.Q(('source__in', ['visual', 'voiceprint', 'unmatched', 'mic_channel', 'named_by_hand'])), name='speaker_source_is_known'),
        ),
        migrations.AddConstraint(
            model_name='transcriptspeaker',
            constraint=models.CheckConstraint(condition=models.Q(('fingerprint', None), models.Q(('space__isnull', False), django.db.models.lookups.GreaterThanOrEqual(models.Func(models.F('fingerprint'), function='vector_norm', output_field=models.FloatField()), 0.999), django.db.models.lookups.LessThanOrEqual(models.Func(models.F('fingerprint'), function='vector_norm', output_field=models.FloatField()), 1.001)), _connector='OR'), name='speaker_fingerprint_is_placed'),
        ),
        migrations.AddConstraint(
            model_name='transcriptspeaker',
            constraint=models.CheckConstraint(condition=models.Q(('speech_s__gte', 0)), name='speaker_speech_is_time'),
        ),
        migrations.AddIndex(
            model_name='block',
            index=django.contrib.postgres.indexes.GinIndex(fields=['search'], name='block_by_words'),
        ),
        migrations.AddConstraint(
            model_name='block',
            constraint=models.UniqueConstraint(fields=('transcript', 'position'), name='block_has_its_place'),
        ),
        migrations.AddConstraint(
            model_name='block',
            constraint=models.CheckConstraint(condition=models.Q(('end_ms__gte', models.F('start_ms'))), name='block_ends_after_it_began'),
        ),
        migrations.AddIndex(
            model_name='voiceprint',
            index=pgvector.django.indexes.HnswIndex(fields=['vector'], name='voiceprint_by_likeness', opclasses=['vector_cosine_ops']),
        ),
        migrations.AddConstraint(
            model_name='voiceprint',
            constraint=models.CheckConstraint(condition=models.Q(django.db.models.lookups.GreaterThanOrEqual(models.Func(models.F('vector'), function='vector_norm', output_field=models.FloatField()), 0.999), django.db.models.lookups.LessThanOrEqual(models.Func(models.F('vector'), function='vector_norm', output_field=models.FloatField()), 1.001)), name='voiceprint_has_length_one'),
        ),
        migrations.AddConstraint(
            model_name='voiceprint',
            constraint=models.CheckConstraint(condition=models.Q(('source__in', ['enrolment', 'transcript', 'caller'])), name='voiceprint_source_is_known'),
        ),
        migrations.AddConstraint(
            model_name='voiceprint',
            constraint=models.CheckConstraint(condition=models.Q(('speech_s', None), ('speech_s__gte', 0), _connector='OR'), name='voiceprint_speech_is_time'),
        ),
        migrations.AddConstraint(
            model_name='voiceprint',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('sample_end_s', None), ('sample_start_s', None)), models.Q(('sample_end_s__gt', models.F('sample_start_s')), ('sample_end_s__isnull', False), ('sample_start_s__gte', 0), ('sample_start_s__isnull', False)), _connector='OR'), name='voiceprint_sample_is_a_span'),
        ),
    ]
