"""The two ends of the social gradient as predictions of a regression, with robust limits."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from fairpractice.statistics.arrays import Check
from fairpractice.statistics.cells import Cells, Floats, moments, smallest_cell
from fairpractice.statistics.ends import (
    FEW_GROUPS,
    INVALID,
    MISSING,
    Ends,
    Question,
    along,
    checks_of_groups,
    compared,
    grouped,
)
from fairpractice.statistics.gradient import line, ranked, sandwich
from fairpractice.statistics.scales import array_link
from fairpractice.statistics.survey import quadratic, root


def predicted(asked: Question, data: Any, results: Sequence[str]) -> Ends:
    """Return the predictions at both ends of a line, or of a logistic curve."""
    checks: list[Check] = []
    if asked.events is not None:
        found = grouped(asked, data, results)
        checks = checks_of_groups(asked, found, "", np.zeros(len(found.group), bool))
        n, y = found["n"], np.where(found["n"] > 0, found["y"], 0.0)
        found = _as_rows(found, n, y)
        smallest = smallest_cell(found)
    else:
        found = moments(
            data, asked.by, str(asked.value), rank=asked.rank, weight=asked.population,
            stratum=asked.stratum, cluster=asked.cluster, results=results,
        )  # fmt: skip
        smallest = np.full(found.size, np.nan)
        checks = _checks_of_rows(asked, found)
        found = _as_shares(found, asked.whole)
    population = found.total(found["s0"])
    people = found["s0"]
    if asked.definition == "healthequal_logit":
        # Whole people, as many as rounded give the value, each counted once for everybody.
        people = np.ceil(people)
        share = np.rint(found["s1"] / found["s0"] * people) / people
        found = _as_rows(found, people**2, share)
    at = along(asked, found, people)
    logistic = asked.definition != "linear"
    fit = line(found, at, found["s0"], found["s1"], "logit" if logistic else "value")
    rows = found.total(found["rows"])
    if asked.made == "binomial":
        spread = fit.bread
    else:
        spread = sandwich(found, at, fit)
        if asked.made == "robust":
            spread = spread * np.where(rows > 2, (rows - 1) / (rows - 2), np.nan)[:, None, None]
    link = array_link("logit" if logistic else "value")
    low, high = fit.coefficients[:, 0], fit.coefficients.sum(axis=1)
    # The derivatives of both ends by the line's two coefficients.
    ends = {"most": link.back(low), "least": link.back(high)}
    slopes = {
        name: end * (1 - end) if logistic else np.ones_like(end) for name, end in ends.items()
    }
    one, none = np.ones_like(low), np.zeros_like(low)
    gradient = {
        "most": slopes["most"][:, None] * np.stack([one, none], axis=1),
        "least": slopes["least"][:, None] * np.stack([one, one], axis=1),
    }
    most, least = ends["most"] * asked.whole, ends["least"] * asked.whole
    compare = compared(asked)
    value = compare(least, most)

    def limits(z: float, _: float) -> tuple[Floats, Floats]:
        if not asked.relative:
            se = root(quadratic(gradient["least"] - gradient["most"], spread)) * asked.whole
            return value - z * se, value + z * se
        of_log = (gradient[name] / ends[name][:, None] for name in ("least", "most"))
        se = root(quadratic(np.subtract(*of_log), spread))
        return value * np.exp(-z * se), value * np.exp(z * se)

    if logistic:
        everyone = np.isin(found.total(found["s1"]) / found.total(found["s0"]), (0.0, 1.0))
        checks += [
            (everyone, "outside_scale", "nobody has it, or everybody"),
            (np.isnan(low), "outside_scale", "no logistic curve fits: one end is 0 or 1"),
        ]
    if asked.relative:
        checks.append(
            ((most <= 0) | (least <= 0), "no_limits", "an end is not above zero: no logarithm")
        )
    groups = np.bincount(_ranks_of(found), minlength=found.size).astype(float)
    few = (rows < 3) & (asked.made == "robust")
    # A variance made from sums keeps sixteen figures, its root eight.
    unit = 1.0 if logistic else np.abs(found.total(found["s1"]) / found.total(found["s0"]))
    exact = root(spread[:, 1, 1]) <= 1e-7 * unit
    checks += [
        (exact, "no_limits", "every value lies on the line, which leaves no residuals"),
        (few, "no_limits", "two rows leave no residuals"),
        (np.isnan(spread[:, 0, 0]), "no_limits", "a stratum has one cluster only"),
    ]
    shape = "logistic regression" if logistic else "weighted least squares"
    errors = {"robust": "HC1", "survey": "Taylor linearised", "binomial": "binomial"}[asked.made]
    on = "logarithm of the ratio" if asked.relative else "difference"
    weights = ", population squared" if asked.definition == "healthequal_logit" else ""
    method = f"{shape}{weights}, {errors} errors, normal {on}"
    return Ends(
        found, most, least, value, limits, groups, population, smallest, checks, method
    )  # fmt: skip


def _ranks_of(found: Cells) -> Any:
    """Return the group of each rank that has people."""
    return ranked(found, found["s0"]).group


def _as_rows(found: Cells, weights: Floats, y: Floats) -> Cells:
    """Return cells as rows of one weight and value each."""
    columns = {
        **found.columns,
        "rows": (weights > 0).astype(float),
        "s0": weights,
        "s1": weights * y,
        "t00": weights**2,
        "t01": weights**2 * y,
        "t11": weights**2 * y**2,
    }
    return Cells(found.keys, found.group, found.size, columns)


def _as_shares(found: Cells, whole: float) -> Cells:
    columns = {**found.columns}
    for name, power in (("s1", 1), ("t01", 1), ("t11", 2)):
        columns[name] = found[name] / whole**power
    return Cells(found.keys, found.group, found.size, columns)


def _checks_of_rows(asked: Question, found: Cells) -> list[Check]:
    ranks = np.bincount(_ranks_of(found), minlength=found.size)
    wanted = ranks < 2 if asked.groups is None else ranks != asked.groups
    outside = np.zeros(found.size, bool)
    if asked.definition != "linear":
        least, most = found.extreme(found["least"], False), found.extreme(found["most"], True)
        outside = (least < 0) | (most > asked.whole)
    several = (found["rows"] > 1) & (asked.definition == "healthequal_logit")
    return [
        (found.total(found["missing"]) > 0, "missing_input", MISSING),
        (found.total(found["invalid"]) > 0, "invalid_input", INVALID),
        (found.total(several) > 0, "invalid_input", "a rank comes more than once"),
        (found.total(found["rows"]) == 0, "zero_denominator", "there is nobody in any group"),
        (wanted, "incomplete_groups", FEW_GROUPS),
        (outside, "outside_scale", f"a value is not between 0 and {asked.whole:g}"),
    ]
