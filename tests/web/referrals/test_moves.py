"""Every move of a referral, on PostgreSQL: what is stored is what the library allows, and no more.

The walks are random: people of each party try every move, with and without words and outcome, of
the version they saw or an older one, twice, and while the person agrees or no longer does.
"""

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fairpractice.errors import FairpracticeError
from fairpractice.referral import states
from fairpractice.web.cases.models import Case
from fairpractice.web.core.access import Role, Viewer
from fairpractice.web.core.locking import Conflict
from fairpractice.web.core.models import Entry
from fairpractice.web.directory.models import Service
from fairpractice.web.referrals import actions, received
from fairpractice.web.referrals.models import Referral, Step
from fairpractice.web.sharing import consent as consents
from tests.web import referring


pytestmark = pytest.mark.django_db
TRIES = st.fixed_dictionaries(
    {
        "who": st.sampled_from(["link_worker", "service", "requester"]),
        "to": st.integers(0, 30),  # of the moves that may be made, or of all
        "lawful": st.integers(0, 3).map(bool),
        "why": st.sampled_from(["", "Because"]),
        "outcome": st.sampled_from(["", *states.OUTCOMES]),
        "stale": st.integers(0, 5).map(lambda drawn: drawn == 0),
        "twice": st.booleans(),
        "withdrawn": st.integers(0, 9).map(lambda drawn: drawn == 0),
    }
)
WALKS = st.lists(TRIES, min_size=1, max_size=8)


@pytest.fixture
def parties(link_worker: Any, partner: Any, sign_in_as: Any) -> dict[str, Viewer]:
    """Somebody of each party."""
    clinician = sign_in_as(Role.CLINICIAN).viewer
    return {
        "link_worker": link_worker.viewer,
        "service": partner.viewer,
        "requester": clinician,
    }


def walk(parties: dict[str, Viewer], case: Case, service: Service, tries: list[Any]) -> Referral:
    """Try everything that was drawn, and hold each try to the library."""
    referral = referring.referred(parties["link_worker"], case, service)
    agrees = True
    for drawn in tries:
        referral.refresh_from_db()
        if drawn["withdrawn"] and agrees:
            consents.withdraw(parties["link_worker"], referral.consent)
            agrees = False
        allowed = states.allowed(referral.state, drawn["who"]) if drawn["lawful"] else []
        among = [each for each in allowed if each != "re_routed"] or list(states.STATES)
        to = among[drawn["to"] % len(among)]
        ends = states.CLOSED_WITH.get(to, ())
        outcome = drawn["outcome"] if drawn["outcome"] in ends or not drawn["lawful"] else ""
        if drawn["lawful"] and ends and drawn["why"]:
            outcome = outcome or ends[drawn["to"] % len(ends)]
        said = {"why": drawn["why"], "outcome": outcome}
        expected = is_allowed(referral.state, to, drawn["who"], said)
        expected &= not drawn["stale"] and (agrees or drawn["who"] != "service")
        before, steps = referral.version, referral.steps.count()
        version, token = before - drawn["stale"], uuid4()
        for _ in range(1 + drawn["twice"]):
            went = tried(parties[drawn["who"]], referral, version, to, token, said)
            assert went == (None if expected else Conflict if drawn["stale"] else FairpracticeError)
        referral.refresh_from_db()
        assert referral.version == before + expected
        assert referral.steps.count() == steps + expected
    return referral


def tried(who: Viewer, referral: Referral, seen: int, to: str, token: UUID, said: Any) -> Any:
    """Try to move a referral; return the error with which it was refused, if it was."""
    try:
        actions.move(who, referral, seen, to, token, **said)
    except FairpracticeError as error:
        return type(error)
    return None


def is_allowed(state: str, to: str, by: str, said: dict[str, str]) -> bool:
    """Tell whether the library lets a move be made, and nothing closes without a word."""
    try:
        states.step(state, to, by=by, at=states.dt.datetime.now(states.dt.UTC), **said)
    except FairpracticeError:
        return False
    return to not in states.CLOSED_WITH or bool(said["why"].strip())


def is_sound(referral: Referral) -> None:
    """Fail unless what is stored replays, and says of each move who, when, and why."""
    rows = list(referral.steps.order_by("number"))
    assert [row.number for row in rows] == list(range(1, len(rows) + 1))
    assert states.state_after(received.steps(referral)) == referral.state
    for row in rows:
        assert None not in (row.by_id, row.organisation_id, row.at)
        assert row.party in states.MOVES[(row.before, row.after)]
        assert row.why or row.after not in (*states.SAYS_WHY, *states.CLOSED_WITH)
        assert bool(row.outcome) == (row.after in states.CLOSED_WITH)
        assert bool(row.continued_as) == (row.after == "re_routed")
    moved = Entry.objects.filter(detail__referral=str(referral.id), detail__has_key="to")
    assert [each.detail["to"] for each in moved.order_by("id")] == [row.after for row in rows]


@given(tries=WALKS)
@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_whatever_is_tried_what_is_stored_is_what_the_library_allows(
    tries: list[Any], parties: dict[str, Viewer], case: Case, service: Service
) -> None:
    is_sound(walk(parties, case, service, tries))


@pytest.mark.soak
@given(tries=WALKS)
@settings(
    max_examples=1_000,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_and_so_a_thousand_times(
    tries: list[Any], parties: dict[str, Viewer], case: Case, service: Service
) -> None:
    is_sound(walk(parties, case, service, tries))


def test_every_move_that_there_is_can_be_made_and_replays(
    parties: dict[str, Viewer], case: Case, service: Service
) -> None:
    """Each move of the table once, from a referral that got where it begins."""
    ways: dict[str, list[str]] = {"requested": []}
    for state in list(states.STATES) * 3:
        for to in states.STATES:
            if state in ways and (state, to) in states.MOVES:
                ways.setdefault(to, [*ways[state], to])
    made = set()
    for before, after in states.MOVES:
        if before == "draft":
            continue
        referral = referring.referred(parties["link_worker"], case, service)
        for to in [*ways[before], after]:
            move_on(parties, case, service, referral, to)
        is_sound(referral)
        made.add((before, after))
    assert made == {each for each in states.MOVES if each[0] != "draft"}


def move_on(
    parties: dict[str, Viewer], case: Case, service: Service, referral: Referral, to: str
) -> None:
    who = states.MOVES[(referral.state, to)][-1]
    if to == "re_routed":
        again = referring.wanted(service)
        more = {"instead_of": referral, "seen": referral.version, "why": "A better place"}
        actions.send(parties[who], case, again, uuid4(), **more)
    else:
        outcome = states.CLOSED_WITH.get(to, ("",))[0]
        said = {"why": "Because", "outcome": outcome}
        actions.move(parties[who], referral, referral.version, to, uuid4(), **said)
    referral.refresh_from_db()


def test_one_is_sent_elsewhere_with_a_consent_of_its_own_and_both_know(
    link_worker: Any, case: Case, service: Service
) -> None:
    first = referring.referred(link_worker.viewer, case, service)
    elsewhere = referring.of_charity("P0010", "Another charity")
    old = referring.wanted(elsewhere, consent=first.consent)
    again = {"instead_of": first, "seen": first.version, "why": "It is full"}
    with pytest.raises(FairpracticeError, match="not agreed that this organisation"):
        actions.send(link_worker.viewer, case, old, uuid4(), **again)
    token = uuid4()
    for _ in range(2):
        second = actions.send(link_worker.viewer, case, referring.wanted(elsewhere), token, **again)
    first.refresh_from_db()
    assert (first.state, first.steps.latest("number").continued_as) == ("re_routed", second.id)
    assert (second.state, second.instead_of_id) == ("requested", first.id)
    assert second.consent.recipient == elsewhere.organisation
    assert Referral.objects.count() == 2
    late = {"instead_of": first, "seen": 2, "why": "It is full"}
    with pytest.raises(Conflict):
        actions.send(link_worker.viewer, case, referring.wanted(elsewhere), uuid4(), **late)


def test_sent_twice_it_is_asked_moved_and_written_once(
    link_worker: Any, partner: Any, case: Case, service: Service
) -> None:
    token, step, words = uuid4(), uuid4(), uuid4()
    for _ in range(2):
        sent = actions.send(link_worker.viewer, case, referring.wanted(service), token)
        actions.move(partner.viewer, sent, 2, "accepted", step)
        actions.write(partner.viewer, sent, "Tuesday at ten", words)
    assert Referral.objects.count() == 1
    assert sent.steps.count() == 2
    assert sent.messages.count() == 1
    assert Entry.objects.filter(detail__referral=str(sent.id)).count() == 4


def test_the_database_changes_no_step_and_no_message(
    refer: Any, partner: Any, link_worker: Any
) -> None:
    sent = refer()
    actions.write(partner.viewer, sent, "Tuesday at ten", uuid4())
    for rows, values in (
        (sent.steps, {"by": partner.viewer.user_id}),
        (sent.steps, {"after": "accepted"}),
        (sent.messages, {"party": "link_worker"}),
    ):
        with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
            rows.update(**values)
    with pytest.raises(IntegrityError), transaction.atomic():
        Step.objects.create(
            referral=sent,
            number=2,
            before="requested",
            after="cancelled",
            by_id=partner.viewer.user_id,
            organisation_id=partner.viewer.organisation_id,
            party="service",
            at=sent.steps.get().at,
        )
