"""What a service was asked: worked out at each look from what still holds at that moment."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet
from django.utils import timezone

from fairpractice.referral import states
from fairpractice.referral.states import Clock
from fairpractice.web.referrals.models import Message, Referral, Step
from fairpractice.web.sharing import consent as consents
from fairpractice.web.sharing.models import Consent


THEIRS = (
    "requested",
    "awaiting_response",
    "accepted",
    "waiting_list",
    "in_progress",
    "on_hold",
)
"""The states in which a service has something to do, and sees the person."""
DONE = ("completed", "failed")
DAYS_AFTER = 28
"""For so many days a service sees a person whom it has finished with, and that one has ended."""


@dataclass(frozen=True)
class Received:
    """A referral as its recipient has it; ``categories`` is what may be seen now, if anything."""

    referral: Referral
    categories: frozenset[str]
    clock: Clock | None

    @property
    def is_open(self) -> bool:
        """Whether there is something to do, and somebody to see."""
        return bool(self.categories) and self.referral.state in THEIRS


def holding(found: QuerySet[Referral]) -> QuerySet[Referral]:
    """Say of each referral whether its consent holds now (``holds``), and when it last moved."""
    consent = Consent.objects.filter(consents.in_force(), id=OuterRef("consent_id"))
    moved: QuerySet[Referral] = found.annotate(
        holds=Exists(consent), moved_at=Max("steps__at")
    ).select_related("patient__practice", "patient__safe_contact", "service", "consent")
    return moved


def steps(referral: Referral) -> list[states.Step]:
    """Return the moves of a referral as the library knows them, the first first."""
    return [_step(each) for each in sorted(referral.steps.all(), key=lambda each: each.number)]


def _step(each: Step) -> states.Step:
    return states.Step(
        each.before,
        each.after,
        each.party,
        each.at,
        each.why or "",
        each.outcome,
        str(each.continued_as or ""),
    )


def by(organisation: UUID) -> QuerySet[Referral]:
    """Return the referrals that an organisation knows of now, the longest waiting first."""
    since = timezone.now() - dt.timedelta(days=DAYS_AFTER)
    found = holding(Referral.objects.filter(recipient_id=organisation).exclude(state="draft"))
    lately = found.filter(moved_at__gte=since) | found.filter(state__in=THEIRS)
    return lately.prefetch_related("steps").order_by("moved_at", "id")


def received(referral: Referral) -> Received:
    """Return a referral of :func:`by` as its recipient has it now."""
    sees = referral.holds and referral.state in (*THEIRS, *DONE)
    told = set(referral.categories) & set(referral.consent.categories) if sees else set()
    return Received(referral, frozenset(told), clock(referral))


def clock(referral: Referral, today: dt.date | None = None) -> Clock | None:
    """Return how long a referral has waited for an answer, if it waits for one."""
    return states.clock(steps(referral), today or timezone.localdate())


def unread(found: QuerySet[Referral]) -> dict[UUID, int]:
    """Return how many messages to its recipient nobody there has read, of each that has any."""
    new = Q(referral__read_at=None) | Q(at__gt=F("referral__read_at"))
    rows = Message.objects.filter(new, referral__in=found).exclude(party="service")
    return dict(rows.order_by().values_list("referral").annotate(Count("id")))


def read(referral: Referral, shown: list[Message]) -> set[UUID]:
    """Note that the recipient is shown messages, the last last; return those new to it."""
    since = referral.read_at
    new = {each.id for each in shown if since is None or each.at > since}
    if new:  # no message is older that is not there yet: each is written under a lock
        Referral.objects.filter(id=referral.id).update(read_at=shown[-1].at)
    return {each.id for each in shown if each.id in new and each.party != "service"}


@dataclass(frozen=True)
class Waiting:
    """What waits for an organisation: referrals to answer, and messages that nobody there read."""

    referrals: int
    messages: int


def waiting(organisation: UUID) -> Waiting:
    """Return what waits for an organisation, of people who still agree that it knows of them."""
    seen = [each for each in _all(by(organisation)) if each.categories]
    shown = Referral.objects.filter(id__in=[each.referral.id for each in seen])
    new = sum(each.referral.state in states.UNANSWERED for each in seen)
    return Waiting(new, sum(unread(shown).values()))


def inbox(organisation: UUID) -> dict[str, list[Received]]:
    """Return what an organisation received: ``new``, ``open``, ``done`` and ``ended``."""
    parts: dict[str, list[Received]] = {"new": [], "open": [], "done": [], "ended": []}
    for each in _all(by(organisation)):
        parts[_part(each)].append(each)
    return parts


def _all(found: Iterable[Referral]) -> Iterable[Received]:
    return (received(each) for each in found)


def _part(each: Received) -> str:
    if not each.categories:
        return "ended"
    if each.referral.state in states.UNANSWERED:
        return "new"
    return "open" if each.referral.state in THEIRS else "done"
