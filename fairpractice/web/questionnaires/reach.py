"""How what people were asked is reached: through the person, by staff and by themselves."""

import datetime as dt
from dataclasses import replace
from uuid import UUID

from fairpractice.web.core import access
from fairpractice.web.core.access import Reached, Viewer
from fairpractice.web.organisations.models import Organisation
from fairpractice.web.patients import reach
from fairpractice.web.questionnaires import catalogue, watching
from fairpractice.web.questionnaires.held import held as what_is_held
from fairpractice.web.questionnaires.models import Ask


def asked(viewer: Viewer, patient: UUID, ask: UUID) -> Reached | None:
    """Reach what somebody was asked, unless it was taken back."""
    about = reach.person(viewer, patient)
    if about is None:
        return None
    found = Ask.objects.select_related("patient__practice", "reply").filter(
        id=ask, patient_id=patient, withdrawn_at=None
    )
    one = found.first()
    return Reached(one, about.relationships, about.patient_id) if one else None


def question(viewer: Viewer, patient: UUID, ask: UUID, number: int) -> Reached | None:
    """Reach what somebody was asked, at one of its questions, counted from 1."""
    about = own(viewer, patient, ask)
    return replace(about, object=(about.object, number)) if about else None


def own(viewer: Viewer, patient: UUID, ask: UUID) -> Reached | None:
    """Reach what somebody was asked, if its questionnaire is still here."""
    found = asked(viewer, patient, ask)
    return found if found and catalogue.find(found.object.questionnaire) else None


def practice(viewer: Viewer, practice: UUID) -> Reached | None:
    """Reach the viewer's practice, or one of their network."""
    found = Organisation.objects.filter(id=practice, kind=Organisation.Kind.PRACTICE).first()
    if found is None:
        return None
    by = {access.PRACTICE: found.id, access.NETWORK: found.network_id}
    relationships = frozenset(
        name
        for name, of in by.items()
        if name in viewer.relationships and of == viewer.organisation_id
    )
    return Reached(found, relationships) if relationships else None


def need(viewer: Viewer, need: UUID) -> Reached | None:
    """Reach an urgent need of the viewer's practice, if they may see it."""
    if access.PRACTICE not in viewer.relationships:
        return None
    found = watching.tasks(viewer).filter(id=need).first()
    own = frozenset({access.PRACTICE})
    return Reached(found, own, found.ask.patient_id) if found else None


def held(viewer: Viewer, patient: UUID, entry: UUID) -> Reached | None:
    """Reach what is held about somebody on one topic, as far as they may be shown it."""
    about = reach.person(viewer, patient)
    if about is None:
        return None
    found = {each.id: each for each in what_is_held(about.object, dt.date.today())}.get(entry)
    return replace(about, object=(about.object, found)) if found else None


def words(viewer: Viewer, patient: UUID, words: UUID) -> Reached | None:
    """Reach what somebody wrote of themselves."""
    about = reach.person(viewer, patient)
    found = about.object.own_words.filter(id=words, taken_back_at=None).first() if about else None
    return replace(about, object=found) if about and found else None
