"""Who may do what: one table of role, relationship and purpose. What it does not say is refused.

A person at work (:class:`Viewer`) has a role in an organisation. What they reach, they reach
through that organisation, by a *relationship*:

``practice``
    the person is registered at the viewer's practice;
``network``
    the person is registered at a practice of the viewer's network;
``case``
    the viewer has the person's open case;
``reads_for``
    the viewer is their proxy, and may also see what is held;
``self``
    the person is the viewer, or the one for whom the viewer is proxy;
``partner``
    the person agreed that the viewer's organisation is told, and it was;
``leads``
    the viewer leads the improvement project;
``emergency``
    the viewer said why it cannot wait, and the hour is not over.

Every view wears :func:`requires`, which asks the table and leaves the audit entry, of the refusal
too; the few that anybody may open wear :func:`open_to_all`. Tests call every address in every role.
"""

import enum
import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render

from fairpractice.web.core import audit
from fairpractice.web.core.locking import Conflict


class Role(enum.StrEnum):
    """What somebody is in an organisation."""

    label: str

    def __new__(cls, value: str, label: str = "") -> "Role":
        """Give a role its label beside its value."""
        role = str.__new__(cls, value)
        role._value_, role.label = value, label
        return role

    CLINICIAN = "clinician", "Clinician"
    CARE_NAVIGATOR = "care_navigator", "Care navigator"
    CODER = "coder", "Clinical coder"
    LINK_WORKER = "link_worker", "Social prescribing link worker"
    NETWORK_LEAD = "network_lead", "Network lead"
    ANALYST = "analyst", "Analyst"
    PROGRAMME_DIRECTOR = "programme_director", "Training programme director"
    SUPERVISOR = "supervisor", "Educational supervisor"
    TRAINEE = "trainee", "Trainee"
    COMMUNITY_PARTNER = "community_partner", "Community partner"
    LIVED_EXPERIENCE = "lived_experience", "Lived-experience partner"
    PATIENT = "patient", "Patient"
    PROXY = "proxy", "Proxy"
    PRIVACY_OFFICER = "privacy_officer", "Privacy officer"
    ADMINISTRATOR = "administrator", "Administrator"


def role_choices() -> list[tuple[str, str]]:
    """Return the roles with their labels, as a form or a column wants them."""
    return [(role.value, role.label) for role in Role]


FIND = "find a person"
READ = "read a portrait"
SENSITIVE = "see sensitive facts"
RECORD = "record a fact"
CORRECT = "correct a fact"
HISTORY = "see how a fact was changed"
READ_LETTERS = "read letters"
WRITE_LETTER = "write a letter"
TAKE_LETTER = "take a letter out"
CODE = "settle what to code"
FEEDS = "look at what others send"
BRING = "take a file in"
SETTLE = "settle whom a line is about"
ACCEPT = "accept a file"
UNDO = "undo a file"
AGREE = "put an agreement on file"
WORKLISTS = "see worklists"
POPULATION = "see the figures of a network"
CLEAR_LETTER = "let a letter be coded from"
LETTERS = (READ_LETTERS, WRITE_LETTER, TAKE_LETTER, CLEAR_LETTER)
"""What a letter says nobody can sort: they are for those who may see what is sensitive."""
ASK = "ask somebody by a link"
READ_REPLY = "read what somebody answered"
TODAY = "see what cannot wait"
WATCH = "declare watched hours"
PROXIES = "say who acts for somebody"
WHO_ACTS = "see who acts for oneself"
MINE = "open one's own pages"
ANSWER = "answer what was asked"
HELD = "see what is held about oneself"
AMEND = "correct what is held about oneself"
TELL = "tell what matters to oneself"
SHARING = "see what is shared"
CONSENT = "record a consent"
WITHDRAW = "withdraw a consent"
OBJECT = "record an objection"
SHARE = "share with an organisation"
SHARED = "see what was shared with us"
CONTACT = "see how to contact safely"
SET_CONTACT = "say how to contact safely"
EMERGENCY_OPEN = "open in an emergency"
PRIVACY = "look after privacy"
AUDIT = "search the audit trail"
REVIEW = "review an emergency"
REGISTERS = "read the registers of consent and objection"
EXPORT = "export all that is held about a person"
RETENTION = "erase what is due"
REFER = "refer to a service"
FOLLOW = "see what became of a referral"
FOLLOWING = "see the referrals that one follows"
MOVE_REFERRAL = "follow a referral up"
SIGNPOST = "tell of a service"
DIRECTORY = "look for a service"
FIND_FOR = "look for a service for somebody"
KEEP = "keep an entry of the directory"
CURATE = "look after the directory"
RECEIVED = "see referrals sent to us"
ANSWER_REFERRAL = "answer a referral"
ENTRIES = "write entries for the record"
TAKE = "take somebody on"
SET_ASIDE = "offer somebody to link workers no more for now"
CASELOAD = "see one's caseload"
HELP = "help somebody"
ASK_HELP = "ask a link worker to help"
ASK_FOR = "ask for a link worker oneself"
UNSENT = "see to messages that were not sent"
PROJECTS = "see improvement projects"
START_PROJECT = "start an improvement project"
NOTE = "note progress of an improvement project"
LEAD = "lead an improvement project"
ACCOUNT = "look after how one signs in"
COLLEAGUES = "look after who works here"

Relationship = str
PRACTICE, NETWORK, CASE, SELF = "practice", "network", "case", "self"
PARTNER, EMERGENCY = "partner", "emergency"
READS_FOR = "reads_for"
LEADS = "leads"
DIRECT_CARE, PLANNING = "direct_care", "planning"
OWN, SUPPORT, GOVERNANCE = "own", "support", "governance"


@dataclass(frozen=True)
class Grant:
    """A row of the table: a role in a relationship, for a purpose, may do these acts."""

    role: Role
    relationship: Relationship
    purpose: str
    acts: frozenset[str]


def _grant(role: Role, relationship: Relationship, purpose: str, *acts: str) -> Grant:
    return Grant(role, relationship, purpose, frozenset(acts))


IMPROVERS = (
    Role.CLINICIAN,
    Role.CARE_NAVIGATOR,
    Role.CODER,
    Role.LINK_WORKER,
    Role.NETWORK_LEAD,
    Role.ANALYST,
    Role.SUPERVISOR,
    Role.TRAINEE,
    Role.ADMINISTRATOR,
)
"""Who may start and lead an improvement project."""

TABLE: tuple[Grant, ...] = (
    _grant(Role.CLINICIAN, PRACTICE, DIRECT_CARE, FIND, READ, SENSITIVE, RECORD, CORRECT, HISTORY),
    _grant(Role.TRAINEE, PRACTICE, DIRECT_CARE, FIND, READ, SENSITIVE, RECORD, CORRECT, HISTORY),
    _grant(Role.CLINICIAN, PRACTICE, DIRECT_CARE, *LETTERS),
    _grant(Role.TRAINEE, PRACTICE, DIRECT_CARE, *LETTERS),
    _grant(Role.CARE_NAVIGATOR, PRACTICE, DIRECT_CARE, FEEDS, BRING, SETTLE, ACCEPT, UNDO),
    _grant(Role.CODER, PRACTICE, DIRECT_CARE, FEEDS, BRING, SETTLE, ACCEPT, UNDO),
    _grant(Role.ADMINISTRATOR, PRACTICE, GOVERNANCE, AGREE, COLLEAGUES),
    _grant(Role.ADMINISTRATOR, NETWORK, GOVERNANCE, AGREE, COLLEAGUES),
    _grant(Role.CARE_NAVIGATOR, PRACTICE, DIRECT_CARE, FIND, READ, RECORD, CORRECT, HISTORY),
    _grant(Role.CODER, PRACTICE, DIRECT_CARE, FIND, READ, RECORD, CORRECT, HISTORY),
    *(
        _grant(role, PRACTICE, DIRECT_CARE, WORKLISTS)
        for role in (Role.CLINICIAN, Role.TRAINEE, Role.CARE_NAVIGATOR, Role.CODER)
    ),
    _grant(Role.LINK_WORKER, CASE, DIRECT_CARE, READ, RECORD, HISTORY, HELP, ASK, READ_REPLY),
    *(
        _grant(Role.LINK_WORKER, relationship, DIRECT_CARE, WORKLISTS, TAKE, SET_ASIDE, CASELOAD)
        for relationship in (PRACTICE, NETWORK)
    ),
    *(
        _grant(role, PRACTICE, DIRECT_CARE, ASK_HELP, SET_ASIDE)
        for role in (Role.CLINICIAN, Role.TRAINEE, Role.CARE_NAVIGATOR)
    ),
    *(
        _grant(role, PRACTICE, DIRECT_CARE, ASK, TODAY, READ_REPLY)
        for role in (Role.CLINICIAN, Role.TRAINEE, Role.CARE_NAVIGATOR)
    ),
    *(
        _grant(role, PRACTICE, DIRECT_CARE, CODE)
        for role in (Role.CLINICIAN, Role.TRAINEE, Role.CARE_NAVIGATOR, Role.CODER)
    ),
    *(
        _grant(role, PRACTICE, DIRECT_CARE, DIRECTORY, FIND_FOR)
        for role in (Role.CLINICIAN, Role.TRAINEE, Role.CARE_NAVIGATOR)
    ),
    *(
        _grant(role, place, SUPPORT, DIRECTORY, KEEP, CURATE)
        for role in (Role.LINK_WORKER, Role.ADMINISTRATOR)
        for place in (PRACTICE, NETWORK)
    ),
    _grant(Role.LINK_WORKER, CASE, DIRECT_CARE, FIND_FOR),
    _grant(Role.COMMUNITY_PARTNER, PARTNER, SUPPORT, DIRECTORY, KEEP),
    _grant(Role.CLINICIAN, PRACTICE, DIRECT_CARE, PROXIES),
    _grant(Role.ADMINISTRATOR, PRACTICE, DIRECT_CARE, WATCH),
    _grant(Role.ADMINISTRATOR, NETWORK, DIRECT_CARE, WATCH),
    _grant(Role.PATIENT, SELF, DIRECT_CARE, MINE, ANSWER, HELD, AMEND, TELL, WHO_ACTS, ASK_FOR),
    _grant(Role.PROXY, SELF, DIRECT_CARE, MINE, ANSWER, ASK_FOR),
    _grant(Role.PROXY, READS_FOR, DIRECT_CARE, HELD),
    *(
        _grant(role, PRACTICE, DIRECT_CARE, SHARING, CONSENT, WITHDRAW, OBJECT, SHARE)
        for role in (Role.CLINICIAN, Role.TRAINEE, Role.CARE_NAVIGATOR)
    ),
    *(
        _grant(role, PRACTICE, DIRECT_CARE, CONTACT, SET_CONTACT)
        for role in (Role.CLINICIAN, Role.TRAINEE, Role.CARE_NAVIGATOR)
    ),
    _grant(Role.LINK_WORKER, CASE, DIRECT_CARE, SHARING, CONSENT, WITHDRAW, SHARE),
    _grant(Role.LINK_WORKER, CASE, DIRECT_CARE, CONTACT, SET_CONTACT),
    _grant(Role.PATIENT, SELF, OWN, SHARING, CONSENT, WITHDRAW, OBJECT),
    _grant(Role.COMMUNITY_PARTNER, PARTNER, SUPPORT, SHARED),
    _grant(Role.LINK_WORKER, CASE, DIRECT_CARE, REFER, FOLLOW, MOVE_REFERRAL),
    _grant(Role.LINK_WORKER, NETWORK, DIRECT_CARE, FOLLOWING, SIGNPOST),
    _grant(Role.LINK_WORKER, PRACTICE, DIRECT_CARE, FOLLOWING, SIGNPOST),
    *(
        _grant(role, PRACTICE, DIRECT_CARE, FOLLOW, SIGNPOST)
        for role in (Role.CLINICIAN, Role.TRAINEE, Role.CARE_NAVIGATOR)
    ),
    _grant(Role.CLINICIAN, PRACTICE, DIRECT_CARE, ENTRIES),
    _grant(Role.CODER, PRACTICE, DIRECT_CARE, ENTRIES),
    _grant(Role.COMMUNITY_PARTNER, PARTNER, SUPPORT, RECEIVED, ANSWER_REFERRAL),
    _grant(Role.CLINICIAN, PRACTICE, DIRECT_CARE, EMERGENCY_OPEN),
    _grant(Role.CLINICIAN, EMERGENCY, EMERGENCY, READ, HISTORY, CONTACT),
    *(
        _grant(role, place, PLANNING, POPULATION)
        for role in (Role.NETWORK_LEAD, Role.ANALYST)
        for place in (PRACTICE, NETWORK)
    ),
    *(
        _grant(role, place, DIRECT_CARE, UNSENT)
        for role, place in (
            (Role.CLINICIAN, PRACTICE),
            (Role.TRAINEE, PRACTICE),
            (Role.CARE_NAVIGATOR, PRACTICE),
            (Role.LINK_WORKER, PRACTICE),
            (Role.LINK_WORKER, NETWORK),
        )
    ),
    _grant(Role.ADMINISTRATOR, NETWORK, GOVERNANCE, UNSENT),
    *(
        _grant(role, place, PLANNING, PROJECTS)
        for role in Role
        for place in (PRACTICE, NETWORK)
        if role not in (Role.PATIENT, Role.PROXY, Role.COMMUNITY_PARTNER)
    ),
    *(
        _grant(role, place, PLANNING, START_PROJECT, NOTE)
        for role in IMPROVERS
        for place in (PRACTICE, NETWORK)
    ),
    *(_grant(role, LEADS, PLANNING, LEAD) for role in IMPROVERS),
    _grant(Role.LIVED_EXPERIENCE, NETWORK, PLANNING, NOTE),
    _grant(Role.LIVED_EXPERIENCE, PRACTICE, PLANNING, NOTE),
    _grant(Role.NETWORK_LEAD, NETWORK, PLANNING, LEAD),
    _grant(Role.COMMUNITY_PARTNER, PARTNER, SUPPORT, PROJECTS),
    _grant(Role.PRIVACY_OFFICER, NETWORK, GOVERNANCE, PRIVACY, AUDIT, REVIEW, REGISTERS),
    _grant(Role.PRIVACY_OFFICER, NETWORK, GOVERNANCE, EXPORT, RETENTION, SENSITIVE),
    *(
        _grant(role, place, OWN, ACCOUNT)
        for role in Role
        for place in (PRACTICE, NETWORK, PARTNER)
        if role not in (Role.PATIENT, Role.PROXY)
    ),
)

ACTS = frozenset(act for grant in TABLE for act in grant.acts)


@dataclass(frozen=True)
class Viewer:
    """Somebody at work: who, in which role, at which organisation.

    ``relationships`` are those to what is being looked at, once it has been reached; before, those
    to their own organisation. ``purpose`` is the one for which the table allowed the act.
    """

    user_id: UUID
    name: str
    role: Role
    organisation_id: UUID
    organisation: str
    relationships: frozenset[Relationship]
    purpose: str = ""

    def may(self, act: str) -> bool:
        """Tell whether the table allows an act, in the relationship there is."""
        return purpose_of(self.role, self.relationships, act) is not None

    def ever_may(self, act: str) -> bool:
        """Tell whether the table allows the role an act in some relationship."""
        return any(grant.role == self.role and act in grant.acts for grant in TABLE)


@dataclass(frozen=True)
class Reached:
    """An object that a viewer reached, and by which relationships; whom it is about, if one.

    ``detail`` is what the audit entry says of it: ids and counts.
    """

    object: Any
    relationships: frozenset[Relationship] = field(default_factory=frozenset)
    patient_id: UUID | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)


Reach = Callable[..., Reached | None]
"""``reach(viewer, **what the address names)``: the object, or nothing if it is not theirs."""


class Refused(PermissionDenied):
    """The table does not allow it."""


def purpose_of(role: Role, relationships: frozenset[Relationship], act: str) -> str | None:
    """Return the purpose for which an act is allowed, or nothing when it is refused."""
    for grant in TABLE:
        if grant.role == role and grant.relationship in relationships and act in grant.acts:
            return grant.purpose
    return None


def requires(
    act: str, reach: Reach | None = None, methods: Sequence[str] = ("GET",)
) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Let a view be opened by those alone whom the table allows its act.

    The view is called with the request, whose ``viewer`` knows the purpose and relationships, and,
    where there is ``reach``, the object reached; inside a transaction. Reading leaves its audit
    entry here; an action leaves its own, in that transaction. A refusal leaves one too.

    Parameters
    ----------
    act
        One of :data:`ACTS`.
    reach
        Finds the object that the address names, through the viewer's organisation. What is not
        reached is not found: that it exists elsewhere is not told.
    methods
        What it answers to. HEAD goes with GET.
    """
    if act not in ACTS:
        raise ValueError(f"the table of access has no act {act!r}")
    answered = (*methods, "HEAD") if "GET" in methods else tuple(methods)

    def wear(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @functools.wraps(view)
        def guarded(request: HttpRequest, **named: Any) -> HttpResponse:
            if request.method not in answered:
                return HttpResponseNotAllowed(answered)
            viewer: Viewer | None = request.viewer
            try:
                if viewer is None or not viewer.ever_may(act):
                    raise Refused
                with transaction.atomic():
                    return _opened(view, request, viewer, act, reach, named)
            except (Refused, Http404):
                audit.entry(viewer, act, outcome="refused", detail=_ids(named))
                raise
            except Conflict:
                return render(request, "core/conflict.jinja", status=409)

        guarded.act = act  # type: ignore[attr-defined]  # read by the middleware and the tests
        guarded.reach = reach  # type: ignore[attr-defined]
        guarded.methods = tuple(methods)  # type: ignore[attr-defined]
        return guarded

    return wear


def _opened(
    view: Callable[..., HttpResponse],
    request: HttpRequest,
    viewer: Viewer,
    act: str,
    reach: Reach | None,
    named: dict[str, Any],
) -> HttpResponse:
    reached = reach(viewer, **named) if reach else Reached(None, viewer.relationships)
    if reached is None:
        raise Http404
    purpose = purpose_of(viewer.role, reached.relationships, act)
    if purpose is None:
        raise Http404 if reach else Refused
    request.viewer = replace(viewer, purpose=purpose, relationships=reached.relationships)
    if request.method in ("GET", "HEAD"):
        audit.entry(request.viewer, act, patient=reached.patient_id, detail=reached.detail)
    return view(request, reached.object) if reach else view(request)


def _ids(named: dict[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in named.items()}


def open_to_all(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Mark a view that anybody may open, signed in or not."""
    view.open_to = "all"  # type: ignore[attr-defined]
    marked: Callable[..., HttpResponse] = login_not_required(view)
    return marked


def open_to_signed_in(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Mark a view that shows nobody's data and that everybody who signed in may open."""
    view.open_to = "signed in"  # type: ignore[attr-defined]
    return view
