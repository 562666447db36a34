"""Intersections: small groups by deprivation, ethnicity, sex and age at once, without the noise.

MAIHDA (multilevel analysis of individual heterogeneity and discriminatory accuracy): every
combination of the dimensions is a stratum; the strata share what their dimensions do separately
and each may differ from that by a random effect. A stratum of few people is drawn towards what
its dimensions lead one to expect; a large one speaks for itself.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from scipy import special

from fairpractice.errors import FairpracticeError
from fairpractice.statistics.arrays import (
    Array,
    Check,
    Groups,
    group,
    judged,
    on_arrays,
    quietly,
    ranks,
    tabled,
    unusable,
)
from fairpractice.statistics.mixed_binomial import Fitted, fit
from fairpractice.statistics.tables import checked_levels


FEWEST = 3
METHOD = "MAIHDA, binomial"
INTERCEPT_SPREAD, EFFECT_SPREAD = 5.0, 2.0
"""Standard deviations of the priors on the log-odds: a wide one, and one that lets two categories
differ fifty-fold and more."""
LOGISTIC = np.pi**2 / 3
"""The variance of a person's own log-odds, which a share of variance is a share of."""

ENDS = ("lower", "upper")
RESULT = (
    "numerator", "denominator", "crude", "value", "confidence", *ENDS, "additive",
    "additive_lower", "additive_upper", "difference", "difference_lower", "difference_upper",
    "multiplier", "method", "status", "reason",
)  # fmt: skip
SUMMARY = (
    "strata", "people", "value", "confidence", *ENDS, "variance", "remaining_value",
    "remaining_variance", "change", "method", "status", "reason",
)  # fmt: skip


@on_arrays
def intersections(
    data: Any,
    /,
    numerator: str,
    denominator: str,
    *,
    strata: Sequence[str],
    by: Sequence[str] = (),
    levels: Sequence[float] = (0.95,),
    multiplier: float = 1,
) -> pa.Table:
    """Return the share of each intersection of some dimensions, shrunk towards what they add up to.

    Parameters
    ----------
    data
        Rows of counts: an Ibis, pandas, polars or pyarrow table.
    numerator, denominator
        The columns that count those with the property, and all of them.
    strata
        The columns whose combinations are the strata, two or more. What is missing is a category
        of its own: unknown is not no.
    by
        The columns that make a model of its own, such as the measure.
    levels
        Confidence levels between 0 and 1; empty for values without limits.
    multiplier
        100 for percentages.

    Returns
    -------
    The kind of table given, a row for each model, stratum and level: the columns of ``by`` and
    ``strata``, ``numerator``, ``denominator``, ``crude`` (their quotient), ``value`` (shrunken),
    ``confidence``, ``lower``, ``upper``; ``additive``, what the dimensions add up to on the
    log-odds, and ``difference``, how much the stratum differs from that, each with limits;
    ``multiplier``, ``method``, ``status``, ``reason``. Statuses: ``missing_input``,
    ``invalid_input``, ``zero_denominator``, ``incomplete_groups`` (fewer than three strata).

    Raises
    ------
    FairpracticeError
        For a column that is not there or not numeric, fewer than two dimensions, or a level
        outside 0 to 1.

    Notes
    -----
    Merlo 2018, SSM - Population Health 12:34; Evans and others 2018, Social Science and Medicine
    203:64; Evans, Leckie and others 2024, SSM - Population Health 26:101664. Main effects and
    random effects on the log-odds; see :mod:`fairpractice.statistics.mixed_binomial`. Limits are
    quantiles of the posterior distribution, the value its mean.
    """
    cells = _cells(data, numerator, denominator, strata, by, (*RESULT, *SUMMARY))
    names = [name for name in RESULT if name.startswith(("value", "additive", "difference", *ENDS))]
    wanted = checked_levels(levels) or (None,)
    count = len(cells.x)
    worked = {level: {name: np.full(count, np.nan) for name in names} for level in wanted}
    for rows, design, sd in cells.models():
        line, eta = (special.expit(v) for v in _fitted(cells, rows, design, sd).drawn())
        drawn = {"": eta, "additive": line, "difference": eta - line}
        for level in wanted:
            for name, points in drawn.items():
                worked[level][name or "value"][rows] = points.mean(axis=0)
                if level is not None:
                    shares = [(1 - level) / 2, (1 + level) / 2]
                    prefix = f"{name}_" if name else ""
                    ends = np.quantile(points, shares, axis=0)
                    for end, found in zip(ENDS, ends, strict=True):
                        worked[level][f"{prefix}{end}"][rows] = found
    made = []
    for level in wanted:
        columns = {
            **cells.groups.keys([*by, *strata]),
            "numerator": cells.x,
            "denominator": cells.n,
            "crude": cells.crude * multiplier,
            **{name: column * multiplier for name, column in worked[level].items()},
            "confidence": level,
            "multiplier": float(multiplier),
            "method": METHOD,
        }
        limits = [name for name in names if name.endswith(ENDS)] if level is not None else []
        alone = ["crude", "additive", "difference"]
        kept = judged(columns, cells.checks, limits=limits, suppressed=alone)
        made.append(tabled({name: kept[name] for name in [*by, *strata, *RESULT]}, count))
    back = np.argsort(np.tile(np.arange(count), len(wanted)), kind="stable")
    return pa.concat_tables(made).take(pa.array(back))


@on_arrays
def intersections_summary(
    data: Any,
    /,
    numerator: str,
    denominator: str,
    *,
    strata: Sequence[str],
    by: Sequence[str] = (),
    levels: Sequence[float] = (0.95,),
) -> pa.Table:
    """Return how much strata differ, and how much of that their dimensions add up to.

    Parameters are those of :func:`intersections`.

    Returns
    -------
    The kind of table given, a row for each model and level: the columns of ``by``, ``strata`` and
    ``people`` (how many of either), ``value`` (the variance partition coefficient: the share of
    all variance of people's log-odds that lies between strata), ``confidence``, ``lower``,
    ``upper``, ``variance`` (between strata), ``remaining_value`` and ``remaining_variance`` (the
    same once the dimensions' main effects are taken out), ``change`` (the share of the variance
    that they explain: the proportional change in variance), ``method``, ``status``, ``reason``.

    Raises
    ------
    FairpracticeError
        As :func:`intersections`.

    Notes
    -----
    VPC = σ²/(σ² + π²/3); PCV = (σ²₁ − σ²₂)/σ²₁, without and with main effects. Goldstein, Browne
    and Rasbash 2002, Understanding Statistics 1:223; papers as for :func:`intersections`.
    """
    cells = _cells(data, numerator, denominator, strata, by, (*RESULT, *SUMMARY))
    count = len(cells.starts)
    wanted = checked_levels(levels) or (None,)
    found = {name: np.full(count, np.nan) for name in SUMMARY}
    ends = {level: np.full((2, count), np.nan) for level in wanted}
    for rows, design, sd in cells.models():
        of = cells.of[rows[0]]
        alone = _fitted(cells, rows, design[:, :1], sd[:1])
        together = _fitted(cells, rows, design, sd)
        found["value"][of], found["variance"][of] = alone.mean(_share), alone.mean(np.square)
        found["remaining_value"][of] = together.mean(_share)
        found["remaining_variance"][of] = together.mean(np.square)
        for level in wanted:
            if level is not None:
                for side, share in enumerate(((1 - level) / 2, (1 + level) / 2)):
                    ends[level][side, of] = alone.quantile(_share, share)
    with quietly():
        found["change"] = 1 - found["remaining_variance"] / found["variance"]
    stands = cells.stands
    found["strata"] = np.bincount(cells.of[stands], minlength=count)
    found["people"] = np.bincount(cells.of[stands], cells.n[stands], minlength=count)
    checks = [(found["strata"] < FEWEST, "incomplete_groups", f"there are under {FEWEST} strata")]
    made = []
    for level in wanted:
        lower, upper = ends[level]
        columns = {**found, "confidence": level, "lower": lower, "upper": upper, "method": METHOD}
        kept = judged(
            {**cells.groups.keys(by, cells.groups.starts[cells.starts]), **columns},
            checks,
            limits=ENDS if level is not None else (),
        )
        made.append(tabled({name: kept[name] for name in [*by, *SUMMARY]}, count))
    back = np.argsort(np.tile(np.arange(count), len(wanted)), kind="stable")
    return pa.concat_tables(made).take(pa.array(back))


def _share(sigma: Array) -> Array:
    variance = np.square(sigma)
    share: Array = variance / (variance + LOGISTIC)
    return share


@dataclass(frozen=True)
class _Cells:
    """The strata of all models, each once."""

    groups: Groups
    of: Array
    """The model of each stratum."""
    starts: Array
    """The first stratum of each model."""
    x: Array
    n: Array
    crude: Array
    stands: Array
    checks: list[Check]
    codes: Array
    """The category of each stratum in each dimension, a column each."""

    def models(self) -> Iterator[tuple[Array, Array, Array]]:
        """Yield the strata of each model, their design, and the spread of its priors."""
        for model in range(len(self.starts)):
            rows = np.flatnonzero((self.of == model) & self.stands)
            if len(rows) < FEWEST:
                continue
            columns = [np.ones((len(rows), 1))]
            for codes in self.codes[rows].T:
                # A column for each category: none is the one that others are compared with.
                columns.append(np.equal.outer(codes, np.unique(codes)).astype(float))
            design = np.hstack(columns)
            sd = np.full(design.shape[1], EFFECT_SPREAD)
            sd[0] = INTERCEPT_SPREAD
            yield rows, design, sd


def _fitted(cells: _Cells, rows: Array, design: Array, sd: Array) -> Fitted:
    return fit(cells.x[rows], cells.n[rows], design, sd)


def _cells(
    data: pa.Table,
    numerator: str,
    denominator: str,
    strata: Sequence[str],
    by: Sequence[str],
    results: Sequence[str],
) -> _Cells:
    if len(strata) < 2:
        raise FairpracticeError(
            "An intersection needs two dimensions or more",
            fix="Name them: strata=['deprivation', 'ethnicity'].",
        )
    groups = group(data, [*by, *strata], columns=[numerator, denominator], results=results)
    x, n = groups.sum(groups.numbers(numerator)), groups.sum(groups.numbers(denominator))
    cells = groups.table.take(pa.array(groups.starts))
    of = ranks(cells, by)
    codes = np.column_stack([ranks(cells, [name]) for name in strata])
    missing, large = unusable(x, n)
    with quietly():
        checks: list[Check] = [
            (missing, "missing_input", "the numerator or the denominator is missing"),
            (large, "invalid_input", "a number is infinite or too large"),
            ((x < 0) | (n < 0), "invalid_input", "a count is negative"),
            (n == 0, "zero_denominator", "the denominator is zero"),
            (x > n, "invalid_input", "the numerator is larger than the denominator"),
        ]
        crude = x / n
    stands = ~np.logical_or.reduce([condition for condition, _, _ in checks])
    starts = np.flatnonzero(np.diff(of, prepend=-1))
    few = np.bincount(of[stands], minlength=len(starts)) < FEWEST
    checks.append((few[of], "incomplete_groups", f"there are fewer than {FEWEST} strata"))
    return _Cells(groups, of, starts, x, n, crude, stands, checks, codes)
