"""Scales on which a quantity is about normal: its value, its logarithm or its log-odds."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import ibis
import ibis.expr.types as ir

from fairpractice.statistics.tables import log, one_of


Scale = Literal["value", "log", "logit"]
Step = Callable[[ir.Value], ir.Value]


@dataclass(frozen=True)
class Link:
    """To a scale, back again, the slope of the way there, and what values it can hold.

    ``to`` gives null, and ``slope`` too, for values that the scale cannot hold.
    """

    to: Step
    back: Step
    slope: Step
    holds: Step
    bounds: str


def _inside(value: ir.Value) -> ir.Value:
    return ((value > 0) & (value < 1)).ifelse(value, ibis.null("float64"))


def _positive(value: ir.Value) -> ir.Value:
    return (value > 0).ifelse(value, ibis.null("float64"))


LINKS: dict[str, Link] = {
    "value": Link(
        to=lambda y: y,
        back=lambda t: t,
        slope=lambda y: y * 0 + 1.0,
        holds=lambda y: y.notnull(),
        bounds="any value",
    ),
    "log": Link(
        to=log,
        back=lambda t: t.exp(),
        slope=lambda y: 1 / _positive(y),
        holds=lambda y: y > 0,
        bounds="values above zero",
    ),
    "logit": Link(
        to=lambda y: log(_inside(y) / (1 - _inside(y))),
        back=lambda t: 1 / (1 + (-t).exp()),
        slope=lambda y: 1 / (_inside(y) * (1 - _inside(y))),
        holds=lambda y: (y > 0) & (y < 1),
        bounds="values between 0 and 1, neither included",
    ),
}


def link(scale: str) -> Link:
    """Return a scale by name.

    Raises
    ------
    FairpracticeError
        When there is none of that name.
    """
    one_of("scale", scale, tuple(LINKS))
    return LINKS[scale]
