"""Scales on which a quantity is about normal: its value, its logarithm or its log-odds."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import ibis
import ibis.expr.types as ir
import numpy as np
from scipy.special import expit, logit

from fairpractice.statistics.tables import log, one_of


Scale = Literal["value", "log", "logit"]
Step = Callable[[Any], Any]


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


def _above_zero(value: Any) -> Any:
    return np.where(value > 0, value, np.nan)


def _between(value: Any) -> Any:
    return np.where((value > 0) & (value < 1), value, np.nan)


ARRAYS: dict[str, Link] = {
    "value": Link(
        to=lambda y: y,
        back=lambda t: t,
        slope=np.ones_like,
        holds=lambda y: ~np.isnan(y),
        bounds=LINKS["value"].bounds,
    ),
    "log": Link(
        to=lambda y: np.log(_above_zero(y)),
        back=np.exp,
        slope=lambda y: 1 / _above_zero(y),
        holds=lambda y: y > 0,
        bounds=LINKS["log"].bounds,
    ),
    "logit": Link(
        to=lambda y: logit(_between(y)),
        back=expit,
        slope=lambda y: 1 / (_between(y) * (1 - _between(y))),
        holds=lambda y: (y > 0) & (y < 1),
        bounds=LINKS["logit"].bounds,
    ),
}
"""The same scales for arrays of numbers rather than expressions."""


def array_link(scale: str) -> Link:
    """Return a scale by name, for arrays; as :func:`link`."""
    one_of("scale", scale, tuple(ARRAYS))
    return ARRAYS[scale]


def link(scale: str) -> Link:
    """Return a scale by name.

    Raises
    ------
    FairpracticeError
        When there is none of that name.
    """
    one_of("scale", scale, tuple(LINKS))
    return LINKS[scale]
