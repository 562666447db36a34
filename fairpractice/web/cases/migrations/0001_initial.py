import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import fairpractice.web.core.access
import fairpractice.web.core.encryption
import fairpractice.web.patients.models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("organisations", "0001_initial"),
        ("patients", "0005_cases_move"),
        ("worklists", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Case",
            fields=[
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "origin",
                    models.CharField(
                        choices=[
                            ("worklist", "found on a list"),
                            ("practice", "asked for by the practice"),
                            ("self", "asked for by the person"),
                            ("outside", "asked for by another organisation"),
                        ],
                        max_length=10,
                    ),
                ),
                ("rule", models.CharField(blank=True, max_length=100)),
                ("definitions", models.CharField(blank=True, max_length=64)),
                ("place", fairpractice.web.core.encryption.Encrypted(null=True)),
                (
                    "need",
                    models.CharField(
                        blank=True,
                        choices=fairpractice.web.patients.models.topic_choices,
                        max_length=40,
                    ),
                ),
                ("asked", fairpractice.web.core.encryption.Encrypted(null=True)),
                (
                    "opener_role",
                    models.CharField(
                        choices=fairpractice.web.core.access.role_choices, max_length=40
                    ),
                ),
                ("opened_at", models.DateTimeField()),
                ("taken_at", models.DateTimeField(blank=True, null=True)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("resolved", "Resolved"),
                            ("partly", "Partly resolved"),
                            ("not_resolved", "Not resolved"),
                            ("not_reached", "Could not be contacted"),
                            ("declined", "Declined"),
                            ("moved", "Moved away"),
                            ("died", "Died"),
                        ],
                        max_length=20,
                    ),
                ),
                ("told", fairpractice.web.core.encryption.Encrypted(null=True)),
                (
                    "opened_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cases",
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
                (
                    "worker",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cases",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["practice", "closed_at"], name="cases_case_practic_eaee7a_idx"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("closed_at", None)),
                        fields=("patient", "practice"),
                        name="one_open_case_at_a_practice",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("taken_at", None), ("worker", None)),
                            models.Q(("taken_at__isnull", False), ("worker__isnull", False)),
                            _connector="OR",
                        ),
                        name="a_case_is_taken_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_at", None), ("outcome", "")),
                            models.Q(
                                ("closed_at__isnull", False),
                                models.Q(("outcome", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="a_case_is_closed_with_an_outcome",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("origin", "worklist"), _negated=True),
                            models.Q(
                                ("place__isnull", False),
                                ("run__isnull", False),
                                models.Q(("rule", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="what_a_list_found_names_it",
                    ),
                ],
            },
        ),
    ]
