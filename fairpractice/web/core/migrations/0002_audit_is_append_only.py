"""The database itself refuses to change the audit trail, whoever asks."""

from django.db import migrations


REFUSE = """
CREATE FUNCTION core_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit trail is added to, and never changed' USING ERRCODE = 'restrict_violation';
END
$$;
"""
EACH = """
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION core_append_only();
CREATE TRIGGER {table}_never_emptied BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION core_append_only();
"""
TABLES = ("core_entry", "core_seal")


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]
    operations = [
        migrations.RunSQL(
            REFUSE + "".join(EACH.format(table=table) for table in TABLES),
            "".join(
                f"DROP TRIGGER {table}_append_only ON {table};"
                f"DROP TRIGGER {table}_never_emptied ON {table};"
                for table in TABLES
            )
            + "DROP FUNCTION core_append_only();",
        )
    ]
