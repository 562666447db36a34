"""The states of a referral, who may move it from one to another, and the clock on an answer.

The states are those of the Task of HL7's SDOH Clinical Care guide (STU 2.3, referral workflow),
and three that practices here have: waiting for a service's answer, on its waiting list, and sent
elsewhere. Every move is made by a person: nothing moves by itself, and no silence declines. A
referral is closed with an outcome, or not at all.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from fairpractice.errors import FairpracticeError


@dataclass(frozen=True)
class State:
    """One state.

    Attributes
    ----------
    id, label
        Its name in data, and for people.
    task_status
        The ``status`` of the FHIR Task that it is exported as.
    business_status
        Its ``businessStatus``, where the status does not say it.
    closed
        Whether nothing more is to be done.
    """

    id: str
    label: str
    task_status: str
    business_status: str = ""
    closed: bool = False


STATES: dict[str, State] = {
    state.id: state
    for state in (
        State("draft", "Draft", "draft"),
        State("requested", "Requested", "requested"),
        State("awaiting_response", "Waiting for an answer", "requested", "awaiting-response"),
        State("accepted", "Accepted", "accepted"),
        State("waiting_list", "On the waiting list", "on-hold", "waiting-list"),
        State("in_progress", "In progress", "in-progress"),
        State("on_hold", "On hold", "on-hold"),
        State("rejected", "Not accepted", "rejected"),
        State("re_routed", "Sent elsewhere", "cancelled", "re-routed", closed=True),
        State("completed", "Completed", "completed", closed=True),
        State("failed", "Not completed", "failed", closed=True),
        State("cancelled", "Cancelled", "cancelled", closed=True),
        State("entered_in_error", "Entered in error", "entered-in-error", closed=True),
    )
}

PARTIES = ("requester", "link_worker", "service")
"""Who may move a referral: whoever asked for it, the link worker, the service it is sent to."""

OURS = ("requester", "link_worker")
ANYBODY = PARTIES
ANSWERING = ("service", "link_worker")  # a link worker writes down what a service says by telephone

MOVES: dict[tuple[str, str], tuple[str, ...]] = {
    ("draft", "requested"): OURS,
    ("draft", "cancelled"): OURS,
    ("requested", "awaiting_response"): OURS,
    ("requested", "accepted"): ANSWERING,
    ("requested", "rejected"): ANSWERING,
    ("requested", "re_routed"): OURS,
    ("requested", "cancelled"): ANYBODY,
    ("awaiting_response", "accepted"): ANSWERING,
    ("awaiting_response", "rejected"): ANSWERING,
    ("awaiting_response", "re_routed"): OURS,
    ("awaiting_response", "cancelled"): ANYBODY,
    ("accepted", "waiting_list"): ANSWERING,
    ("accepted", "in_progress"): ANSWERING,
    ("accepted", "on_hold"): ANSWERING,
    ("accepted", "re_routed"): OURS,
    ("accepted", "completed"): ANSWERING,
    ("accepted", "failed"): ANSWERING,
    ("accepted", "cancelled"): ANYBODY,
    ("waiting_list", "in_progress"): ANSWERING,
    ("waiting_list", "re_routed"): OURS,
    ("waiting_list", "failed"): ANSWERING,
    ("waiting_list", "cancelled"): ANYBODY,
    ("in_progress", "completed"): ANSWERING,
    ("in_progress", "failed"): ANSWERING,
    ("in_progress", "cancelled"): ANYBODY,
    ("on_hold", "in_progress"): ANSWERING,
    ("on_hold", "re_routed"): OURS,
    ("on_hold", "completed"): ANSWERING,
    ("on_hold", "failed"): ANSWERING,
    ("on_hold", "cancelled"): ANYBODY,
    # What a service did not accept is not over: a person decides what is done instead.
    ("rejected", "re_routed"): OURS,
    ("rejected", "cancelled"): OURS,
} | {(state, "entered_in_error"): OURS for state in STATES if state != "entered_in_error"}
"""Who may make each move; a move that is not here cannot be made."""

OUTCOMES: dict[str, str] = {
    "resolved": "The need was met",
    "partly_resolved": "The need was met in part",
    "not_resolved": "The need was not met",
    "could_not_contact": "The person could not be reached",
    "declined": "The person did not want it",
    "moved": "The person moved away",
    "died": "The person died",
}

CLOSED_WITH: dict[str, tuple[str, ...]] = {
    "completed": ("resolved", "partly_resolved", "not_resolved"),
    "failed": ("not_resolved", "could_not_contact", "declined", "moved", "died"),
    "cancelled": ("not_resolved", "could_not_contact", "declined", "moved", "died"),
}
"""The outcomes with which a referral may be closed; without one it is not."""

SAYS_WHY = (
    "rejected",
    "on_hold",
    "re_routed",
    "failed",
    "cancelled",
    "entered_in_error",
)
"""The states that are not entered without a reason."""

UNANSWERED = ("requested", "awaiting_response")
RESPONSE_DAYS = 14
ESCALATED_TO = "link_worker"


@dataclass(frozen=True)
class Step:
    """One move of a referral, as it is kept.

    ``outcome`` is set when it closes; ``continued_as`` is the new referral when it is sent
    elsewhere.
    """

    before: str
    after: str
    by: str
    at: dt.datetime
    why: str = ""
    outcome: str = ""
    continued_as: str = ""


@dataclass(frozen=True)
class Clock:
    """How long a referral has waited for an answer.

    Attributes
    ----------
    since, due_on
        The day it was asked for, and the day by which it should be answered.
    days_left
        Days until then; less than 0 when it has passed.
    escalate_to
        Who is to look at it now: the link worker from ``due_on`` on, nobody before.
    """

    since: dt.date
    due_on: dt.date
    days_left: int
    escalate_to: str = ""


def allowed(state: str, by: str) -> list[str]:
    """Return the states that somebody may move a referral to, in the order of :data:`STATES`."""
    return [after for after in STATES if by in MOVES.get((state, after), ())]


def step(
    state: str,
    to: str,
    *,
    by: str,
    at: dt.datetime,
    why: str = "",
    outcome: str = "",
    continued_as: str = "",
) -> Step:
    """Return the move of a referral from one state to another, when it may be made.

    Parameters
    ----------
    state, to
        Where it is, and where it is to be.
    by
        Who moves it: one of :data:`PARTIES`.
    at
        When.
    why
        The reason; needed for the states in :data:`SAYS_WHY`.
    outcome
        What became of the need; needed for, and only for, the states in :data:`CLOSED_WITH`.
    continued_as
        The new referral, needed for ``re_routed``.

    Raises
    ------
    FairpracticeError
        When the move cannot be made, is somebody else's, or lacks what it needs.
    """
    for name, among, said in (
        ("state", STATES, state),
        ("state", STATES, to),
        ("party to a referral", PARTIES, by),
    ):
        if said not in among:
            raise FairpracticeError(
                f"There is no {name} “{said}”", fix=f"Use one of {', '.join(among)}."
            )
    who = MOVES.get((state, to), ())
    if by not in who:
        open_to = ", ".join(STATES[name].label for name in allowed(state, by)) or "nothing"
        raise FairpracticeError(
            f"A referral that is “{STATES[state].label}” cannot be made “{STATES[to].label}” "
            f"by the {by.replace('_', ' ')}",
            fix=f"They may make it: {open_to}."
            + (f" Ask the {' or the '.join(who).replace('_', ' ')}." if who else ""),
        )
    if to in SAYS_WHY and not why.strip():
        raise FairpracticeError("It is not said why", fix="Give a reason.")
    outcomes = CLOSED_WITH.get(to, ())
    if outcome not in (outcomes or ("",)):
        raise FairpracticeError(
            f"A referral cannot be made “{STATES[to].label}” with the outcome “{outcome}”"
            if outcome
            else "A referral is not closed without an outcome",
            fix=f"Use one of {', '.join(outcomes)}." if outcomes else "Leave the outcome out.",
        )
    if (to == "re_routed") != bool(continued_as):
        raise FairpracticeError(
            "A referral that is sent elsewhere names the new one, and no other does",
            fix="Make the new referral first, and name it."
            if to == "re_routed"
            else "Leave the other referral out.",
        )
    return Step(state, to, by, at, why.strip(), outcome, continued_as)


def state_after(steps: Sequence[Step]) -> str:
    """Return the state that a referral is in after its moves; before any it is a draft.

    Raises
    ------
    FairpracticeError
        When a move does not begin where the one before ended, so that some are missing.
    """
    state = "draft"
    for number, made in enumerate(steps, start=1):
        if made.before != state:
            raise FairpracticeError(
                f"Move {number} begins at “{made.before}”, and the referral was “{state}”",
                fix="Find the move that is missing, or that was made twice.",
            )
        state = made.after
    return state


def clock(steps: Sequence[Step], today: dt.date, days: int = RESPONSE_DAYS) -> Clock | None:
    """Return how long a referral has waited for an answer, or None when it waits for none.

    It runs from the day the referral was asked for, whether or not it was sent on, and does
    nothing but call the link worker.

    Parameters
    ----------
    steps
        The moves of the referral, the first first.
    today
        The day to tell for.
    days
        Days from being asked for to the day by which it should be answered.
    """
    if state_after(steps) not in UNANSWERED:
        return None
    since = next(made.at.date() for made in reversed(steps) if made.before not in UNANSWERED)
    due = since + dt.timedelta(days=days)
    left = (due - today).days
    return Clock(since, due, left, ESCALATED_TO if left <= 0 else "")
