"""What each concentration index is: what it weighs ranks by, and what it multiplies by."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from fairpractice.errors import FairpracticeError
from fairpractice.statistics.cells import Cells, Floats
from fairpractice.statistics.concentration_errors import Fitted
from fairpractice.statistics.gradient import ranked


@dataclass(frozen=True)
class Normalised:
    """What an index multiplies Σ share · h(rank) · y by, as a function f of the mean, and f′."""

    factor: Callable[[Floats, float, float], Floats]
    slope: Callable[[Floats, float, float], Floats]
    bounds: int = 0
    """How many bounds of the value it needs: the lower one, or both."""


def _constant(of: Callable[[float, float], float]) -> Normalised:
    return Normalised(lambda m, a, b: m * 0 + of(a, b), lambda m, a, b: m * 0)


RELATIVE: dict[str, Normalised] = {
    "standard": Normalised(lambda m, a, b: 1 / m, lambda m, a, b: -1 / m**2),
    "modified": Normalised(lambda m, a, b: 1 / (m - a), lambda m, a, b: -1 / (m - a) ** 2, 1),
    "conindex_modified": Normalised(
        lambda m, a, b: m / (m - a) ** 2,
        lambda m, a, b: 1 / (m - a) ** 2 - 2 * m / (m - a) ** 3,
        1,
    ),
    "wagstaff": Normalised(
        lambda m, a, b: (b - a) / ((b - m) * (m - a)),
        lambda m, a, b: -(b - a) * (a + b - 2 * m) / ((b - m) * (m - a)) ** 2,
        2,
    ),
}
RELATIVE |= dict.fromkeys(("extended", "symmetric"), RELATIVE["standard"])
ABSOLUTE: dict[str, Normalised] = {
    "standard": _constant(lambda a, b: 1 / (b - a) if np.isfinite(b - a) else 1.0),
    "erreygers": Normalised(lambda m, a, b: m * 0 + 4 / (b - a), lambda m, a, b: m * 0, 2),
}
ABSOLUTE |= dict.fromkeys(("extended", "symmetric"), ABSOLUTE["standard"])


def bounds_of(
    definition: str, needed: int, lowest: float | None, highest: float | None
) -> tuple[float, float]:
    """Return both bounds of a value, infinite where there is none.

    Raises
    ------
    FairpracticeError
        When a definition needs one that is not given, or they are not in order.
    """
    given = [bound for bound in (lowest, highest) if bound is not None]
    if needed and (lowest is None or len(given) < needed):
        raise FairpracticeError(
            f"definition={definition!r} needs {'both bounds' if needed > 1 else 'a lower bound'} "
            "of the value",
            fix="Name lowest= and highest=, such as 0 and 1.",
        )
    if lowest is not None and highest is not None and not lowest < highest:
        raise FairpracticeError(
            f"The bounds {lowest} and {highest} are not in order", fix="Give lowest < highest."
        )
    return -np.inf if lowest is None else lowest, np.inf if highest is None else highest


def _kernel(definition: str, aversion: float) -> tuple[Any, Any, float]:
    """Return h, its integral from 0, and what the generalised index multiplies by."""
    v = aversion
    if definition == "extended":
        return (
            lambda p: 1 - v * (1 - p) ** (v - 1),
            lambda p: p - 1 + (1 - p) ** v,
            v ** (v / (v - 1)) / (v - 1),
        )
    if definition == "symmetric":
        return (
            lambda p: v * 2 ** (v - 2) * np.sign(p - 0.5) * np.abs(p - 0.5) ** (v - 1),
            lambda p: 2 ** (v - 2) * (np.abs(p - 0.5) ** v - 0.5**v),
            4.0,
        )
    return lambda p: 2 * p - 1, lambda p: p * (p - 1), 1.0


def fitted(
    found: Cells,
    index: Normalised,
    definition: str,
    aversion: float,
    bounds: tuple[float, float],
    absolute: bool,
) -> Fitted:
    """Return an index of each group, and the parts that its errors are made from."""
    h, integral, generalised = _kernel(definition, aversion)
    ranks = ranked(found, found["s0"])
    weight = ranks.people
    mean = found.total(found["s1"]) / weight
    share = found["s0"] / weight[found.group]
    # All of a rank have its weight; a cell has its part of it.
    kernel = np.clip(ranks.high, 0, 1), np.clip(ranks.low, 0, 1)
    width = np.where(ranks.high > ranks.low, ranks.high - ranks.low, np.nan)
    each = (integral(kernel[0]) - integral(kernel[1])) / width
    area = found.total(each * found["s1"] / weight[found.group])
    times = generalised if absolute else 1.0
    return Fitted(
        found=found,
        ranks=ranks,
        weight=weight,
        mean=mean,
        share=share,
        kernel=each,
        h=(h(kernel[0]), h(kernel[1])),
        area=area,
        factor=times * index.factor(mean, *bounds),
        slope=times * index.slope(mean, *bounds),
    )
