"""What a funnel can be drawn of, and on which scale its limits are worked out."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import special, stats

from fairpractice.errors import FairpracticeError
from fairpractice.statistics.arrays import Array
from fairpractice.statistics.tables import one_of


@dataclass(frozen=True)
class Kind:
    """What is compared: a quotient of a numerator and a denominator."""

    scales: tuple[str, ...]
    baseline: float | None = None
    """The centre line; numerators over denominators of all units when none."""
    less: float = 0
    """What is taken off the quotient."""
    whole: bool = False
    """Whether the numerator is a part of the denominator."""
    rated: bool = False
    """Whether the denominator is what makes the events the rate."""


KINDS = {
    "proportion": Kind(("score", "arcsine"), whole=True),
    "rate": Kind(("poisson",)),
    "directly_standardised_rate": Kind(("poisson",), rated=True),
    "ratio": Kind(("poisson", "log", "root", "poisson_interval"), baseline=1),
    "excess": Kind(("poisson", "log", "root", "poisson_interval"), baseline=1, less=1),
    "ratio_of_counts": Kind(("log_of_counts", "log_half_root")),
}
"""What a funnel can be drawn of."""


@dataclass(frozen=True)
class Scale:
    """How a quotient is made about normal, with what error, and limits that are exact instead.

    ``error`` is of a unit that is like the baseline: from baseline and denominator. ``seen`` is
    that of a unit as observed, from numerator and denominator, where it is another.
    """

    method: str
    to: Callable[[Array], Array]
    back: Callable[[Array], Array]
    error: Callable[[Array, Array], Array]
    exact: Callable[[Array, float], tuple[Array, Array]] | None = None
    seen: Callable[[Array, Array], Array] | None = None
    added: float = 0
    """What is added to both counts, so that none is zero."""


def poisson_test(expected: Array, level: float) -> tuple[Array, Array]:
    """Return the numbers that are just too few and too many to be expected by chance.

    P(X ≤ lower) = P(X ≥ upper) = (1 − level)/2, carried on between whole numbers by the
    incomplete gamma function, by which the two are defined for them.
    """
    tail = (1 - level) / 2
    with np.errstate(all="ignore"):
        lower = special.gdtrib(1.0, 1 - tail, expected) - 1
        upper = special.gdtrib(1.0, tail, expected)
    return np.where(np.exp(-expected) >= tail, 0.0, np.maximum(lower, 0)), upper


def poisson_interval(expected: Array, level: float) -> tuple[Array, Array]:
    """Return the exact interval of a Poisson mean, as if the expected number had been observed."""
    tail = (1 - level) / 2
    return _chi_square(tail, 2 * expected), _chi_square(1 - tail, 2 * expected + 2)


def sizes_at(events: Array, level: float) -> tuple[Array, Array]:
    """Return the expected numbers for which so many events are just too few, and too many."""
    tail = (1 - level) / 2
    return _chi_square(1 - tail, 2 * events + 2), _chi_square(tail, 2 * events)


def _chi_square(share: float, degrees: Array) -> Array:
    """Return half a quantile of chi-square."""
    half: Array = np.asarray(stats.chi2.ppf(share, degrees)) / 2
    return half


def _same(value: Array) -> Array:
    return value


def _half_root(_: Array, n: Array) -> Array:
    return 1 / (2 * np.sqrt(n))


def _poisson(baseline: Array, n: Array) -> Array:
    return np.sqrt(baseline / n)


def _counts_seen(x: Array, n: Array) -> Array:
    return np.sqrt(x / (x + 0.5) ** 2 + n / (n + 0.5) ** 2)


SCALES = {
    "score": Scale("score", _same, _same, lambda b, n: np.sqrt(b * (1 - b) / n)),
    "arcsine": Scale(
        "normal on the arcsine of the root",
        lambda v: np.arcsin(np.sqrt(v)),
        lambda t: np.sin(np.clip(t, 0, np.pi / 2)) ** 2,
        _half_root,
    ),
    "poisson": Scale("exact Poisson", _same, _same, _poisson, exact=poisson_test),
    "poisson_interval": Scale(
        "exact Poisson interval of the expected", _same, _same, _poisson, exact=poisson_interval
    ),
    "log": Scale("normal on the logarithm", np.log, np.exp, lambda b, n: 1 / np.sqrt(b * n)),
    "root": Scale("normal on the root", np.sqrt, lambda t: np.maximum(t, 0) ** 2, _half_root),
    "log_of_counts": Scale(
        "normal on the logarithm",
        np.log,
        np.exp,
        lambda b, n: np.sqrt(1 / (b * n) + 1 / n),
        seen=_counts_seen,
        added=0.5,
    ),
    "log_half_root": Scale(
        "normal on the logarithm, with 1/(2√n)",
        np.log,
        np.exp,
        _half_root,
        seen=_counts_seen,
        added=0.5,
    ),
}
ADDITIVE = ("arcsine", "log", "root", "log_of_counts", "log_half_root")
"""Scales on which a variance between units can be added."""


def chosen(kind: str, scale: str | None, overdispersion: str | None) -> tuple[Kind, str]:
    """Return a kind and the name of the scale to use.

    Raises
    ------
    FairpracticeError
        For a kind, or a scale of it, that is not known, or that allows for no overdispersion.
    """
    one_of("kind", kind, tuple(KINDS))
    of = KINDS[kind]
    fit = [name for name in of.scales if overdispersion is None or name in ADDITIVE]
    if scale is not None:
        one_of(f"scale of a {kind}", scale, of.scales)
    if not fit or (scale is not None and scale not in fit):
        raise FairpracticeError(
            f"Overdispersion cannot be added to a {kind} on the scale {scale or of.scales[0]!r}",
            fix=f"Use scale={fit[0]!r}." if fit else "Give it as a ratio of observed to expected.",
        )
    return of, scale or fit[0]


def whole_numbers(low: float, high: float, count: int = 100) -> Array:
    """Return whole numbers from low to high whose steps grow with them, about so many."""
    numbers = [round(low)]
    for left in range(count - 1, 0, -1):
        ratio = max(high / numbers[-1], 1) ** (1 / left)
        numbers.append(max(numbers[-1] + 1, round(numbers[-1] * ratio)))
        if numbers[-1] >= high:
            break
    return np.array(numbers, dtype=float)
