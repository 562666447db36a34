import datetime

from django.db import migrations, models


LOOKED = """
    UPDATE patients_personaccount AS account SET looked_on = coalesce(
        (
            SELECT max((entry.at AT TIME ZONE 'Europe/London')::date) FROM core_entry AS entry
            WHERE entry.patient_id = account.patient_id
              AND entry.act = 'say who acts for somebody' AND entry.outcome = 'done'
              AND entry.detail ->> 'account' = account.id::text
              AND entry.detail ->> 'how' IN ('allowed', 'reviewed')
        ),
        account.ends_on - 366
    )
    WHERE account.ground <> ''
"""
"""When the trail of audit says that it was decided; else the earliest day that it can have been."""


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0002_audit_is_append_only"),
        ("patients", "0007_people_of_a_practice"),
    ]

    operations = [
        migrations.AddField(
            model_name="personaccount",
            name="looked_on",
            field=models.DateField(default=datetime.date.today),
        ),
        migrations.RunSQL(LOOKED, migrations.RunSQL.noop),
    ]
