import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import fairpractice.web.cases.words
import fairpractice.web.core.encryption
import fairpractice.web.patients.models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0001_initial"),
        ("organisations", "0001_initial"),
        ("patients", "0005_cases_move"),
        ("questionnaires", "0003_link_of_who_acts"),
        ("worklists", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Goal",
            fields=[
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("goal", fairpractice.web.core.encryption.Encrypted()),
                ("agreed_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Agreed"),
                            ("reached", "Reached"),
                            ("partly", "Partly reached"),
                            ("left", "No longer wanted"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="goals",
                        to="cases.case",
                    ),
                ),
                (
                    "own_words",
                    models.ForeignKey(
                        help_text="it comes from",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="patients.ownwords",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Measurement",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "moment",
                    models.CharField(
                        choices=[("before", "Before"), ("after", "After")], max_length=10
                    ),
                ),
                (
                    "ask",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="measurement",
                        to="questionnaires.ask",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="measurements",
                        to="cases.case",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Note",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "about",
                    models.CharField(
                        choices=[
                            ("noted", "Note"),
                            ("taken", "Taken on"),
                            ("given_back", "Given back"),
                        ],
                        default="noted",
                        max_length=10,
                    ),
                ),
                ("note", fairpractice.web.core.encryption.Encrypted(null=True)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notes",
                        to="cases.case",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Attempt",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "channel",
                    models.CharField(choices=fairpractice.web.cases.words.channels, max_length=10),
                ),
                (
                    "result",
                    models.CharField(choices=fairpractice.web.cases.words.results, max_length=20),
                ),
                ("note", fairpractice.web.core.encryption.Encrypted(null=True)),
                ("at", models.DateTimeField(help_text="when it was")),
                ("entered_at", models.DateTimeField()),
                (
                    "next_on",
                    models.DateField(
                        blank=True, help_text="when to try again, or to call", null=True
                    ),
                ),
                ("against", models.CharField(blank=True, max_length=100)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="attempts",
                        to="cases.case",
                    ),
                ),
            ],
            options={
                "verbose_name": "attempt to reach them",
                "indexes": [
                    models.Index(fields=["case", "at"], name="cases_attem_case_id_e4feb7_idx")
                ],
            },
        ),
        migrations.CreateModel(
            name="Need",
            fields=[
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "topic",
                    models.CharField(
                        choices=fairpractice.web.patients.models.topic_choices, max_length=40
                    ),
                ),
                (
                    "wish",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("wanted", "wanted"),
                            ("not_wanted", "not_wanted"),
                            ("has_help", "has_help"),
                            ("declined", "declined"),
                        ],
                        max_length=10,
                    ),
                ),
                ("told_at", models.DateTimeField()),
                (
                    "result",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("resolved", "Resolved"),
                            ("partly", "Partly resolved"),
                            ("not_resolved", "Not resolved"),
                            ("unknown", "Not known"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="needs",
                        to="cases.case",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("case", "topic"), name="a_need_once_in_a_case")
                ],
            },
        ),
        migrations.CreateModel(
            name="SetAside",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("snoozed", "Put off"),
                            ("declined", "Declined"),
                            ("unsuitable", "Not suitable"),
                            ("helped", "Helped lately"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "reason",
                    models.CharField(choices=fairpractice.web.cases.words.reasons, max_length=20),
                ),
                ("note", fairpractice.web.core.encryption.Encrypted(null=True)),
                ("rule", models.CharField(blank=True, max_length=100)),
                ("evidence", models.JSONField(null=True)),
                ("back_on", models.DateField(blank=True, null=True)),
                ("at", models.DateTimeField()),
                ("taken_back_at", models.DateTimeField(blank=True, null=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="set_aside",
                        to="cases.case",
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="set_aside",
                        to="patients.patient",
                    ),
                ),
                (
                    "practice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.organisation",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="worklists.run",
                    ),
                ),
            ],
            options={
                "verbose_name": "time not to be offered help",
                "indexes": [
                    models.Index(
                        fields=["practice", "patient"], name="cases_setas_practic_2313f5_idx"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("back_on__isnull", False), ("evidence__isnull", False), _connector="OR"
                        ),
                        name="it_says_when_they_come_back",
                    )
                ],
            },
        ),
    ]
