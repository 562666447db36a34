import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


LAST = """
    UPDATE organisations_membership AS member SET signed_in_at = (
        SELECT max(entry.at) FROM core_entry AS entry
        WHERE entry.act = 'sign in' AND entry.outcome = 'done'
          AND entry.user_id = member.user_id AND entry.role = member.role
          AND entry.organisation_id = member.organisation_id
    )
"""
"""What the trail of audit says of those who signed in before."""


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0002_audit_is_append_only"),
        ("organisations", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="membership",
            name="signed_in_at",
            field=models.DateTimeField(blank=True, help_text="in this role, last", null=True),
        ),
        migrations.AddField(
            model_name="membership",
            name="given_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.RunSQL(LAST, migrations.RunSQL.noop),
    ]
