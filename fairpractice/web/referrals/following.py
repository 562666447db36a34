"""What became of referrals, for those who asked: what needs them now, and what came back."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from fairpractice.referral.states import OUTCOMES, STATES, Clock
from fairpractice.web.cases.models import Case
from fairpractice.web.organisations.models import Organisation
from fairpractice.web.referrals import received
from fairpractice.web.referrals.actions import OVER, SENT
from fairpractice.web.referrals.models import Referral, Signpost, Step


@dataclass(frozen=True)
class Followed:
    """A referral as its link worker follows it; ``needs`` says what waits for them, if anything."""

    referral: Referral
    clock: Clock | None
    needs: tuple[str, ...]


@dataclass(frozen=True)
class Event:
    """Something that happened to a referral: when, what in words, who did it, and what they said.

    ``by_service`` tells whether it came back from the service.
    """

    at: dt.datetime
    what: str
    by: str
    note: str
    referral: UUID
    by_service: bool


def seen_by(found: QuerySet[Referral], *, sensitive: bool) -> QuerySet[Referral]:
    """Leave out what somebody may not know of who may not see what is sensitive."""
    return found if sensitive else found.filter(sensitive=False)


def of_worker(user: UUID, *, sensitive: bool) -> list[Followed]:
    """Return the open referrals of a link worker's open cases, those first that need them."""
    mine = Referral.objects.filter(case__worker_id=user, case__closed_at=None)
    return of(seen_by(mine.exclude(state__in=OVER), sensitive=sensitive))


def of_case(case: Case, *, sensitive: bool) -> list[Followed]:
    """Return every referral of a case, those first that need somebody."""
    return of(seen_by(Referral.objects.filter(case=case), sensitive=sensitive))


def of(found: QuerySet[Referral], today: dt.date | None = None) -> list[Followed]:
    """Return referrals as they are followed, those first that need somebody, then the oldest."""
    rows = received.holding(found).prefetch_related("steps", "messages").order_by("moved_at", "id")
    listed = [_followed(each, today or timezone.localdate()) for each in rows]
    return sorted(listed, key=lambda each: not each.needs)


def _followed(referral: Referral, today: dt.date) -> Followed:
    waits = received.clock(referral, today)
    return Followed(referral, waits, tuple(_needs(referral, waits)))


def _needs(referral: Referral, waits: Clock | None) -> list[str]:
    if referral.state in OVER:
        return []
    found = []
    if not referral.holds:
        found.append("They no longer share with the service, which sees nothing now")
    if waits and waits.escalate_to:
        found.append(f"No answer in {(today_of(waits) - waits.since).days} days")
    if referral.state == "rejected":
        found.append("The service did not accept it: choose what is done instead")
    if _unanswered(referral):
        found.append("The service wrote to you")
    return found


def today_of(waits: Clock) -> dt.date:
    """Return the day that a clock was read on."""
    return waits.due_on - dt.timedelta(days=waits.days_left)


def _unanswered(referral: Referral) -> bool:
    """Tell whether the last that was heard is a message of the service."""
    last = max(referral.messages.all(), key=lambda each: (each.at, each.id), default=None)
    ours = [each.at for each in referral.steps.all() if each.party != "service"]
    return bool(last and last.party == "service" and not any(at > last.at for at in ours))


def counted(practices: Collection[Organisation], month: dt.date) -> tuple[int, int]:
    """Return how many referrals were sent and how many signposts given, which are never one.

    Parameters
    ----------
    practices
        For whose people.
    month
        In the month of this day. Sensitive referrals are not counted.
    """
    first = month.replace(day=1)
    sent = Step.objects.filter(after=SENT, at__year=month.year, at__month=month.month)
    sent = sent.filter(referral__case__practice__in=practices, referral__sensitive=False)
    return sent.count(), Signpost.objects.filter(practice__in=practices, month=first).count()


def holds_open(case: Case) -> str:
    """Return what must be seen to before a case is closed: its referrals, as all may know of them.

    A sensitive one holds nothing open: that would tell of it those who may not know.
    """
    count = case.referrals.filter(sensitive=False).exclude(state__in=OVER).count()
    if not count:
        return ""
    return f"{count} {'referral is' if count == 1 else 'referrals are'} open: close each first"


def timeline(case: Case, *, sensitive: bool) -> list[Event]:
    """Return what happened to the referrals of a case, the latest first.

    Parameters
    ----------
    case
        Which.
    sensitive
        Whether sensitive referrals may be seen. If not, nothing in it tells of any.
    """
    found = seen_by(Referral.objects.filter(case=case), sensitive=sensitive)
    rows = found.select_related("service").prefetch_related("steps__by", "steps__organisation")
    events = [_event(each, step) for each in rows for step in each.steps.all()]
    return sorted(events, key=lambda each: (each.at, str(each.referral)), reverse=True)


def _event(referral: Referral, step: Step) -> Event:
    outcome = f": {OUTCOMES[step.outcome].lower()}" if step.outcome else ""
    what = f"{referral.service.name}: {STATES[step.after].label.lower()}{outcome}"
    by = f"{step.by.name}, {step.organisation}"
    return Event(step.at, what, by, step.why or "", referral.id, step.party == "service")
