"""What is done with projects, each in one transaction with its audit entry."""

import datetime as dt
from dataclasses import dataclass, fields
from typing import Any, TypeVar
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from fairpractice.errors import FairpracticeError
from fairpractice.web.accounts.models import User
from fairpractice.web.core import audit, locking
from fairpractice.web.core.access import LEAD, NOTE, START_PROJECT, Viewer
from fairpractice.web.core.locking import Conflict
from fairpractice.web.improvement import score, words
from fairpractice.web.improvement.models import Note, Project, TakingPart
from fairpractice.web.organisations.models import Organisation


Row = TypeVar("Row", Project, TakingPart, Note)
CHANGED = {
    "title": "It was called",
    "aim": "The aim was",
    "whom": "It was for",
    "change": "What was tried was",
    "review_on": "It was to be looked at on",
    "lead": "It was led by",
}
"""What can be changed, and how a note says what it was."""


@dataclass(frozen=True)
class Planned:
    """What a project is to be; the fields are those of the model."""

    lead: User
    title: str
    aim: str
    whom: str
    change: str
    measure: str
    grouping: str
    group: str
    rule: str
    began_on: dt.date
    review_on: dt.date


@transaction.atomic
def start(viewer: Viewer, place: Organisation, planned: Planned, token: UUID) -> Project:
    """Start a project; the form's own id becomes its own, so that sent twice it is one.

    Raises
    ------
    Conflict
        When the form's id is that of a project elsewhere.
    """
    values = {each.name: getattr(planned, each.name) for each in fields(planned)}
    values |= {"started_by_id": viewer.user_id}
    made, new = _once(Project, token, {"place": place}, values)
    if new:
        audit.entry(viewer, START_PROJECT, detail={"project": str(made.id)})
        score.keep(made)
    return made


@transaction.atomic
def involve(
    viewer: Viewer, project: Project, who: str, level: str, evidence: str, token: UUID
) -> TakingPart:
    """Say who takes part, at which level, and what shows it."""
    _is_open(project)
    values = {"who": who, "level": level, "evidence": evidence, "said_by_id": viewer.user_id}
    made, new = _once(TakingPart, token, {"project": project}, values)
    if new:
        audit.entry(viewer, NOTE, detail={"project": str(project.id), "taking_part": str(made.id)})
    return made


@transaction.atomic
def note(viewer: Viewer, project: Project, step: str, said: str, token: UUID) -> Note:
    """Note progress."""
    _is_open(project)
    values = {"step": step, "words": said, "noted_by_id": viewer.user_id}
    made, new = _once(Note, token, {"project": project}, values)
    if new:
        audit.entry(viewer, NOTE, detail={"project": str(project.id), "note": str(made.id)})
    return made


@transaction.atomic
def change(viewer: Viewer, project: Project, seen: int, **values: object) -> None:
    """Change a project, if it still is as it was seen; what it said before stays, as a note.

    Raises
    ------
    Conflict
        When somebody else changed it meanwhile.
    FairpracticeError
        When it is closed.
    """
    _is_open(project)
    before = {name: getattr(project, name) for name in values}
    was = {name: value for name, value in before.items() if value != values[name]}
    if not was:
        return
    locking.change(project, seen, **values)
    said = "\n".join(f"{CHANGED[name]}: {_plain(value)}" for name, value in was.items())
    project.notes.create(step="changed", words=said, noted_by_id=viewer.user_id)
    detail = {"project": str(project.id), "changed": len(was)}
    audit.entry(viewer, LEAD, detail=detail)


@transaction.atomic
def close(
    viewer: Viewer, project: Project, seen: int, result: str, learned: str, others: str
) -> None:
    """Close a project with what was learned, whatever that was.

    Raises
    ------
    FairpracticeError
        When what was learned, or what others should know, is not said; when it is closed.
    Conflict
        When somebody else changed it meanwhile.
    """
    _is_open(project)
    if result not in words.RESULTS or not learned.strip() or not others.strip():
        raise FairpracticeError(
            "A project is not closed without what was learned",
            fix="Say whether it worked, what you learned, and what others should know.",
        )
    locking.change(
        project,
        seen,
        result=result,
        learned=learned.strip(),
        others=others.strip(),
        closed_at=timezone.now(),
        closed_by_id=viewer.user_id,
    )
    audit.entry(viewer, LEAD, detail={"project": str(project.id), "closed": result})


def _is_open(project: Project) -> None:
    if project.closed_at is not None:
        raise FairpracticeError("This project is closed", fix="Start another that goes on from it.")


def _plain(value: object) -> str:
    if isinstance(value, dt.date):
        return f"{value.day} {value:%B %Y}"
    return value.name if isinstance(value, User) else str(value)


def _once(
    model: type[Row], token: UUID, of: dict[str, Any], values: dict[str, Any]
) -> tuple[Row, bool]:
    try:
        with transaction.atomic():
            made: tuple[Row, bool] = model.objects.get_or_create(id=token, **of, defaults=values)
            return made
    except IntegrityError:
        raise Conflict from None
