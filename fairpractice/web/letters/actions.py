"""What is done with letters; each act leaves its audit entry, which names no fact."""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction

from fairpractice.errors import FairpracticeError
from fairpractice.referral import letters
from fairpractice.referral.letters import Fact, Particulars, Template
from fairpractice.web.core import access, audit
from fairpractice.web.core.access import Viewer
from fairpractice.web.core.locking import Conflict, change
from fairpractice.web.letters.models import Leaving, Letter, Wording
from fairpractice.web.patients import facts
from fairpractice.web.patients.models import Patient
from fairpractice.web.patients.record import codelists, record
from fairpractice.web.sharing import contact
from fairpractice.web.sharing.contact import Permission


POST = "post"  # how a letter leaves that is posted to the person


@dataclass(frozen=True)
class Draft:
    """A letter before it is kept: what it may say, what was chosen of that, and its words."""

    template: Template
    offered: tuple[Fact, ...]
    chosen: frozenset[str]
    text: str
    left_out: bool = False
    """Whether something had been chosen that is not offered any more."""


def kinds() -> Mapping[str, Template]:
    """Return the kinds of letter there are, those of the local definitions among them."""
    return letters.load(codelists(), Path(settings.DEFINITIONS))


def draft(
    viewer: Viewer,
    patient: Patient,
    template: Template,
    chosen: Collection[str] | None = None,
    recipient: str = "",
) -> Draft:
    """Draft a letter from what is known of a person today.

    Parameters
    ----------
    viewer
        Who writes it. What they may not see is not offered.
    patient
        Whom it is about.
    template
        The kind of letter.
    chosen
        The ids of the facts that it names; those chosen at first when it is left out.
    recipient
        To whom it goes, in the words of whoever writes.

    Raises
    ------
    FairpracticeError
        When the person's date of birth is not known, by which the reader would tell who is meant.
    """
    if patient.born_on is None:
        raise FairpracticeError(
            "The date of birth is not on record, and a letter names it",
            fix="Add it in the clinical system; it arrives with the next import.",
        )
    today = dt.date.today()
    offered = _offered(viewer, patient, template, today)
    known = {each.id for each in offered}
    named = {each.id for each in offered if each.chosen} if chosen is None else set(chosen)
    particulars = Particulars(
        patient=patient.name,
        born=patient.born_on,
        practice=patient.practice.name if patient.practice else "",
        author=viewer.name,
        role=viewer.role.label.lower(),
        today=today,
        nhs_number=patient.nhs_number,
        recipient=recipient,
    )
    made = letters.draft(template, offered, particulars, named & known)
    audit.entry(viewer, access.WRITE_LETTER, patient=patient.id, detail={"step": "draft"})
    return Draft(template, tuple(offered), frozenset(named & known), made.text, bool(named - known))


def _offered(viewer: Viewer, patient: Patient, template: Template, on: dt.date) -> list[Fact]:
    sensitive, lists = viewer.may(access.SENSITIVE), codelists()
    entered = list(facts.in_force(patient, sensitive=sensitive))
    person = record().person(patient.record_id)
    rows = facts.overlaid(person, entered, lists, sensitive=sensitive)
    return letters.offered(template, rows, on, lists, sensitive=sensitive)


@transaction.atomic
def keep(
    viewer: Viewer,
    patient: Patient,
    template: Template,
    text: str,
    named: Collection[str],
    token: UUID,
) -> Letter:
    """Keep a letter as it was edited.

    Parameters
    ----------
    viewer, patient, template
        As for :func:`draft`.
    text
        The letter.
    named
        The ids of the facts that its draft named; others are not noted.
    token
        The form's own id, which becomes the letter's: a form sent twice keeps one.
    """
    if there := patient.letters.filter(id=token).first():
        return there
    try:
        with transaction.atomic():
            letter = Letter.objects.create(
                id=token, patient=patient, kind=template.id, title=template.title
            )
    except IntegrityError:  # sent twice at the same moment
        if there := patient.letters.filter(id=token).first():
            return there
        raise Conflict from None
    known = {each.id for each in _offered(viewer, patient, template, dt.date.today())}
    _word(viewer, letter, text, sorted(known & set(named)), token)
    return letter


@transaction.atomic
def reword(viewer: Viewer, letter: Letter, text: str, seen: int, token: UUID) -> Letter:
    """Change what a letter says; what it said before stays.

    Parameters
    ----------
    viewer, text, token
        As for :func:`keep`.
    seen
        The version of the letter that was edited.

    Raises
    ------
    Conflict
        When somebody else changed it since.
    """
    if letter.wordings.filter(id=token).exists():
        return letter
    named = set(letter.latest.facts) - gone(viewer, letter)
    change(letter, seen)
    _word(viewer, letter, text, sorted(named), token)
    return letter


def gone(viewer: Viewer, letter: Letter) -> set[str]:
    """Return the ids of the facts that a letter names and that do not hold any more.

    A consent was withdrawn, say, or a statement taken back, since it was written.
    """
    named, template = set(letter.latest.facts), kinds().get(letter.kind)
    if not named or template is None:
        return set()
    offered = _offered(viewer, letter.patient, template, dt.date.today())
    return named - {each.id for each in offered}


def left_out(viewer: Viewer, patient: Patient, template: Template, named: Collection[str]) -> bool:
    """Tell whether something that a draft names has ceased to hold since it was drafted."""
    offered = _offered(viewer, patient, template, dt.date.today()) if named else []
    return bool(set(named) - {each.id for each in offered})


def _word(viewer: Viewer, letter: Letter, text: str, named: list[str], token: UUID) -> None:
    Wording.objects.create(
        id=token,
        letter=letter,
        number=letter.version,
        text=text,
        facts=named,
        written_by_id=viewer.user_id,
    )
    detail = {"letter": str(letter.id), "version": letter.version}
    audit.entry(viewer, access.WRITE_LETTER, patient=letter.patient_id, detail=detail)


def may_post(patient: Patient) -> Permission:
    """Tell whether a letter that names circumstances may be posted to the person.

    Whoever else opens it learns what it says: so only where they were asked, and said so.
    """
    permission = contact.may(patient, "letter")
    if permission.allowed and contact.said(patient) is None:
        return Permission(False, "Nobody has asked whether that is safe.")
    return permission


@transaction.atomic
def take(viewer: Viewer, letter: Letter, form: str) -> Wording:
    """Take a letter's latest wording out of the service, and note that it left.

    Raises
    ------
    FairpracticeError
        When something that it names does not hold any more, or it is to be posted to the person
        and that is not safe. It stays where it is.
    """
    if gone(viewer, letter):
        raise FairpracticeError(
            "Something that it names does not hold any more", where="change", fix="Change it first."
        )
    if form == POST and not (permission := may_post(letter.patient)).allowed:
        why_not = permission.why_not.rstrip(".")
        raise FairpracticeError(why_not, where="post", fix="Hand it over instead.")
    latest = letter.latest
    Leaving.objects.create(wording=latest, taken_by_id=viewer.user_id, form=form)
    detail = {"letter": str(letter.id), "version": latest.number, "as": form}
    audit.entry(viewer, access.TAKE_LETTER, patient=letter.patient_id, detail=detail)
    return latest
