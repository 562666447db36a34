"""How what people were asked is reached: through the person, by staff and by themselves."""

import datetime as dt
from dataclasses import replace
from uuid import UUID

from fairpractice.listening.questionnaire import Questionnaire
from fairpractice.web.core import access
from fairpractice.web.core.access import Reached, Viewer
from fairpractice.web.organisations.models import Organisation
from fairpractice.web.patients import reach
from fairpractice.web.questionnaires import catalogue, proxies, watching
from fairpractice.web.questionnaires.held import held as what_is_held
from fairpractice.web.questionnaires.models import LINKED, Ask


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


def asks(viewer: Viewer, about: Reached) -> list[tuple[Ask, Questionnaire | None]]:
    """Return what somebody was asked that the viewer may know of, the latest first."""
    sees = access.purpose_of(viewer.role, about.relationships, access.SENSITIVE) is not None
    made = about.object.asks.select_related("reply").order_by("-asked_at", "id")
    found = [(each, catalogue.find(each.questionnaire)) for each in made]
    return [
        (each, questionnaire)
        for each, questionnaire in found
        if sees or (questionnaire and catalogue.open_to(questionnaire, sensitive=False))
    ]


def reply(viewer: Viewer, patient: UUID, ask: UUID) -> Reached | None:
    """Reach what somebody answered, if the viewer may know that it was asked."""
    about = reach.person(viewer, patient)
    for each, questionnaire in asks(viewer, about) if about else ():
        if each.id == ask and questionnaire and hasattr(each, "reply") and each.reply.completed_at:
            return replace(about, object=(each, questionnaire)) if about else None
    return None


def question(viewer: Viewer, patient: UUID, ask: UUID, number: int) -> Reached | None:
    """Reach what somebody was asked, at one of its questions, counted from 1."""
    about = own(viewer, patient, ask)
    return replace(about, object=(about.object, number)) if about else None


def own(viewer: Viewer, patient: UUID, ask: UUID) -> Reached | None:
    """Reach what somebody was asked by a link, if its questionnaire is still here."""
    found = asked(viewer, patient, ask)
    if found is None or found.object.way not in LINKED:
        return None
    return found if catalogue.find(found.object.questionnaire) else None


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


def account(viewer: Viewer, patient: UUID, account: int) -> Reached | None:
    """Reach the account of somebody who acts or acted for a person."""
    about = reach.person(viewer, patient)
    found = proxies.acting(about.object).filter(id=account).first() if about else None
    return replace(about, object=found) if about and found else None


def words(viewer: Viewer, patient: UUID, words: UUID) -> Reached | None:
    """Reach what somebody wrote of themselves."""
    about = reach.person(viewer, patient)
    found = about.object.own_words.filter(id=words, taken_back_at=None).first() if about else None
    return replace(about, object=found) if about and found else None
