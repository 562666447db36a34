"""Tables of counts, sums and means from single rows, each cell checked before it is let out."""

import itertools
from collections.abc import Sequence
from typing import Any, Literal

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
import pyarrow as pa

from fairpractice.statistics.disclosure import attack
from fairpractice.statistics.disclosure.choose import Cells, choose
from fairpractice.statistics.disclosure.linked import Linked, Row, Table
from fairpractice.statistics.disclosure.release import protect
from fairpractice.statistics.disclosure.rule import RULE, Rule
from fairpractice.statistics.tables import as_table, one_of, require


CHECKS = {
    "nobody": "nobody, where a count of nobody is not to be shown",
    "threshold": "too few rows",
    "n_k": "too much of the sum is from its largest values",
    "p_percent": "the second largest value could work out the largest",
    "degrees_of_freedom": "too few degrees of freedom",
}
"""What a cell can fail."""

STATISTICS = ("count", "sum", "mean", "standard_deviation")


def tabulate(
    data: Any,
    by: Sequence[str],
    *,
    value: str | None = None,
    statistic: str = "count",
    treatment: Literal["hide", "round"] = "hide",
    totals: Literal["protected", "of_shown"] | None = None,
    negatives: Literal["cell", "table"] = "cell",
    degrees_of_freedom: int | None = None,
    total: str = "all",
    rule: Rule = RULE,
) -> Any:
    """Return a table of a statistic by groups, without the cells that fail a check.

    Parameters
    ----------
    data
        A table with one row a person or an event, of any kind that the statistics here take.
    by
        The columns to group by. There is a cell for every combination of their values.
    value
        The column that is added up; none for ``count``.
    statistic
        ``count``, ``sum``, ``mean`` or ``standard_deviation``.
    treatment
        ``hide`` empties cells that fail; ``round`` rounds all counts instead, as the rule says.
    totals
        ``protected`` adds the true totals over every combination of the columns, and hides what
        could be worked out from them; counts are then rounded as well. ``of_shown`` adds totals of
        what is shown, which are not the true ones. Without it there are none.
    negatives
        Dominance means nothing where values may be negative. ``cell`` fails a cell that holds one,
        and checks the others; ``table`` checks no other cell either once there is one anywhere,
        as acro 1.0.2 does.
    degrees_of_freedom
        Of a standard deviation; left out, one less than the values in a cell.
    total
        What a total has in the columns it adds up over.
    rule
        The threshold, dominance and the rest.

    Returns
    -------
    A table of the kind given: ``by``, ``value``, ``failed`` (the checks, see ``CHECKS``, with
    semicolons between them; empty where all were passed, null where none was made), ``status``
    and ``reason``.

    Raises
    ------
    FairpracticeError
        For a column or a statistic that is not there, and ``protected`` totals of a standard
        deviation.

    Notes
    -----
    With x₁ ≥ x₂ ≥ … the values of a cell and X their sum, it is dominated by the n-k rule when
    x₁ + … + xₙ > kX, and by the p % rule when X − x₁ − x₂ < p x₁ (Hundepool and others 2012,
    section 4.2.2).
    """
    one_of("statistic", statistic, STATISTICS if value else STATISTICS[:1])
    one_of("totals of a standard deviation", str(totals), _TOTALS[statistic])
    table = as_table(data)
    require(table, [*by, *([value] if value else [])], ("value", "failed", "status", "reason"))
    cells = _cells(table, by, value, max(2, rule.largest))
    if totals == "protected":
        cells += _margins(cells, by, total)
    _check(cells, statistic, negatives, degrees_of_freedom, rule)
    if totals == "protected":
        _protect(cells, by, statistic, total, rule)
    else:
        _treat(cells, treatment, rule)
    if totals == "of_shown":
        cells += _of_shown(cells, by, statistic, treatment, total)
    kinds = {name: pa.array([row[name] for row in cells]) for name in by}
    rest = {"value": pa.float64(), "failed": pa.string(), "status": pa.string()}
    arrow = pa.table(
        kinds
        | {name: pa.array([row[name] for row in cells], kind) for name, kind in rest.items()}
        | {"reason": pa.array([_reason(row) for row in cells], pa.string())}
    )
    if isinstance(data, pd.DataFrame):
        return arrow.to_pandas()
    return ibis.memtable(arrow) if isinstance(data, ir.Table) else arrow


_TOTALS = {
    "count": ("None", "protected", "of_shown"),
    "sum": ("None", "protected", "of_shown"),
    "mean": ("None", "protected", "of_shown"),
    "standard_deviation": ("None",),
}


def _cells(table: ir.Table, by: Sequence[str], value: str | None, top: int) -> list[Row]:
    """Return a row for each combination of groups: how many, their sum and largest values."""
    number = table[value].cast("float64") if value else ibis.literal(1.0)
    rows = table.select(*by, number=number)
    rows = rows.filter(rows.number.notnull())
    found = rows.group_by(*by).agg(
        people=rows.count(),
        sum=rows.number.sum(),
        deviation=rows.number.std(how="sample"),
        negative=(rows.number < 0).any(),
    )
    order = ibis.window(group_by=[*by], order_by=ibis.desc("number"))
    largest = rows.mutate(place=ibis.row_number().over(order))
    largest = largest.filter(largest.place < top).select(*by, "number")
    there = {tuple(row[name] for name in by): row for row in found.to_pyarrow().to_pylist()}
    for row in there.values():
        row["largest"] = []
    for row in largest.to_pyarrow().to_pylist():
        there[tuple(row[name] for name in by)]["largest"].append(row["number"])
    groups = [sorted({key[n] for key in there}, key=str) for n in range(len(by))]
    nobody = {"people": 0, "sum": 0.0, "deviation": None, "negative": False}
    return [
        {**dict(zip(by, key, strict=True)), **nobody, "largest": [], **there.get(key, {})}
        for key in itertools.product(*groups)
    ]


def _margins(cells: Sequence[Row], by: Sequence[str], total: str) -> list[Row]:
    """Return the totals over every combination of columns."""
    found: dict[tuple[Any, ...], Row] = {}
    for cell in cells:
        for over in itertools.product((False, True), repeat=len(by)):
            if any(over):
                pairs = zip(by, over, strict=True)
                key = tuple(total if each else cell[name] for name, each in pairs)
                row = {**dict(zip(by, key, strict=True)), "people": 0, "sum": 0.0}
                row |= {"deviation": None, "negative": False, "largest": []}
                row = found.setdefault(key, row)
                row["people"] += cell["people"]
                row["sum"] += cell["sum"]
                row["negative"] |= cell["negative"]
                row["largest"] += cell["largest"]
    return [found[key] for key in sorted(found, key=str)]


def _check(
    cells: Sequence[Row], statistic: str, negatives: str, degrees: int | None, rule: Rule
) -> None:
    """Say of every cell what it fails, and what its value is."""
    undefined = any(row["negative"] for row in cells) and negatives == "table"
    for row in cells:
        people, largest = row["people"], sorted(row["largest"], reverse=True)
        failed = []
        if statistic == "count":
            row["value"] = float(people)
            if people == 0 and rule.zeros == "hidden":
                failed.append("nobody")
            if rule.small(people):
                failed.append("threshold")
        elif statistic == "standard_deviation":
            row["value"] = row["deviation"]
            if (people - 1 if degrees is None else degrees) < rule.degrees_of_freedom:
                failed.append("degrees_of_freedom")
        else:
            row["value"] = row["sum"] if statistic == "sum" else row["sum"] / (people or 1)
            if people <= rule.hidden_up_to:
                failed.append("threshold")
            elif row["negative"]:
                failed += ["n_k", "p_percent"]
            elif not undefined and row["sum"] > 0:
                first = largest[0]
                if sum(largest[: rule.largest]) > rule.share * row["sum"]:
                    failed.append("n_k")
                if row["sum"] - sum(largest[:2]) < rule.p * first:
                    failed.append("p_percent")
        row |= {"failed": ";".join(failed), "status": "hidden" if failed else "ok"}


def _treat(cells: Sequence[Row], treatment: str, rule: Rule) -> None:
    for row in cells:
        if treatment == "round":
            row["value"], row["status"] = rule.rounded(row["value"]), "ok"
        elif row["failed"]:
            row["value"] = None


def _of_shown(
    cells: Sequence[Row], by: Sequence[str], statistic: str, treatment: str, total: str
) -> list[Row]:
    """Return totals of the cells that are left, as they are shown; where rounded, not checked."""
    left = [row for row in cells if row["value"] is not None]
    if statistic != "mean":
        left = [{**row, "sum": row["value"]} for row in left]
    margins = _margins(left, by, total)
    for row in margins:
        row["value"] = row["sum"] / (row["people"] or 1) if statistic == "mean" else row["sum"]
        row |= {"failed": None if treatment == "round" else "", "status": "ok"}
    return margins


def _protect(cells: list[Row], by: Sequence[str], statistic: str, total: str, rule: Rule) -> None:
    """Hide besides what could be worked out from the totals."""
    if statistic == "count":
        rows = [{**{name: row[name] for name in by}, "people": row["people"]} for row in cells]
        done = protect(pa.Table.from_pylist(rows), by=by, counts=["people"], total=total, rule=rule)
        shown = done["people"].to_pylist()
    else:
        hidden = _hidden_sums(cells, by, total, rule)
        shown = [None if hide else row["value"] for hide, row in zip(hidden, cells, strict=True)]
    for row, value in zip(cells, shown, strict=True):
        row |= {"value": value, "status": "hidden" if value is None else "ok"}


def _hidden_sums(cells: list[Row], by: Sequence[str], total: str, rule: Rule) -> list[bool]:
    """Return which sums to hide: of each that fails, nobody may know it to within p % both ways."""
    linked = Linked([Table(None, by=by, counts=["sum"], total=total)])
    for place, row in enumerate(cells):
        linked.add(0, place, row, ["sum"], ())
    linked.tie()
    truth = np.array([row["sum"] for row in cells])
    failed = np.array([bool(row["failed"]) for row in cells])
    nothing = np.full(len(truth), -np.inf if any(row["negative"] for row in cells) else 0.0)
    anything = np.full(len(truth), np.inf)
    hidden = choose(
        Cells(
            ties=attack.matrix(linked.sums, len(truth)),
            truth=truth,
            small=failed,
            low=truth,
            high=truth,
            floor=nothing,
            ceiling=anything,
            rows=[np.array([number]) for number in range(len(truth))],
            worth=1 + np.log2(1 + np.abs(truth)),
            secret=(nothing, anything),
            need=np.where(failed, 2 * rule.p * np.abs(truth), 0.0),
        ),
        rule,
    )
    return list(hidden)


def _reason(row: Row) -> str | None:
    if row["status"] == "ok":
        return None
    if not row["failed"]:
        return "a number that is hidden could be worked out from it"
    return "; ".join(CHECKS[name] for name in row["failed"].split(";"))
