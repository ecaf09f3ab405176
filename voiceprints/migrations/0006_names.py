"""Names are found wherever they stand, former ones too."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.functions.text
from django.db import migrations, models

# Longer ones are nobody's, and no index takes them.
NAMES_ARE_FOUND = """
CREATE FUNCTION voiceprints_names_in(result jsonb) RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(array_agg(DISTINCT lower(normalize(name #>> '{}', NFC))), '{}'::text[])
    FROM (
        SELECT jsonb_path_query(result, '$.speakers[*].name')
        UNION ALL SELECT jsonb_path_query(result, '$.speakers[*].evidence.winner.name')
        UNION ALL SELECT jsonb_path_query(result, '$.speakers[*].evidence.runner_up.name')
        UNION ALL SELECT jsonb_path_query(result, '$.segments[*].speaker')
    ) AS named(name)
    WHERE length(name #>> '{}') <= 200
$$;
"""
NAMES_ARE_LOST = "DROP FUNCTION voiceprints_names_in(jsonb);"

FORMER_NAMES_ARE_KNOWN = """
CREATE FUNCTION voiceprints_keep_former_names() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.former_names := ARRAY(
        SELECT DISTINCT unnest(
            OLD.former_names || NEW.former_names
            || CASE WHEN NEW.name <> OLD.name THEN ARRAY[OLD.name::text] ELSE '{}'::text[] END
        )
    );
    RETURN NEW;
END $$;
CREATE TRIGGER person_keeps_former_names BEFORE UPDATE ON voiceprints_person
    FOR EACH ROW EXECUTE FUNCTION voiceprints_keep_former_names();
"""
FORMER_NAMES_ARE_LOST = """
DROP TRIGGER person_keeps_former_names ON voiceprints_person;
DROP FUNCTION voiceprints_keep_former_names();
"""


class Migration(migrations.Migration):
    dependencies = [("voiceprints", "0005_jobs")]
    operations = [
        migrations.RunSQL(NAMES_ARE_FOUND, NAMES_ARE_LOST),
        migrations.AddField(
            model_name="person",
            name="former_names",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.TextField(),
                blank=True,
                default=list,
                editable=False,
                help_text=(
                    "A trigger adds to them whenever the name changes; forgetting looks for them."
                ),
                size=None,
            ),
        ),
        migrations.RunSQL(FORMER_NAMES_ARE_KNOWN, FORMER_NAMES_ARE_LOST),
        migrations.AddIndex(
            model_name="transcript",
            index=django.contrib.postgres.indexes.GinIndex(
                models.Func(
                    models.F("result"),
                    function="voiceprints_names_in",
                    output_field=django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), size=None
                    ),
                ),
                name="transcript_by_names",
            ),
        ),
        migrations.AddIndex(
            model_name="transcriptspeaker",
            index=django.contrib.postgres.indexes.HashIndex(
                django.db.models.functions.text.Lower("name"), name="speaker_by_name"
            ),
        ),
    ]
