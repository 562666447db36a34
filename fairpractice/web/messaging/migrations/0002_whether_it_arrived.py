"""Whether a message arrived is asked of its sender, and staff are told if it did not."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("messaging", "0001_initial")]

    operations = [
        migrations.RemoveIndex(
            model_name="outgoing",
            name="messages_not_sent",
        ),
        migrations.AddField(
            model_name="outgoing",
            name="ask_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name="outgoing",
            name="state",
            field=models.CharField(
                choices=[
                    ("waiting", "waits to be sent"),
                    ("sending", "is being sent"),
                    ("sent", "was sent"),
                    ("unsafe", "was not sent: they are not to be reached that way"),
                    ("late", "was not sent in time"),
                    ("failed", "could not be sent"),
                    ("bounced", "was sent, and could not be delivered"),
                    ("taken_back", "was taken back"),
                ],
                default="waiting",
                max_length=10,
            ),
        ),
        migrations.AddIndex(
            model_name="outgoing",
            index=models.Index(
                condition=models.Q(("ask_at__isnull", False), ("state", "sent")),
                fields=["ask_at"],
                name="messages_to_be_asked_about",
            ),
        ),
        migrations.AddIndex(
            model_name="outgoing",
            index=models.Index(
                condition=models.Q(
                    ("settled_at", None), ("state__in", ("unsafe", "late", "failed", "bounced"))
                ),
                fields=["place", "over_at"],
                name="messages_not_sent",
            ),
        ),
    ]
