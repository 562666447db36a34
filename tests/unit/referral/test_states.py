"""How a referral moves: who may move it, with what it closes, and the clock on an answer."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from fairpractice.errors import FairpracticeError
from fairpractice.referral.states import (
    CLOSED_WITH,
    MOVES,
    OUTCOMES,
    PARTIES,
    SAYS_WHY,
    STATES,
    UNANSWERED,
    Step,
    allowed,
    clock,
    state_after,
    step,
)


AT = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
TASK = {
    "draft": {"requested", "cancelled"},
    "requested": {"accepted", "rejected", "cancelled"},
    "accepted": {"in-progress", "on-hold", "cancelled", "completed", "failed"},
    "in-progress": {"completed", "failed", "cancelled"},
    "on-hold": {"in-progress", "cancelled", "completed", "failed"},
    "rejected": {"cancelled"},
}
"""The moves of the guide of HL7; a draft, and what was rejected, are also given up here."""


def test_every_move_is_one_of_hl7s_task() -> None:
    for before, after in MOVES:
        one, other = STATES[before].task_status, STATES[after].task_status
        assert other == "entered-in-error" or one == other or other in TASK[one], (before, after)


def test_what_hl7_lets_move_moves_here() -> None:
    found = {(STATES[before].task_status, STATES[after].task_status) for before, after in MOVES}
    assert {(one, other) for one, others in TASK.items() for other in others} <= found


def test_states_are_told_apart_as_tasks() -> None:
    exported = [(state.task_status, state.business_status) for state in STATES.values()]
    assert len(set(exported)) == len(exported)


def test_every_state_can_be_reached_and_every_open_one_left_by_us() -> None:
    reached = {"draft"}
    while more := {after for before, after in MOVES if before in reached} - reached:
        reached |= more
    assert reached == set(STATES)
    for state in STATES.values():
        closing = {
            after
            for (before, after), who in MOVES.items()
            if before == state.id and STATES[after].closed and "link_worker" in who
        }
        assert state.closed or closing - {"entered_in_error"}, state.id


def test_what_is_closed_stays_closed_unless_it_was_an_error() -> None:
    for before, after in MOVES:
        assert not STATES[before].closed or after == "entered_in_error"
    assert not any(before == "entered_in_error" for before, _ in MOVES)


def test_only_people_move_a_referral_and_a_service_asks_for_none() -> None:
    assert {party for who in MOVES.values() for party in who} == set(PARTIES)
    for state in STATES:
        assert not {"requested", "awaiting_response", "re_routed", "entered_in_error"} & set(
            allowed(state, "service")
        )
        assert not {"accepted", "rejected", "completed"} & set(allowed(state, "requester"))


def test_every_outcome_closes_something() -> None:
    assert {outcome for each in CLOSED_WITH.values() for outcome in each} == set(OUTCOMES)
    assert {state.id for state in STATES.values() if state.closed} == {
        *CLOSED_WITH,
        "re_routed",
        "entered_in_error",
    }


@pytest.mark.parametrize(
    ("state", "to", "said", "what"),
    [
        ("lost", "requested", {}, "no state “lost”"),
        ("draft", "sent", {}, "no state “sent”"),
        ("draft", "requested", {"by": "clock"}, "no party to a referral “clock”"),
        ("draft", "accepted", {}, "cannot be made “Accepted”"),
        ("in_progress", "completed", {"by": "requester"}, "by the requester"),
        ("awaiting_response", "rejected", {"by": "service"}, "not said why"),
        ("awaiting_response", "rejected", {"by": "service", "why": " "}, "not said why"),
        ("in_progress", "completed", {}, "not closed without an outcome"),
        ("in_progress", "completed", {"outcome": "died"}, "with the outcome “died”"),
        ("draft", "requested", {"outcome": "resolved"}, "with the outcome “resolved”"),
        ("rejected", "re_routed", {"why": "full"}, "names the new one"),
        ("draft", "requested", {"continued_as": "7"}, "no other does"),
    ],
)
def test_a_move_that_cannot_be_made_is_refused(
    state: str, to: str, said: dict[str, str], what: str
) -> None:
    with pytest.raises(FairpracticeError, match=what) as refused:
        step(state, to, **{"by": "link_worker", "at": AT, **said})
    assert refused.value.fix


def test_who_may_make_it_is_said() -> None:
    with pytest.raises(FairpracticeError) as refused:
        step("in_progress", "completed", by="requester", at=AT)
    assert "Ask the service or the link worker" in refused.value.fix


def test_moves_that_do_not_follow_each_other_are_noticed() -> None:
    made = [Step("draft", "requested", "requester", AT), Step("accepted", "failed", "service", AT)]
    with pytest.raises(FairpracticeError, match="Move 2 begins at “accepted”"):
        state_after(made)


class Referral(RuleBasedStateMachine):
    """Anybody tries anything; what is refused changes nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.steps: list[Step] = []
        self.now = AT

    @rule(
        to=st.sampled_from(list(STATES)),
        by=st.sampled_from(PARTIES),
        why=st.sampled_from(["", "full"]),
        outcome=st.sampled_from(["", *OUTCOMES]),
        continued_as=st.sampled_from(["", "next"]),
        hours=st.integers(0, 500),
    )
    def try_to_move(
        self, to: str, by: str, why: str, outcome: str, continued_as: str, hours: int
    ) -> None:
        self.now += dt.timedelta(hours=hours)
        before = state_after(self.steps)
        try:
            self.steps.append(
                step(
                    before,
                    to,
                    by=by,
                    at=self.now,
                    why=why,
                    outcome=outcome,
                    continued_as=continued_as,
                )
            )
        except FairpracticeError:
            assert state_after(self.steps) == before
        else:
            assert to in allowed(before, by)
            assert why or to not in SAYS_WHY

    @rule(to=st.sampled_from(["requested", "awaiting_response", "accepted", "in_progress"]))
    def move_on(self, to: str) -> None:
        if to in allowed(state_after(self.steps), "link_worker"):
            made = step(state_after(self.steps), to, by="link_worker", at=self.now)
            self.steps.append(made)

    @invariant()
    def none_is_closed_without_an_outcome(self) -> None:
        state = STATES[state_after(self.steps)]
        last = self.steps[-1] if self.steps else None
        if state.closed and last is not None:
            assert last.outcome in OUTCOMES or last.continued_as or state.id == "entered_in_error"

    @invariant()
    def the_clock_runs_only_while_nobody_answered(self) -> None:
        state = state_after(self.steps)
        found = clock(self.steps, self.now.date())
        assert (found is not None) is (state in UNANSWERED)
        assert state_after(self.steps) == state


TestReferral = Referral.TestCase
TestReferral.settings = settings(max_examples=60, stateful_step_count=12, deadline=None)


@given(st.integers(-5, 400), st.integers(1, 60), st.booleans())
def test_after_the_days_the_link_worker_is_called_and_nothing_is_declined(
    waited: int, days: int, sent_on: bool
) -> None:
    asked = step("draft", "requested", by="requester", at=AT)
    steps = [asked]
    if sent_on:
        later = AT + dt.timedelta(days=2)
        steps.append(step("requested", "awaiting_response", by="link_worker", at=later))
    found = clock(steps, AT.date() + dt.timedelta(days=waited), days)
    assert found is not None
    assert found.since == AT.date()
    assert found.days_left == days - waited
    assert found.escalate_to == ("link_worker" if waited >= days else "")
    assert state_after(steps) in UNANSWERED


def test_fourteen_days_unless_said_otherwise() -> None:
    asked = [step("draft", "requested", by="requester", at=AT)]
    found = clock(asked, AT.date())
    assert found is not None
    assert found.due_on == dt.date(2026, 3, 16)
