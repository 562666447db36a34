"""What staff do to ask somebody: send a link, send another, take it back."""

from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from fairpractice.errors import FairpracticeError
from fairpractice.listening.questionnaire import Questionnaire
from fairpractice.web.core import audit
from fairpractice.web.core.access import ASK, Viewer
from fairpractice.web.core.locking import Conflict
from fairpractice.web.messaging import outbox
from fairpractice.web.patients.models import Patient
from fairpractice.web.questionnaires import links
from fairpractice.web.questionnaires.models import Ask, Link, Way
from fairpractice.web.sharing import contact


@transaction.atomic
def ask(
    viewer: Viewer,
    patient: Patient,
    questionnaire: Questionnaire,
    way: str,
    lawful_basis: str,
    token: UUID,
    site: str,
) -> tuple[Ask, str]:
    """Ask somebody to answer a questionnaire, by a link.

    Parameters
    ----------
    viewer, patient, questionnaire
        Who asks whom what.
    way
        One of :class:`Way`. A text goes into the outbox; the code of others is handed over.
    lawful_basis
        Why what they answer may be held.
    token
        The form's own id, which becomes the ask's: sent twice, one is asked.
    site
        The address to which a code is added.

    Returns
    -------
    tuple
        The ask and the code, which is known now and never again; empty where a text was sent.

    Raises
    ------
    FairpracticeError
        When they are not to be reached in that way now. Nothing is asked.
    """
    found, made = asked(viewer, patient, questionnaire, way, lawful_basis, token)
    if made or way != Way.TEXT:
        return found, _linked(viewer, found, site)
    return found, ""


def asked(
    viewer: Viewer, patient: Patient, questionnaire: Questionnaire, way: str, lawful_basis: str,
    token: UUID,
) -> tuple[Ask, bool]:  # fmt: skip
    """Return the ask of a form, and whether it is new.

    Raises
    ------
    FairpracticeError
        When the answers were to stand on consent: a whole reply does not go with one.
    Conflict
        When the form's id is that of something about somebody else.
    """
    if lawful_basis == "consent":
        raise FairpracticeError("No answers stand on consent here", fix="Ask for direct care.")
    values: dict[str, Any] = {"questionnaire": questionnaire.canonical, "way": way}
    values |= {"lawful_basis": lawful_basis, "asked_by_id": viewer.user_id}
    try:
        return Ask.objects.get_or_create(id=token, patient=patient, defaults=values)
    except IntegrityError:
        raise Conflict from None


@transaction.atomic
def ask_again(viewer: Viewer, asked: Ask, site: str) -> str:
    """Make another link for what was asked; the one before opens no more. Return its code.

    Raises
    ------
    FairpracticeError
        When they are not to be reached in that way now; the link before stays.
    """
    return _linked(viewer, asked, site)


@transaction.atomic
def withdraw(viewer: Viewer, asked: Ask) -> None:
    """Take back what was asked: no link opens it any more, and a draft of answers is deleted."""
    if asked.withdrawn_at is not None or is_answered(asked):
        return
    asked.withdrawn_at = timezone.now()
    asked.save(update_fields=["withdrawn_at"])
    Link.objects.filter(ask=asked, used_at=None).update(expires_at=asked.withdrawn_at)
    outbox.take_back(f"ask:{asked.id}:")
    if hasattr(asked, "reply"):
        asked.reply.delete()
    detail = {"ask": str(asked.id), "withdrawn": True}
    audit.entry(viewer, ASK, patient=asked.patient_id, detail=detail)


def is_answered(asked: Ask) -> bool:
    """Tell whether the answers are finished."""
    return hasattr(asked, "reply") and asked.reply.completed_at is not None


def _linked(viewer: Viewer, asked: Ask, site: str) -> str:
    patient = asked.patient
    _is_safe(patient, asked.way)
    code, link = links.make(asked, asked.way)
    detail = {"ask": str(asked.id), "link": str(link.id), "way": asked.way}
    audit.entry(viewer, ASK, patient=asked.patient_id, detail=detail)
    if asked.way != Way.TEXT:
        return code
    outbox.take_back(f"ask:{asked.id}:")
    until = link.expires_at
    outbox.put(
        f"ask:{asked.id}:{link.id}",
        "text",
        "link",
        patient=patient,
        by=viewer,
        not_after=until,
        link=site + links.written(code),
        day=f"{until.day} {until:%B}",
    )
    return ""


def _is_safe(patient: Patient, way: str) -> None:
    """Refuse what is not safe now.

    Raises
    ------
    FairpracticeError
        When they are not to be reached in that way now.
    """
    if way not in contact.WAYS:  # they are here
        return
    permission = contact.may(patient, way)
    if not permission.allowed:
        raise FairpracticeError(permission.why_not.rstrip("."), fix="Ask another way.")
