"""Whether an index differs between groups: between women and men, or between two regions."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from scipy import stats

from fairpractice.statistics.arrays import Check, quietly
from fairpractice.statistics.cells import Cells, answer, each_row, numbered, seen


RESULT = (
    "compared_with",
    "value",
    "standard_error",
    "confidence",
    "lower",
    "upper",
    "p_value",
    "all_equal_p_value",
    "definition",
    "scale",
    "direction",
    "multiplier",
    "method",
    "status",
    "reason",
)


@quietly()
def difference_between_groups(
    data: Any,
    /,
    group: str,
    reference: str,
    *,
    value: str = "value",
    standard_error: str = "standard_error",
    by: Sequence[str] = (),
    levels: Sequence[float] = (0.95,),
) -> Any:
    """Return by how much a statistic of each group differs from that of one of them.

    Parameters
    ----------
    data
        A row for each group, as the statistics of this package return at one level: an Ibis,
        pandas, polars or pyarrow table.
    group
        The column of words that says which group.
    reference
        The one that others are compared with.
    value, standard_error
        The columns of the statistic and its standard error.
    by
        Columns that say which groups belong together; none of them takes the whole table.
    levels
        Confidence levels between 0 and 1; empty for values without limits.

    Returns
    -------
    The kind of table given, a row for each group and level: the columns of ``by``, the group,
    ``compared_with`` (the reference's statistic), ``value`` (the difference),
    ``standard_error``, ``confidence``, ``lower``, ``upper``, ``p_value`` (that it is zero),
    ``all_equal_p_value`` (that all groups are equal), ``definition``, ``scale``, ``direction``,
    ``multiplier``, ``method``, ``status``, ``reason``. Statuses: ``missing_input``,
    ``invalid_input``, ``incomplete_groups`` (no reference), ``no_limits``.

    Raises
    ------
    FairpracticeError
        For a column that is not there or not numeric.

    Notes
    -----
    Groups are independent samples: z = (I₁ − I₀)/√(se₁² + se₀²), and for all of them
    Q = Σ (I − Ī)²/se², where Ī is their mean weighted by 1/se², which is χ² with one degree of
    freedom fewer than there are groups (Cochran 1954, Biometrics 10:101).
    """
    rows = each_row(data, (*by, group), {"y": value, "se": standard_error}, RESULT)
    names = rows.keys.column_names
    of, size = numbered([rows.keys[name] for name in names[:-1]], rows.size)
    whole = Cells(rows.keys, of, size, {})
    count = rows.total(1.0)
    y, se = rows.total(rows["y"]), rows.total(rows["se"])
    label = np.array(rows.keys[names[-1]].cast(pa.string()).to_pylist(), dtype=object)
    chosen = label == reference
    compared = whole.total(np.where(chosen, y, 0.0))[of]
    own = whole.total(np.where(chosen, se, 0.0))[of]
    result = y - compared
    spread = np.where(chosen, 0.0, np.sqrt(se**2 + own**2))
    weight = 1 / se**2
    mean = whole.total(weight * y) / whole.total(weight)
    scatter = whole.total(weight * (y - mean[of]) ** 2)
    groups = whole.total(1.0)
    together = np.asarray(stats.chi2.sf(scatter, np.where(groups > 1, groups - 1, np.nan)))
    checks: list[Check] = [
        (whole.total(np.where(chosen, 1.0, 0.0))[of] != 1, "incomplete_groups", "the reference "
         "is not there"),
        (count > 1, "invalid_input", "a group comes more than once"),
        (whole.total(chosen & (count > 1))[of] > 0, "invalid_input", "a group comes more than "
         "once"),
        (np.isnan(y) | np.isnan(compared), "missing_input", "a value is missing"),
        (~seen(y), "invalid_input", "a value is infinite or too large"),
        (chosen, "no_limits", "it is the reference itself"),
        (~(se > 0) | ~(own > 0), "no_limits", "a standard error is missing or not above zero"),
    ]  # fmt: skip
    return answer(
        data,
        (*by, group),
        rows,
        levels,
        {
            "compared_with": compared,
            "value": result,
            "standard_error": spread,
            "p_value": 2 * stats.norm.sf(np.abs(result) / np.where(spread > 0, spread, np.nan)),
            "all_equal_p_value": together[of],
            "definition": "difference",
            "scale": "value",
            "direction": "group_minus_reference",
            "multiplier": 1.0,
            "method": "normal, independent groups",
        },
        limits=lambda z, _: (result - z * spread, result + z * spread),
        checks=checks,
        order=RESULT,
    )
