"""Which services suit what a person needs, and why: each reason said, and what is left out too.

Unknown is not no. A service that does not say whom it is for, or whether it has a place, is offered
with what to ask it; only what is known to be wrong leaves one out. What leaves out, recommends or
is to be asked is one function for each question (:data:`~.suiting.QUESTIONS`).

What suits is ordered: what answers more of the needs first; then what is in a language that was
asked for; then the nearest, as far as that is known; then what was checked lately enough; then what
leaves least to ask. Ties are broken by name and id, so that the order is always one.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from fairpractice.referral.offered import Service, Wanted
from fairpractice.referral.suiting import (
    QUESTIONS,
    in_district,
    is_fresh,
    kilometres,
    shared,
)


@dataclass(frozen=True)
class Suggestion:
    """A service that suits, or that may: why, and what to ask it first."""

    service: Service
    reasons: tuple[str, ...]
    asks: tuple[str, ...]
    kilometres: float | None


@dataclass(frozen=True)
class LeftOut:
    """A service that does not suit, and why."""

    service: Service
    because: tuple[str, ...]


@dataclass(frozen=True)
class Found:
    """What suits, the best first, and what was left out, by name."""

    suited: tuple[Suggestion, ...] = ()
    left_out: tuple[LeftOut, ...] = ()


def suggest(wanted: Wanted, services: Iterable[Service]) -> Found:
    """Return which services suit, in order, with why; and which do not, with why not.

    A service that answers to none of the needs, and is known to answer to others, is neither: it
    is not what was looked for.
    """
    suited, left_out = [], []
    for each in services:
        if wanted.needs and each.needs and not wanted.needs & each.needs:
            continue
        answers = [question(wanted, each) for question in QUESTIONS]
        against = tuple(said for answer in answers for said in answer.against)
        if against:
            left_out.append(LeftOut(each, against))
            continue
        reasons = tuple(said for answer in answers for said in answer.reasons)
        asks = tuple(said for answer in answers for said in answer.asks)
        suited.append(Suggestion(each, reasons, asks, kilometres(wanted, each)))
    suited.sort(key=lambda each: _order(wanted, each))
    left_out.sort(key=lambda each: (each.service.name.casefold(), each.service.id))
    return Found(tuple(suited), tuple(left_out))


def _order(wanted: Wanted, each: Suggestion) -> tuple[int, bool, float, bool, int, str, str]:
    service = each.service
    near = each.kilometres
    if near is None:
        near = 0.5 if in_district(wanted, service) else math.inf
    return (
        -len(wanted.needs & service.needs),
        not shared(wanted, service),
        near,
        not is_fresh(wanted, service),
        len(each.asks),
        service.name.casefold(),
        service.id,
    )
