"""Every address, in every role, on one's own and on another practice's: as the table says.

A view that is added is found by its address. When it names an object of a new kind, say in
:data:`OBJECTS` how to make one; when its act is not in the table, it cannot even be imported.
"""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4, uuid5

import pytest
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from fairpractice.web.cases import actions as cases
from fairpractice.web.cases import taking
from fairpractice.web.coding import actions as coding
from fairpractice.web.coding import finding
from fairpractice.web.core.access import (
    ACTS,
    LETTERS,
    SENSITIVE,
    TABLE,
    Reached,
    Role,
    Viewer,
    purpose_of,
    requires,
)
from fairpractice.web.core.models import Entry
from fairpractice.web.feeds.models import Line
from fairpractice.web.improvement.models import Project
from fairpractice.web.letters import actions as letters
from fairpractice.web.messaging import outbox
from fairpractice.web.organisations.models import Membership, Organisation
from fairpractice.web.patients import actions
from fairpractice.web.patients.models import Patient
from fairpractice.web.population.models import Release
from fairpractice.web.referrals.models import Batch
from fairpractice.web.sharing import consent, emergency
from fairpractice.web.worklists import rules
from tests.web import feed, referring, services, support


pytestmark = pytest.mark.django_db
OPEN = {"core:home", "accounts:sign-in", "accounts:sign-in-as", "accounts:sign-out"}
OPEN |= {f"accounts:{each}" for each in ("leave", "back", "keys", "password", "code", "where")}
OPEN |= {"accounts:set-up", "accounts:recovery-codes", "accounts:sign-out-there"}
OPEN |= {"own:enter", "own:open", "own:leave"}
"""The views without an act: none of them shows anybody's data."""


def _person(patient: Patient, recorder: Viewer) -> dict[str, Any]:
    return {"patient": patient.id}


def _fact(patient: Patient, recorder: Viewer) -> dict[str, Any]:
    said = actions.Statement("debt", "present", "asked", "direct_care")
    return {"patient": patient.id, "fact": actions.record_fact(recorder, patient, said, uuid4()).id}


def _letter(patient: Patient, recorder: Viewer) -> dict[str, Any]:
    kind = letters.kinds()["housing"]
    kept = letters.keep(recorder, patient, kind, "Words of a letter", (), uuid4())
    return {"patient": patient.id, "letter": kept.id}


def _held(patient: Patient, recorder: Viewer) -> dict[str, Any]:
    _fact(patient, recorder)
    return {"patient": patient.id, "entry": uuid5(patient.id, "debt")}


def _words(patient: Patient, recorder: Viewer) -> dict[str, Any]:
    written = patient.own_words.create(about="matters", words="", told_by_id=recorder.user_id)
    return {"patient": patient.id, "words": written.id}


def _asked(patient: Patient, recorder: Viewer) -> dict[str, Any]:
    said = {"words": "Company", "by_id": recorder.user_id, "role": "patient", "at": timezone.now()}
    case = patient.cases.get(id=_case(patient, recorder)["case"])
    return {"patient": patient.id, "asked": case.requests.create(**said).id}


def _need(patient: Patient, recorder: Viewer) -> dict[str, Any]:
    asked = support.asked(recorder, patient)
    need = asked.urgent_needs.create(kind="food", told_at=timezone.now())
    return {"need": need.id}


def _account(patient: Patient, recorder: Viewer) -> dict[str, Any]:
    return {"patient": patient.id, "account": support.acts_for(recorder, patient).id}


def _ask(patient: Patient, recorder: Viewer) -> dict[str, Any]:
    asked = support.asked(recorder, patient)
    return {"patient": patient.id, "ask": asked.id}


def _consent(patient: Patient, recorder: Viewer) -> dict[str, Any]:
    charity, _ = Organisation.objects.get_or_create(code="P0008", kind="partner", name="A charity")
    said = consent.Agreed(charity, "support", ("contact",), 6, "in_person")
    return {
        "patient": patient.id,
        "consent": consent.give(recorder, patient, said, uuid4()).id,
    }


def _file(patient: Patient, recorder: Viewer) -> dict[str, Any]:
    file = feed.received(
        recorder, feed.agreed(recorder), [feed.line_of(patient, born="1900-01-01")]
    )
    return {"file": file.id}


def _line(patient: Patient, recorder: Viewer) -> dict[str, Any]:
    named = _file(patient, recorder)
    return {**named, "line": Line.objects.get(file_id=named["file"]).id}


def _decision(patient: Patient, recorder: Viewer) -> dict[str, Any]:
    patient.own_words.create(about="matters", words="I am lonely", told_by_id=recorder.user_id)
    found = finding.findings(recorder, [patient], finding.Kind.WORDS)[0]
    settled = coding.settle(recorder, patient, found.kind, found.key, "not-so", uuid4())
    return {"patient": patient.id, "decision": settled.id}


def _emergency(patient: Patient, recorder: Viewer) -> dict[str, Any]:
    opened = emergency.open_record(recorder, patient, "They were found unconscious", uuid4())
    return {"emergency": opened.id}


def _message(patient: Patient, recorder: Viewer) -> dict[str, Any]:
    put = outbox.put(f"test:{uuid4()}", "pages", "call", patient=patient, by=recorder)
    patient.messages.update(state="failed", over_at=timezone.now())
    return {"message": put.id}


def _project(patient: Patient, recorder: Viewer) -> dict[str, Any]:
    place = patient.practice.network
    if patient.practice.code != support.PRACTICE:  # all of a network see what is tried there
        place, _ = Organisation.objects.get_or_create(code="U98", kind="network", name="Another")
    made = Project.objects.create(
        place=place, lead_id=recorder.user_id, started_by_id=recorder.user_id, title="It",
        measure="cervical-screening", grouping="all", group="all", began_on=support.ago(1),
        review_on=support.TODAY,
    )  # fmt: skip
    return {"project": made.id}


def _listing(patient: Patient, recorder: Viewer) -> dict[str, Any]:
    return {"listing": rules.address_of(recorder.organisation_id, "never-screened")}


def _case(patient: Patient, recorder: Viewer) -> dict[str, Any]:
    there = patient.cases.filter(closed_at=None).first()
    asked = there or taking.ask_help(recorder, patient, "debt", "Could you help?", uuid4())
    return {"case": asked.id}


def _goal(patient: Patient, recorder: Viewer) -> dict[str, Any]:
    named = _case(patient, recorder)
    case = patient.cases.get(id=named["case"])
    return named | {"goal": cases.agree(recorder, case, "To see friends", None, uuid4()).id}


def _on_list(patient: Patient, recorder: Viewer) -> dict[str, Any]:
    listing = rules.address_of(recorder.organisation_id, "social-need-no-referral")
    return {"listing": listing, "patient": patient.id}


def _aside(patient: Patient, recorder: Viewer) -> dict[str, Any]:
    made = patient.set_aside.create(
        practice_id=patient.practice_id,
        kind="snoozed",
        reason="away",
        back_on=support.TODAY,
        by_id=recorder.user_id,
        at=timezone.now(),
    )
    return {"aside": made.id}


def _referral(patient: Patient, recorder: Viewer) -> dict[str, Any]:
    case = patient.cases.get(id=_case(patient, recorder)["case"])
    return {"referral": referring.referred(recorder, case, referring.of_charity()).id}


def _batch(patient: Patient, recorder: Viewer) -> dict[str, Any]:
    made = {"practice_id": patient.practice_id, "made_by_id": recorder.user_id}
    return {"batch": Batch.objects.create(**made, made_at=timezone.now()).id}


def _part(patient: Patient, recorder: Viewer) -> dict[str, Any]:
    """A part of the figures of the person's network; of a stranger, of another network."""
    network = patient.practice.network
    if patient.practice.code != support.PRACTICE:
        network, _ = Organisation.objects.get_or_create(code="U98", kind="network", name="Another")
    told = {"on": support.TODAY, "made_at": timezone.now(), "asked": "", "numbers": b""}
    told["about"] = {"people": 0, "practices": 2, "edition": "", "unavailable": {}}
    release, _ = Release.objects.get_or_create(network=network, state="current", defaults=told)
    page = {"said": [], "svg": "", "tables": []}
    empty = {"kind": "recorded", "title": "", "place": 0, "summary": {}, "shown": page, "rows": []}
    address = uuid5(network.id, "part")
    release.parts.get_or_create(address=address, defaults={"name": "recorded", **empty})
    return {"part": address}


def _membership(patient: Patient, recorder: Viewer) -> dict[str, Any]:
    place = {"user_id": recorder.user_id, "organisation_id": recorder.organisation_id}
    return {"membership": Membership.objects.get(**place).id}


OBJECTS: dict[frozenset[str], Callable[[Patient, Viewer], dict[str, Any]]] = {
    frozenset(): lambda patient, recorder: {},
    frozenset({"patient"}): _person,
    frozenset({"patient", "fact"}): _fact,
    frozenset({"patient", "letter"}): _letter,
    frozenset({"source"}): lambda patient, recorder: {"source": feed.agreed(recorder).id},
    frozenset({"file"}): _file,
    frozenset({"file", "line"}): _line,
    frozenset({"patient", "consent"}): _consent,
    frozenset({"emergency"}): _emergency,
    frozenset({"patient", "ask"}): _ask,
    frozenset({"patient", "ask", "number"}): lambda *whom: {**_ask(*whom), "number": 1},
    frozenset({"practice"}): lambda patient, recorder: {"practice": patient.practice_id},
    frozenset({"need"}): _need,
    frozenset({"patient", "account"}): _account,
    frozenset({"patient", "entry"}): _held,
    frozenset({"patient", "words"}): _words,
    frozenset({"patient", "asked"}): _asked,
    frozenset({"patient", "decision"}): _decision,
    frozenset({"listing"}): _listing,
    frozenset({"part"}): _part,
    frozenset({"case"}): _case,
    frozenset({"case", "goal"}): _goal,
    frozenset({"listing", "patient"}): _on_list,
    frozenset({"aside"}): _aside,
    frozenset({"message"}): _message,
    frozenset({"project"}): _project,
    frozenset({"referral"}): _referral,
    frozenset({"referral", "to"}): lambda *whom: {**_referral(*whom), "to": "cancelled"},
    frozenset({"batch"}): _batch,
    frozenset({"reading"}): lambda patient, recorder: {"reading": services.read_by(recorder).id},
    frozenset({"service"}): lambda patient, recorder: {"service": services.kept_by_nobody().id},
    frozenset({"membership"}): _membership,
    frozenset({"code"}): lambda patient, recorder: {"code": "BCDF-2345-WXYZ"},
}
"""By what an address names: how to make such a thing of a person, for the address to name."""


NOBODYS = {"service"}
"""What belongs to no organisation, and is anybody's to look at who works with it."""


def views(
    patterns: list[URLPattern | URLResolver] | None = None, space: str = ""
) -> Iterator[tuple[str, Any, frozenset[str]]]:
    """Yield every view there is: its name, itself, and what its address names."""
    for each in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(each, URLResolver):
            yield from views(each.url_patterns, f"{each.namespace}:" if each.namespace else space)
        else:
            yield f"{space}{each.name}", each.callback, frozenset(each.pattern.converters)


VIEWS = {name: (view, named) for name, view, named in views()}
GUARDED = {name: found for name, found in VIEWS.items() if name not in OPEN}


def test_every_view_wears_its_act_or_is_among_the_open() -> None:
    assert {name for name, (view, _) in VIEWS.items() if not hasattr(view, "act")} == OPEN
    assert all(hasattr(VIEWS[name][0], "open_to") for name in OPEN)


def test_no_two_views_share_a_name() -> None:
    names = [name for name, *_ in views()]
    assert len(names) == len(set(names))


def test_what_an_address_names_is_reached_through_the_organisation() -> None:
    assert not [name for name, (view, named) in GUARDED.items() if named and not view.reach]


def test_a_view_whose_act_the_table_does_not_have_is_refused_when_it_is_imported() -> None:
    with pytest.raises(ValueError, match="has no act"):
        requires("read everything")


def test_what_the_table_does_not_say_is_refused() -> None:
    everywhere = frozenset(grant.relationship for grant in TABLE)
    for role in Role:
        said = {act for grant in TABLE if grant.role == role for act in grant.acts}
        allowed = {act for act in ACTS if purpose_of(role, everywhere, act)}
        assert allowed == said
        assert not any(purpose_of(role, frozenset(), act) for act in ACTS)


def test_who_has_to_do_with_letters_may_see_what_is_sensitive() -> None:
    """What a letter says nobody can sort, so no role has them without the other."""
    for grant in TABLE:
        if grant.acts & set(LETTERS):
            assert purpose_of(grant.role, frozenset({grant.relationship}), SENSITIVE)


@pytest.mark.parametrize("name", GUARDED)
def test_a_view_opens_for_those_whom_the_table_names_and_nobody_else(
    name: str,
    sign_in_as: Any,
    person: Patient,
    stranger: Patient,
    other_practice: Organisation,
) -> None:
    _, named = GUARDED[name]
    assert named in OBJECTS, f"say in OBJECTS how to make what {name} names: {sorted(named)}"
    theirs = {
        patient: OBJECTS[named](patient, sign_in_as(Role.CLINICIAN, place).viewer)
        for patient, place in ((person, None), (stranger, other_practice))
    }
    for role in Role:
        with transaction.atomic():
            client = sign_in_as(role)
            for patient, values in theirs.items():
                _opens_as_the_table_says(client, name, values, another=patient == stranger)
            transaction.set_rollback(True)  # the next role finds all as this one did


def _opens_as_the_table_says(
    client: Any, name: str, values: dict[str, Any], *, another: bool
) -> None:
    view, _ = GUARDED[name]
    viewer: Viewer = client.viewer
    ever = viewer.ever_may(view.act)
    reached = view.reach(viewer, **values) if view.reach else Reached(None, viewer.relationships)
    relationships = reached.relationships if reached else frozenset()
    allowed = purpose_of(viewer.role, relationships, view.act) is not None
    if view.reach and another and not NOBODYS & set(values):
        assert not allowed, f"another practice's, for a {viewer.role}"
    for method in view.methods:
        before = Entry.objects.count()
        address = reverse(name, kwargs=values)
        answer = client.generic(method, address, content_type="application/x-www-form-urlencoded")
        which = (viewer.role, method, "another's" if another else "their own")
        if allowed:
            assert answer.status_code in (200, 302), which
        else:
            assert answer.status_code == (404 if ever and view.reach else 403), which
            refused = Entry.objects.latest("id")
            assert (refused.outcome, refused.act) == ("refused", view.act), which
            assert refused.user_id == viewer.user_id, which
        if method == "GET" or not allowed:
            assert Entry.objects.count() == before + 1, f"it leaves one entry: {which}"


@pytest.mark.parametrize("name", GUARDED)
def test_somebody_who_has_not_signed_in_is_sent_to_sign_in(
    name: str, client: Any, person: Patient, sign_in_as: Any
) -> None:
    _, named = GUARDED[name]
    address = reverse(name, kwargs=OBJECTS[named](person, sign_in_as(Role.CLINICIAN).viewer))
    answer = client.get(address)
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("accounts:sign-in"))


def test_a_case_reaches_the_person_until_it_is_closed(sign_in_as: Any, person: Patient) -> None:
    client = sign_in_as(Role.LINK_WORKER, person.practice.network)
    address = reverse("patients:portrait", kwargs={"patient": person.id})
    assert client.get(address).status_code == 404
    case = support.has_case(client.viewer, person)
    assert client.get(address).status_code == 200
    case.closed_at, case.outcome = timezone.now(), "resolved"
    case.save()
    assert client.get(address).status_code == 404


def test_no_address_or_title_has_a_word_of_what_is_recorded(
    sign_in_as: Any, person: Patient
) -> None:
    client = sign_in_as(Role.CLINICIAN)
    words = {"debt", "housing", "abuse", "prison", "asylum", "food", "health", person.name.lower()}
    for name, (_, named) in GUARDED.items():
        address = reverse(name, kwargs=OBJECTS[named](person, client.viewer))
        title = (
            client.get(address).content.decode().partition("<title>")[2].partition("</title>")[0]
        )
        assert not [word for word in words if word in (address + title).lower()]
