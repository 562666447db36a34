"""The database itself refuses to change a step or a message, whoever asks.

They can be erased, when their time is over, and encrypted anew: that touches other columns.
"""

from django.db import migrations


REFUSE = """
CREATE FUNCTION referrals_never_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what happened to a referral is added to, and never changed'
        USING ERRCODE = 'restrict_violation';
END
$$;
"""
PLAIN = {
    "referrals_step": "id, referral_id, number, before, after, by_id, organisation_id, party, at,"
    " outcome, continued_as",
    "referrals_message": "id, referral_id, party, by_id, at",
    "referrals_codedentry": 'id, batch_id, patient_id, case_id, kind, topic, code, term, "on"',
}


class Migration(migrations.Migration):
    dependencies = [("referrals", "0001_initial")]
    operations = [
        migrations.RunSQL(
            REFUSE
            + "".join(
                f"CREATE TRIGGER {table}_never_changed BEFORE UPDATE OF {columns} ON {table}"
                " FOR EACH ROW EXECUTE FUNCTION referrals_never_changed();"
                for table, columns in PLAIN.items()
            ),
            "".join(f"DROP TRIGGER {table}_never_changed ON {table};" for table in PLAIN)
            + "DROP FUNCTION referrals_never_changed();",
        )
    ]
