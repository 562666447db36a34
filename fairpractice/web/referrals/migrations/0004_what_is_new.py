"""Until when the messages of a referral were read by whoever received it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("referrals", "0003_declined_without_a_case"),
    ]

    operations = [
        migrations.AddField(
            model_name="referral",
            name="read_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
