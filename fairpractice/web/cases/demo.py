"""A fictional year of help for a demonstration: whom link workers helped, and what became of it.

Nobody is real, nothing of it was done here, and so it leaves no entries in the audit trail.
"""

import datetime as dt
import itertools
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db import models, transaction
from django.utils import timezone

from fairpractice.case_finding.rules import social_need_no_referral as found_by
from fairpractice.record.dates import months_after, months_before
from fairpractice.referral import states
from fairpractice.web.accounts.models import User
from fairpractice.web.accounts.personas import PREFIX
from fairpractice.web.cases.actions import months_of_rest
from fairpractice.web.cases.models import Attempt, Case, Need, Note, SetAside
from fairpractice.web.config.jinja import day
from fairpractice.web.core.access import Role
from fairpractice.web.directory.models import Service
from fairpractice.web.organisations.models import Membership, Organisation
from fairpractice.web.patients.models import Patient
from fairpractice.web.referrals.models import Referral, Step
from fairpractice.web.sharing import words as agreeing
from fairpractice.web.sharing.models import Consent
from fairpractice.web.worklists import rules
from fairpractice.web.worklists.models import Run


SEED = 20
RULE = "social-need-no-referral"
TOPICS = tuple(each.replace(" ", "_") for each in found_by.NEEDS)
PROACTIVE = 2 / 3
"""How much of it a list began; practices asked for the rest."""
ADULT = 18 * 12  # months
WEEK = 5  # working days between two runs
COLLEAGUES = 2
THEIRS = ("accepted", "waiting_list", "in_progress", "rejected", "completed", "failed")
"""The moves that the service makes itself; the others are the link worker's."""

IN_VAIN = (("call", "no_answer"), ("voicemail", "left_message"), ("text", "sent"))
SPOKEN = (("call", "reached"), ("call", "reached"), ("met", "reached"))

DAYS = {
    "requested": (0, 3),
    "awaiting_response": (10, 12),
    "accepted": (1, 8),
    "waiting_list": (0, 2),
    "in_progress": (2, 10),
    "completed": (10, 40),
    "failed": (5, 20),
    "rejected": (1, 6),
    "cancelled": (1, 3),
}
"""Working days from the move before, from and to."""

WHY = {
    "waiting_list": "About three weeks.",
    "rejected": "There is no place for them before the spring.",
    "resolved": "They came three times, and it is settled.",
    "partly_resolved": "Most of it is settled; they know where to turn with the rest.",
    "not_resolved": "It could not be settled with us.",
    "could_not_contact": "We called five times and wrote, without an answer.",
    "declined": "They thought it over, and would rather not.",
}
TOLD = {
    "resolved": "They were helped, and it is settled.",
    "partly": "They were helped with most of it, and know where to turn.",
    "not_resolved": "Help was tried, and it is not settled.",
    "not_reached": "Calls and texts were not answered.",
    "declined": "They do not want help with it now.",
}


@dataclass(frozen=True)
class Story:
    """How a case went: how ``far`` (:data:`FAR`), how its referral moved, and its outcome.

    A move is a state, and after a colon its outcome. ``since`` is how many working days ago it
    last moved; where it is 0, at any time in the year.
    """

    far: str
    moves: str = ""
    outcome: str = ""
    since: int = 0


FAR = ("asked", "taken", "tried", "spoken", "need", "agreed")

MINE = (
    Story("agreed", "requested", since=15),
    Story("agreed", "requested", since=4),
    Story("agreed", "requested", since=1),
    Story("agreed", "requested accepted waiting_list", since=5),
    Story("agreed", "requested accepted in_progress", since=6),
    Story("need", since=3),
    Story("tried", since=2),
    Story("taken", since=1),
)
"""The open cases of the link worker as whom people sign in."""

COLLEAGUES_HAVE = (*MINE[4:], Story("agreed", since=4), Story("spoken", since=7)) * 3 + tuple(
    Story("agreed", "requested accepted in_progress", since=each) for each in range(1, 25)
)
WAITING = tuple(Story("asked", since=each) for each in (9, 7, 5, 4, 2, 1))

ENDED = (
    (70, Story("agreed", "requested accepted in_progress completed:resolved", "resolved")),
    (25, Story("agreed", "requested accepted waiting_list in_progress completed:resolved",
               "resolved")),
    (25, Story("agreed", "requested awaiting_response accepted in_progress "
               "completed:partly_resolved", "partly")),
    (20, Story("agreed", "requested accepted failed:could_not_contact", "not_resolved")),
    (20, Story("agreed", "requested accepted completed:not_resolved", "not_resolved")),
    (24, Story("agreed", "requested rejected cancelled:not_resolved", "not_resolved")),
    (24, Story("agreed", "requested awaiting_response cancelled:declined", "declined")),
    (20, Story("agreed", "", "partly")),
    (25, Story("need", "", "resolved")),
    (30, Story("spoken", "", "declined")),
    (40, Story("tried", "", "not_reached")),
)  # fmt: skip
"""Stories that are over, and how often each is told beside the others.

Were fewer referrals refused or still open, their small numbers would hide most of how far help got.
"""


@dataclass(frozen=True)
class _Cast:
    """Who is in it, the runs that found people, and the working days of a year, the last last."""

    network: Organisation
    partner: Organisation
    asks: User
    answers: User
    services: Sequence[Service]
    runs: Sequence[Run]
    year: Sequence[dt.date]


@transaction.atomic
def helped(
    network: Organisation, partner: Organisation, but: Patient | None, how_many: int = 300
) -> None:
    """Give a network of the demonstration a year of help; where there is a case, do nothing.

    Parameters
    ----------
    network, partner
        Whose people are helped, and which partner's services are asked; both with their personas.
    but
        Whom nobody helps: the person as whom people sign in.
    how_many
        Cases. There are fewer where the network has fewer adults.
    """
    if Case.objects.exists():
        return
    luck, today = random.Random(SEED), timezone.localdate()
    people = _adults(network, but, how_many, today, luck)
    cast = _cast(network, partner, today)
    own, *others = _workers(network)
    stories = [*((each, own) for each in MINE), *((each, None) for each in WAITING)]
    stories += [(each, luck.choice(others)) for each in COLLEAGUES_HAVE]
    weights, ended = zip(*ENDED, strict=True)
    rest = luck.choices(ended, weights, k=max(0, how_many - len(stories)))
    stories += [(each, luck.choice((own, *others))) for each in rest]
    rows: dict[type[models.Model], list[models.Model]] = defaultdict(list)
    for patient, (story, worker) in zip(people, stories, strict=False):
        for row in _told(cast, patient, story, worker, luck):
            rows[type(row)].append(row)
    for model, made in rows.items():  # what others need was told first
        model._default_manager.bulk_create(made)


def _adults(
    network: Organisation, but: Patient | None, how_many: int, today: dt.date, luck: random.Random
) -> list[Patient]:
    """Return adults of a network at random. Who is none is known from what is encrypted."""
    found = Patient.objects.filter(practice__network=network).order_by("record_id")
    ids = list(found.exclude(id=but.id if but else None).values_list("id", flat=True))
    some = luck.sample(ids, min(len(ids), 2 * how_many))
    by_id, latest = Patient.objects.in_bulk(some), months_before(today, ADULT)
    grown = [by_id[each] for each in some if (born := by_id[each].born_on) and born <= latest]
    return grown[:how_many]


def _cast(network: Organisation, partner: Organisation, today: dt.date) -> _Cast:
    past = (today - dt.timedelta(days=each) for each in range(360, 0, -1))
    year = [each for each in past if each.weekday() < 5]
    runs = Run.objects.bulk_create(
        Run(
            state=Run.State.FORMER,
            on=day,
            reads_since=_moment(day, 0),
            began_at=_moment(day, 0),
            finished_at=_moment(day, 0),
            definitions=rules.version(),
            process="a fictional run",
        )
        for day in year[::WEEK]
    )
    asks, answers = (
        User.objects.get(username=f"{PREFIX}{each}") for each in ("clinician", "community-partner")
    )
    services = [
        each
        for each in Service.objects.filter(organisation=partner).order_by("id")
        if set(each.needs) & set(TOPICS)
    ]
    return _Cast(network, partner, asks, answers, services, runs, year)


def _workers(network: Organisation) -> list[User]:
    """Return the link worker as whom people sign in, and colleagues, as whom nobody does."""
    workers = [User.objects.get(username=f"{PREFIX}link-worker")]
    for number in range(COLLEAGUES):
        name = f"fictional-colleague-{number + 1}"
        made = User.objects.create_user(name, f"Demo colleague {number + 1}")
        Membership.objects.create(user=made, organisation=network, role=Role.LINK_WORKER)
        workers.append(made)
    return workers


def _moment(on: dt.date, number: int) -> dt.datetime:
    """Return a moment of a day, later for what comes later."""
    morning = dt.datetime.combine(on, dt.time(9)) + dt.timedelta(minutes=20 * number)
    return timezone.make_aware(morning)


def _told(
    cast: _Cast, patient: Patient, story: Story, worker: User | None, luck: random.Random
) -> Iterator[models.Model]:
    """Yield the rows of a case, each after those that it names."""
    far = FAR.index(story.far)
    moves = [each.partition(":")[::2] for each in story.moves.split()] if cast.services else []
    service = luck.choice(cast.services) if moves else None
    topic = luck.choice(sorted(set(service.needs) & set(TOPICS)) if service else TOPICS)
    listed = worker is not None and luck.random() < PROACTIVE
    tries = [luck.choice(IN_VAIN) for _ in range(luck.randrange(2))] if far > 2 else []
    tries += [luck.choice(SPOKEN)] if far > 2 else list(IN_VAIN[: 2 + luck.randrange(2)])
    tries = tries if far > 1 else []
    gaps = [0, 0 if listed else luck.randint(1, 8)] if worker else [0]
    gaps += [luck.randint(0, 5) for _ in tries] + [luck.randint(*DAYS[to]) for to, _ in moves]
    at = _times(cast.year, [*gaps, luck.randint(1, 5)] if story.outcome else gaps, story, luck)

    opened_at = next(at)
    run = next(run for run in reversed(cast.runs) if run.began_at <= opened_at) if listed else None
    case = _case(cast, patient, worker, topic, story.outcome, run)
    case.opened_at = opened_at
    case.taken_at = next(at) if worker else None
    yield case
    if worker is None:
        return
    if not listed:
        yield Note(case=case, about=Note.About.TAKEN, by=worker, at=case.taken_at)
    spoken = case.opened_at
    for channel, result in tries:
        spoken = next(at)
        attempt = Attempt(
            case=case, channel=channel, result=result, by=worker, at=spoken, entered_at=spoken
        )
        yield attempt
    if tries and not story.outcome:
        attempt.next_on = timezone.localdate() + dt.timedelta(days=luck.randrange(10))
    if far >= FAR.index("need"):
        result = story.outcome if story.outcome in Need.Result.values else ""
        result = result or ("unknown" if story.outcome else "")
        told = {"case": case, "wish": "wanted", "told_at": spoken, "by": worker}
        yield Need(topic=topic, result=result, **told)
    if far >= FAR.index("agreed"):
        consent = _consent(cast, patient, worker, spoken + dt.timedelta(minutes=10))
        yield consent
        if service:
            asks = f"Help with {topic.replace('_', ' ')}; they would like a call first."
            referral = Referral(
                case=case,
                patient=patient,
                service=service,
                recipient=cast.partner,
                topic=topic,
                asked=asks,
                consent=consent,
                categories=consent.categories,
                sensitive=False,
            )
            steps = list(_steps(cast, referral, moves, worker, at))
            referral.state = steps[-1].after
            yield referral
            yield from steps
    if story.outcome:
        case.closed_at = next(at)
        yield _rests(case)


def _times(
    year: Sequence[dt.date], gaps: Sequence[int], story: Story, luck: random.Random
) -> Iterator[dt.datetime]:
    """Return when each thing happened, so many working days after the one before."""
    days = list(itertools.accumulate(gaps))
    last = len(year) - story.since if story.since else luck.randrange(days[-1], len(year))
    return iter([_moment(year[last - days[-1] + d], n) for n, d in enumerate(days)])


def _case(
    cast: _Cast, patient: Patient, worker: User | None, topic: str, outcome: str, run: Run | None
) -> Case:
    if run:
        why = topic.replace("_", " ")
        off = "social prescribing is recorded, or the need has ended"
        values = {
            "origin": Case.Origin.WORKLIST,
            "rule": RULE,
            "run": run,
            "definitions": run.definitions,
            "place": {"because": [why], "outcomes": [why], "comes_off_when": [off]},
            "opened_by": worker,
            "opener_role": Role.LINK_WORKER,
        }
    else:
        values = {
            "origin": Case.Origin.PRACTICE,
            "need": topic,
            "asked": "Mentioned it at the last appointment and would like to be called.",
            "opened_by": cast.asks,
            "opener_role": Role.CLINICIAN,
        }
    values |= {"outcome": outcome, "told": TOLD.get(outcome)}
    return Case(patient=patient, practice_id=patient.practice_id, worker=worker, **values)


def _consent(cast: _Cast, patient: Patient, worker: User, at: dt.datetime) -> Consent:
    ends_on, categories = months_after(timezone.localdate(at), 12), ["contact", "circumstances"]
    return Consent(
        patient=patient,
        recipient=cast.partner,
        purpose="support",
        categories=categories,
        sensitive=False,
        method="by_telephone",
        given_by="person",
        words=agreeing.shown(
            agreeing.VERSION, cast.partner.name, "support", categories, day(ends_on)
        ),
        words_version=agreeing.VERSION,
        starts_at=at,
        ends_on=ends_on,
        recorded_by=worker,
        recorder_role=Role.LINK_WORKER,
    )


def _steps(
    cast: _Cast,
    referral: Referral,
    moves: Sequence[tuple[str, ...]],
    worker: User,
    at: Iterator[dt.datetime],
) -> Iterator[Step]:
    """Yield the moves of a referral, each of which may be made."""
    state = "draft"
    for number, (to, outcome) in enumerate(moves, start=1):
        by_service = to in THEIRS
        party = "service" if by_service else "link_worker"
        why = WHY.get(outcome or to, "")
        made = states.step(state, to, by=party, at=next(at), why=why, outcome=outcome)
        state = made.after
        yield Step(
            referral=referral,
            number=number,
            before=made.before,
            after=made.after,
            by=cast.answers if by_service else worker,
            organisation=cast.partner if by_service else cast.network,
            party=party,
            at=made.at,
            why=made.why or None,
            outcome=made.outcome,
        )


def _rests(case: Case) -> SetAside:
    """Let nobody be offered again at once whose case was closed, as closing one does."""
    assert case.closed_at
    declined = case.outcome == "declined"
    months = months_of_rest(case.rule, case.outcome)
    return SetAside(
        patient=case.patient,
        practice_id=case.practice_id,
        kind="declined" if declined else "helped",
        reason="no_reason" if declined else "closed",
        rule=case.rule,
        run=case.run,
        case=case,
        evidence=None if declined else case.place["because"] if case.place else [],
        back_on=months_after(timezone.localdate(case.closed_at), months),
        by=case.worker,
        at=case.closed_at,
    )
