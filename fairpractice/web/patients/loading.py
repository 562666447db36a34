"""The people of a record, into the service: who they are, encrypted, and where they are registered.

It adds people who are new and moves those who are registered elsewhere now; again changes nothing.
"""

import datetime as dt
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from django.db import connection, transaction

from fairpractice.record.opened import Record
from fairpractice.web.core import audit
from fairpractice.web.core.encryption import encrypt
from fairpractice.web.organisations.models import Organisation
from fairpractice.web.patients.actions import index_of_name, index_of_number
from fairpractice.web.patients.models import Patient


COPY = (
    "COPY patients_patient"
    " (id, record_id, practice_id, identity, by_nhs_number, by_name_and_birth) FROM STDIN"
)
KEPT = (
    "nhs_number",
    "date_of_birth",
    "given_name",
    "family_name",
    "postcode",
    "telephone",
    "email",
)
FIRST = ("Amber", "Birch", "Coral", "Dune", "Ember", "Flint", "Gorse", "Heron", "Ivory", "Juniper")
SECOND = ("Anvil", "Beacon", "Copper", "Drum", "Easel", "Fiddle", "Gable", "Hinge", "Ink", "Jetty")
THIRD = ("bank", "bridge", "field", "gate", "hill", "lock", "marsh", "mill", "pond", "stone")


def fictional_name(record_id: int) -> tuple[str, str]:
    """Return a name that nobody has, for a person of a synthetic record, which names nobody."""
    ones, tens, hundreds = (record_id // step % 10 for step in (1, 10, 100))
    return FIRST[ones], SECOND[tens] + THIRD[hundreds]


@transaction.atomic
def load_people(record: Record, network_code: str, network_name: str, *, fictional: bool) -> int:
    """Load the people of a record, and the practices that they are registered at.

    Parameters
    ----------
    record
        The record, opened for direct care.
    network_code, network_name
        The network that the practices belong to.
    fictional
        Whether the record is of nobody real: people without a name are then given a made-up one.

    Returns
    -------
    int
        How many people were added.
    """
    network, _ = Organisation.objects.get_or_create(
        code=network_code, defaults={"kind": "network", "name": network_name}
    )
    registered = dict(_registered(record, dt.date.today()))
    practices = {code: _practice(code, network) for code in sorted(set(registered.values()))}
    before = dict(Patient.objects.values_list("record_id", "practice_id"))
    new = {
        row["patient_id"]: row
        for row in record.identity().to_pylist()
        if row["patient_id"] not in before
    }
    with connection.cursor() as cursor, cursor.copy(COPY) as copy:
        for person, row in new.items():
            practice = practices.get(registered.get(person, ""))
            copy.write_row(_row(row, practice, fictional=fictional))
    moved = _move(before, registered, practices)
    audit.entry(None, "load people", detail={"added": len(new), "moved": moved})
    return len(new)


def _registered(record: Record, today: dt.date) -> Iterator[tuple[int, str]]:
    """Yield where each person is registered today; of two places, the one they came to last."""
    rows = record.table("registration")
    rows = rows.filter(rows.start_date <= today)
    rows = rows.filter(rows.end_date.isnull() | (rows.end_date > today))
    rows = rows.order_by("patient_id", "start_date", "practice_code")
    for row in record.engine.to_arrow(rows.select("patient_id", "practice_code")).to_pylist():
        yield row["patient_id"], row["practice_code"]


def _practice(code: str, network: Organisation) -> Organisation:
    found, _ = Organisation.objects.get_or_create(
        code=code, defaults={"kind": "practice", "name": f"Practice {code}", "network": network}
    )
    return found


def _row(
    row: Mapping[str, Any], practice: Organisation | None, *, fictional: bool
) -> tuple[Any, ...]:
    """Return the columns of :data:`COPY` for a row of identity."""
    identity = {name: str(row[name]) for name in KEPT if row[name] is not None}
    if fictional and "family_name" not in identity:
        identity["given_name"], identity["family_name"] = fictional_name(row["patient_id"])
    number, family = identity.get("nhs_number"), identity.get("family_name")
    born = row["date_of_birth"]
    return (
        uuid.uuid4(),
        row["patient_id"],
        practice.id if practice else None,
        encrypt(identity),
        index_of_number(number) if number else None,
        index_of_name(family, born) if family and born else None,
    )


def _move(
    before: Mapping[int, Any], registered: Mapping[int, str], practices: Mapping[str, Organisation]
) -> int:
    """Note who is registered somewhere else than they were when last loaded."""
    moved = 0
    for practice in (None, *practices.values()):
        code = practice.code if practice else None
        own = practice.id if practice else None
        arrived = [
            person
            for person, place in before.items()
            if place != own and registered.get(person) == code
        ]
        moved += Patient.objects.filter(record_id__in=arrived).update(practice=practice)
    return moved
