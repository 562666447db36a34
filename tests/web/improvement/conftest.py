"""What tests of projects share: one that is being tried, and figures of its network."""

import datetime as dt
import json
from collections.abc import Callable, Sequence
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from fairpractice.measures.trend import FIFTHS
from fairpractice.web.core.access import Role
from fairpractice.web.improvement import actions, score
from fairpractice.web.improvement.actions import Planned
from fairpractice.web.improvement.models import Project
from fairpractice.web.organisations.models import Organisation
from fairpractice.web.population.models import Part, Release


MEASURE = "cervical-screening"
BEGAN = dt.date(2026, 5, 1)


def months(number: int) -> list[dt.date]:
    """Return so many month-ends, the last of them October 2026."""
    firsts = [dt.date(2026 + (10 - n) // 12, (10 - n) % 12 + 1, 1) for n in range(number)]
    return [first - dt.timedelta(days=1) for first in reversed(firsts)]


@pytest.fixture
def lead(sign_in_as: Any) -> Any:
    """Somebody of the practice, signed in, who leads the project."""
    return sign_in_as(Role.CLINICIAN)


@pytest.fixture
def project(lead: Any, practice: Organisation) -> Project:
    """A project of the network, about the most deprived fifth."""
    planned = Planned(
        lead=reached_user(lead),
        title="Sooner by telephone",
        aim="Half the gap by next summer",
        whom="the most deprived fifth",
        change="A call at a time that suits",
        measure=MEASURE,
        grouping=FIFTHS,
        group="1",
        rule="never-screened",
        began_on=BEGAN,
        review_on=dt.date(2027, 3, 31),
    )
    return actions.start(lead.viewer, practice.network, planned, uuid4())


def reached_user(client: Any) -> Any:
    from fairpractice.web.accounts.models import User

    return User.objects.get(id=client.viewer.user_id)


@pytest.fixture
def released(practice: Organisation) -> Callable[..., Release]:
    """Release figures: the values of the most deprived fifth by month, and of the gap."""

    def release(values: Sequence[float | None], gaps: Sequence[float | None] = ()) -> Release:
        Release.objects.filter(network=practice.network).update(state="former")
        days = months(max(len(values), len(gaps)))
        made: Release = Release.objects.create(
            network=practice.network,
            state="current",
            on=days[-1],
            made_at=timezone.now(),
            asked="",
            about={},
            numbers=b"",
        )
        rows = [_row(day, "1", value) for day, value in zip(days, values, strict=False)]
        rows += [_row(day, score.GAP, gap) for day, gap in zip(days, gaps, strict=False)]
        rows += [_row(days[-1], "5", 99.0)]
        Part.objects.create(
            release=made, kind="measure", name=MEASURE, title="Screening", address=uuid4(),
            place=0, summary={}, shown={}, rows=json.loads(json.dumps(rows)),
        )  # fmt: skip
        return made

    return release


def _row(day: dt.date, group: str, value: float | None) -> dict[str, Any]:
    around = {"lower": value - 2, "upper": value + 2} if value is not None else {}
    return {"on": day.isoformat(), "grouping": FIFTHS, "group": group, "value": value, **around}
