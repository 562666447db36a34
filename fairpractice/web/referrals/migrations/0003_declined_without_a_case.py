"""An entry may be of somebody who declined before there was a case; that is never changed either."""

import django.db.models.deletion
from django.db import migrations, models


PLAIN = 'id, batch_id, patient_id, case_id, kind, topic, code, term, "on"'
TRIGGER = """
DROP TRIGGER referrals_codedentry_never_changed ON referrals_codedentry;
CREATE TRIGGER referrals_codedentry_never_changed BEFORE UPDATE OF {columns}
    ON referrals_codedentry FOR EACH ROW EXECUTE FUNCTION referrals_never_changed();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0003_asked_oneself"),
        ("patients", "0007_people_of_a_practice"),
        ("referrals", "0002_nothing_is_rewritten"),
    ]

    operations = [
        migrations.AddField(
            model_name="codedentry",
            name="set_aside",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="coded_entry",
                to="cases.setaside",
            ),
        ),
        migrations.AlterField(
            model_name="codedentry",
            name="case",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="coded_entries",
                to="cases.case",
            ),
        ),
        migrations.AddConstraint(
            model_name="codedentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("case__isnull", False), ("set_aside", None)),
                    models.Q(("case", None), ("kind", "declined"), ("set_aside__isnull", False)),
                    _connector="OR",
                ),
                name="an_entry_is_of_a_case_or_of_who_declined_without",
            ),
        ),
        migrations.RunSQL(
            TRIGGER.format(columns=f"{PLAIN}, set_aside_id"), TRIGGER.format(columns=PLAIN)
        ),
    ]
