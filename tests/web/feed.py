"""Agreements and files of facts for tests."""

import csv
import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

from fairpractice.web.core.access import DIRECT_CARE, Viewer
from fairpractice.web.feeds import actions
from fairpractice.web.feeds.models import File, Source
from fairpractice.web.organisations.models import Organisation
from fairpractice.web.patients.models import Patient
from tests.web.support import TODAY, ago


HEADINGS = ("NHS No", "DOB", "Theme", "State", "As at", "Surname")
NAMES = ("nhs_number", "date_of_birth", "topic", "status", "date", "family_name")


def agreed(viewer: Viewer, **said: Any) -> Source:
    """Put an agreement with a council on file at the viewer's organisation."""
    council, _ = Organisation.objects.get_or_create(
        code="C0001", defaults={"kind": "partner", "name": "A council"}
    )
    values: dict[str, Any] = {
        "partner": council,
        "reference": "Agreement 1",
        "purpose": "Finding who needs help",
        "lawful_basis": "sharing_agreement",
        "begins_on": ago(30),
        "ends_on": TODAY + timedelta(days=30),
        "topics": ["debt", "housing_problem"],
        "columns": dict(zip(NAMES, HEADINGS, strict=True)),
    }
    source = Source(id=uuid4(), **{**values, **said})
    return actions.agree(replace(viewer, purpose=DIRECT_CARE), source)


def line_of(patient: Patient, **said: str) -> dict[str, str]:
    """Return a line that names a person as the record does, but for what is said otherwise."""
    known = {
        "number": patient.identity["nhs_number"],
        "born": patient.identity["date_of_birth"],
        "topic": "housing_problem",
        "status": "present",
        "on": ago(10).isoformat(),
        "family": patient.identity["family_name"],
    }
    return {**known, **said}


def file_of(lines: Sequence[dict[str, str]]) -> bytes:
    """Return lines as the bytes of a file."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADINGS)
    writer.writerows(each.values() for each in lines)
    return out.getvalue().encode()


def received(viewer: Viewer, source: Source, lines: Sequence[dict[str, str]]) -> File:
    """Take a file of lines in."""
    at_work = replace(viewer, purpose=DIRECT_CARE)
    return actions.receive(at_work, source, file_of(lines), uuid4())
