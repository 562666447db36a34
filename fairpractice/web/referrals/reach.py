"""How referrals are reached: by who helps the person, by their practice, by whom they went to."""

from dataclasses import replace
from uuid import UUID

from fairpractice.web.cases import reach as cases
from fairpractice.web.core import access
from fairpractice.web.core.access import Reached, Viewer
from fairpractice.web.directory.models import Service
from fairpractice.web.organisations.models import Organisation
from fairpractice.web.patients import reach
from fairpractice.web.referrals import received as received_here
from fairpractice.web.referrals.following import seen_by
from fairpractice.web.referrals.models import Batch, Referral


def case(viewer: Viewer, case: UUID) -> Reached | None:
    """Reach one's own open case of somebody whom one still reaches."""
    found = cases.case(viewer, case)
    about = reach.person(viewer, found.object.patient_id) if found else None
    return found if about else None


def referral(viewer: Viewer, referral: UUID) -> Reached | None:
    """Reach a referral, by the link worker whose open case it is of, or the person's practice.

    Who has moved away is not reached any more, and the referral is, so that it can be closed.
    """
    found = Referral.objects.filter(id=referral)
    one = found.first()
    if one is None:
        return None
    own, about = cases.case(viewer, one.case_id), reach.person(viewer, one.patient_id)
    by = own.relationships if own else frozenset()
    by |= about.relationships - {access.CASE} if about else frozenset()
    sensitive = access.purpose_of(viewer.role, by, access.SENSITIVE) is not None
    mine = received_here.holding(seen_by(found, sensitive=sensitive)).first()
    return Reached(mine, by, one.patient_id) if mine and by else None


_referral = referral


def received(viewer: Viewer, referral: UUID) -> Reached | None:
    """Reach a referral that the viewer's organisation received, and knows of still."""
    if access.PARTNER not in viewer.relationships:
        return None
    found = received_here.by(viewer.organisation_id).filter(id=referral).first()
    if found is None:
        return None
    return Reached(found, frozenset({access.PARTNER}), found.patient_id)


def elsewhere(viewer: Viewer, referral: UUID) -> Reached | None:
    """Reach a referral to send it elsewhere: of somebody whom one still reaches."""
    found = _referral(viewer, referral)
    return found if found and reach.person(viewer, found.object.patient_id) else None


def move(viewer: Viewer, referral: UUID, to: str) -> Reached | None:
    """Reach a referral by :func:`referral`, with the state that it is to be moved to."""
    return _with(_referral(viewer, referral), to)


def answer(viewer: Viewer, referral: UUID, to: str) -> Reached | None:
    """Reach a referral by :func:`received`, with the state that it is to be moved to."""
    return _with(received(viewer, referral), to)


def _with(found: Reached | None, to: str) -> Reached | None:
    return replace(found, object=(found.object, to)) if found else None


def service(viewer: Viewer, service: UUID) -> Reached | None:
    """Reach a service of the directory, which is nobody's own."""
    rows = Service.objects.filter(same_as=None).select_related("organisation", "provider")
    found = rows.filter(id=service).first()
    detail: dict[str, str] = {}  # that it was looked at is kept; which one it was is not
    return Reached(found, viewer.relationships, None, detail) if found else None


def batch(viewer: Viewer, batch: UUID) -> Reached | None:
    """Reach a file of entries, by the practice whose it is."""
    found = Batch.objects.filter(id=batch, practice_id=viewer.organisation_id).first()
    return Reached(found, viewer.relationships, None, {"batch": str(batch)}) if found else None


def practices(viewer: Viewer) -> list[Organisation]:
    """Return the practices where somebody works: their own, or those of their network."""
    found = Organisation.objects.filter(kind=Organisation.Kind.PRACTICE)
    own = found.filter(id=viewer.organisation_id)
    return list((own | found.filter(network_id=viewer.organisation_id)).order_by("name", "id"))
