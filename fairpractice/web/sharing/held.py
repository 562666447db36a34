"""Everything that is held about a person: what was entered here, and what the record has.

Every table that leads to a person by its keys is followed, whichever part of the service it is of:
a table that is added is exported, and erased, without being named here.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models

from fairpractice.web.core.models import Entry
from fairpractice.web.organisations.models import Organisation
from fairpractice.web.patients.facts import HERE
from fairpractice.web.patients.models import Patient
from fairpractice.web.patients.record import record


UNREADABLE = (models.BinaryField,)


@dataclass(frozen=True)
class Item:
    """One thing that is held: its id, what kind of thing it is, and what it says."""

    id: str
    kind: str
    says: Mapping[str, str]


def rows(patient: Patient) -> list[models.Model]:
    """Return every row of the service that leads to a person, those nearest to them first."""
    found: dict[tuple[str, Any], models.Model] = {}
    waiting: list[models.Model] = [patient]
    while waiting:
        each = waiting.pop(0)
        for relation in each._meta.related_objects:
            model = relation.related_model
            led = model._base_manager.filter(**{relation.field.name: each}).order_by("pk")
            for row in led:
                key = (model._meta.label, row.pk)
                if key not in found:
                    found[key] = row
                    waiting.append(row)
    return list(found.values())


def items(patient: Patient) -> list[Item]:
    """Return everything that is held about a person, as it can be read."""
    return [*_entered(patient), *_recorded(patient), *_looked_at(patient)]


def _entered(patient: Patient) -> Iterator[Item]:
    practice = patient.practice.name if patient.practice else "nowhere"
    who = {_words(name): str(value) for name, value in patient.identity.items()}
    yield Item("person", "Who you are", {**who, "registered at": practice})
    for row in rows(patient):
        kind = f"Entered here: {row._meta.verbose_name}"
        yield Item(f"{row._meta.model_name}-{row.pk}", kind, _says(row, patient))


def _says(row: models.Model, patient: Patient) -> dict[str, str]:
    said = {}
    for field in row._meta.concrete_fields:
        if isinstance(field, UNREADABLE) or field.related_model is Patient:
            continue
        value = getattr(row, field.name)
        if value is not None and value != "":
            said[_words(field.name)] = _plain(value)
    return said


def _recorded(patient: Patient) -> Iterator[Item]:
    for table, found in record().person(patient.record_id).items():
        for number, row in enumerate(found, start=1):
            if row.get("source") == HERE:
                continue  # it is among what was entered
            said = {_words(name): _plain(value) for name, value in row.items() if value is not None}
            said.pop("patient id", None)
            yield Item(f"record-{table}-{number}", f"In the record: {_words(table)}", said)


def _looked_at(patient: Patient) -> Iterator[Item]:
    places = dict(Organisation.objects.values_list("id", "name"))
    for each in Entry.objects.filter(patient_id=patient.id).order_by("id"):
        said = {
            "when": _plain(each.at),
            "what": each.act if each.outcome == "done" else f"{each.act}: refused",
            "for": each.purpose.replace("_", " "),
            "by": each.role.replace("_", " ") or "the service",
            "at": places.get(each.organisation_id, ""),
        }
        yield Item(f"look-{each.id}", "Who looked, and who wrote", said)


def _words(name: str) -> str:
    return name.replace("_", " ")


def _plain(value: Any) -> str:
    if isinstance(value, dt.datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, models.Model) and not hasattr(value, "name"):
        return str(value.pk)  # of rows that say what they are elsewhere in the same export
    if isinstance(value, dict):
        return "; ".join(f"{_words(name)}: {_plain(each)}" for name, each in value.items())
    if isinstance(value, list):
        return "; ".join(map(_plain, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
