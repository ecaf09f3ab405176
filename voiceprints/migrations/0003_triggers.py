"""Rules that a constraint cannot express."""

from django.db import migrations

AUDIT_IS_APPEND_ONLY = """
CREATE FUNCTION voiceprints_refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The audit is append-only.' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER audit_is_append_only BEFORE UPDATE OR DELETE ON voiceprints_auditentry
    FOR EACH ROW EXECUTE FUNCTION voiceprints_refuse_audit_change();
"""
AUDIT_IS_OPEN = """
DROP TRIGGER audit_is_append_only ON voiceprints_auditentry;
DROP FUNCTION voiceprints_refuse_audit_change();
"""

PERSON_COUNTS_VERSIONS = """
CREATE FUNCTION voiceprints_count_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.version := OLD.version + 1;
    NEW.updated_at := clock_timestamp();
    RETURN NEW;
END $$;
CREATE TRIGGER person_counts_versions BEFORE UPDATE ON voiceprints_person
    FOR EACH ROW EXECUTE FUNCTION voiceprints_count_version();
"""
PERSON_COUNTS_NOTHING = """
DROP TRIGGER person_counts_versions ON voiceprints_person;
DROP FUNCTION voiceprints_count_version();
"""

PRINT_NEEDS_CONSENT = """
CREATE FUNCTION voiceprints_demand_consent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM voiceprints_person
        WHERE id = NEW.person_id AND consent_given_at IS NOT NULL
        AND (consent_until IS NULL OR consent_until > clock_timestamp());
    IF NOT FOUND THEN
        RAISE EXCEPTION 'A voiceprint is kept only with the consent of its person.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'voiceprint_needs_consent';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER voiceprint_needs_consent BEFORE INSERT OR UPDATE OF person_id
    ON voiceprints_voiceprint
    FOR EACH ROW EXECUTE FUNCTION voiceprints_demand_consent();
"""
PRINT_NEEDS_NOTHING = """
DROP TRIGGER voiceprint_needs_consent ON voiceprints_voiceprint;
DROP FUNCTION voiceprints_demand_consent();
"""


class Migration(migrations.Migration):
    dependencies = [("voiceprints", "0002_library")]
    operations = [
        migrations.RunSQL(AUDIT_IS_APPEND_ONLY, AUDIT_IS_OPEN),
        migrations.RunSQL(PERSON_COUNTS_VERSIONS, PERSON_COUNTS_NOTHING),
        migrations.RunSQL(PRINT_NEEDS_CONSENT, PRINT_NEEDS_NOTHING),
    ]
