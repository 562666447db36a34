"""A release without what would point at few people: tables in, the same tables out, protected."""

from collections.abc import Mapping, Sequence
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from fairpractice.errors import FairpracticeError
from fairpractice.statistics.disclosure import attack
from fairpractice.statistics.disclosure.again import work_out_again
from fairpractice.statistics.disclosure.choose import Cells, choose, leaks
from fairpractice.statistics.disclosure.columns import STATUS, Read, link, read
from fairpractice.statistics.disclosure.linked import REST, Line, Linked, Table
from fairpractice.statistics.disclosure.rule import RULE, Rule


HIDDEN = "too few people, or a number from which too few could be worked out"


def protect(
    release: Any,
    *,
    by: Sequence[str],
    counts: Mapping[str, str] | Sequence[str] | None = None,
    derived: Sequence[str] | None = None,
    parts: Mapping[str, str] | None = None,
    across: Sequence[str] = (),
    breakdown: tuple[str, str] | None = None,
    total: str = "all",
    rule: Rule = RULE,
) -> Any:
    """Return a release of one table without what would point at few people.

    A row is ``hidden``, its counts and everything derived from them emptied, where a count is from
    1 to 7 or where what is left of a whole without its part is; and where such a number could be
    worked out from what is shown. Of the rows left, counts are rounded to the nearest 5, and
    proportions, rates and gaps with their limits are made again from the rounded counts; sums
    behind ratios and means are rounded likewise, so that their limits and values move by less than
    5 over their denominator. Standardised rates and indices of inequality stay as they are.

    Parameters
    ----------
    release
        The whole table, an Ibis, pandas, polars or pyarrow table, as a statistic returns it. All
        that is published together goes in together: several tables by :func:`protect_together`.
    by, counts, derived, parts, across, breakdown, total
        What its columns mean, see :class:`~fairpractice.statistics.disclosure.linked.Table`.
    rule
        The threshold, the rounding and the rest.

    Returns
    -------
    The kind of table given (pyarrow for other Arrow data), with the same rows and columns and, if
    they were not there, ``status`` and ``reason``.

    Raises
    ------
    FairpracticeError
        For a column that is not there, or a column of numbers that is none of these: it might give
        a hidden count away.
    """
    table = Table(
        release,
        by=by,
        counts=counts,
        derived=derived,
        parts=parts,
        across=across,
        breakdown=breakdown,
        total=total,
    )
    return protect_together([table], rule=rule)[0]


def protect_together(
    tables: Sequence[Table], *, rule: Rule = RULE, earlier: Sequence[Table] = ()
) -> list[Any]:
    """Return tables that are published together without what would point at few people.

    As :func:`protect`, of a set of tables: a number is hidden where it could be worked out from any
    of them, or from all together. Every cell has to count the same in all of them.

    Parameters
    ----------
    tables
        All that is published together.
    rule
        The threshold, the rounding and the rest.
    earlier
        Tables that were published before, as they were published. What they show of a cell is
        taken as known. Where the record has changed since, so that a cell can no longer be what
        was shown, the earlier figure tells nothing.

    Raises
    ------
    FairpracticeError
        As :func:`protect`; where two tables give one cell two numbers; and where a number could be
        worked out with the help of the earlier tables whatever is hidden now, naming it.
    """
    ours = [read(table) for table in tables]
    before = [read(table, published=True) for table in earlier]
    linked = link([*ours, *before])
    cells = _cells(linked, ours, before, rule)
    hidden = choose(cells, rule)
    if before and len(told := leaks(cells, hidden, rule)):
        raise FairpracticeError(
            "A number can be worked out with the help of an earlier release, whatever is hidden "
            "in this one",
            where=linked.named(int(told[0])),
            fix="Publish coarser groups, or leave out what this table adds to the earlier ones.",
        )
    lines = _let_out(linked, len(ours))
    secret = {(line.table, line.row) for line, hide in zip(lines, hidden, strict=True) if hide}
    return [_finished(number, table, secret, rule) for number, table in enumerate(ours)]


def _cells(linked: Linked, ours: Sequence[Read], before: Sequence[Read], rule: Rule) -> Cells:
    """Return the true numbers of the cells, and what would be known of each."""
    truth = _truth(linked, ours)
    floor, ceiling = _known_before(linked, [*ours, *before], len(ours), truth, rule)
    certain = ~np.isnan(truth)
    truth = _guessed(linked, truth, floor, ceiling)
    small = np.array([rule.small(number) for number in truth], bool) & certain
    low, high = _if_shown(linked, len(ours), truth, small, rule)
    rows = _let_out(linked, len(ours))
    every = np.ones(len(truth))
    return Cells(
        ties=attack.matrix(linked.sums, len(truth)),
        truth=truth,
        small=small,
        low=low,
        high=high,
        floor=floor,
        ceiling=ceiling,
        rows=[np.unique(line.everything) for line in rows],
        worth=np.array(
            [line.worth * (1 + np.log2(1 + max(truth[line.everything]))) for line in rows]
        ),
        secret=(rule.smallest * every, rule.hidden_up_to * every),
        need=(rule.possible - 1.0) * every,
    )


def _let_out(linked: Linked, ours: int) -> list[Line]:
    """Return the rows that are to be published."""
    return [
        line for line in linked.lines if line.table < ours and linked.tables[line.table].let_out
    ]


def _if_shown(
    linked: Linked,
    ours: int,
    truth: attack.Numbers,
    small: npt.NDArray[np.bool_],
    rule: Rule,
) -> tuple[attack.Numbers, attack.Numbers]:
    """Return the range that each cell is known to be in when the rows that it is in are shown."""
    low, high = np.zeros(len(truth)), np.full(len(truth), np.inf)
    for line in linked.lines:
        if line.table >= ours or small[line.everything].any():
            continue  # such a row is never shown
        known = {cell: rule.known(rule.rounded(truth[cell])) for cell in line.cells.values()}
        for (part, whole), cell in line.rests.items():
            p, w = known[line.cells[part]], known[line.cells[whole]]
            known.setdefault(cell, rule.not_small(w[0] - p[1], w[1] - p[0]))
        for cell, (least, most) in known.items():
            low[cell], high[cell] = max(low[cell], least), min(high[cell], most)
    return low, high


def _truth(linked: Linked, ours: Sequence[Read]) -> attack.Numbers:
    """Return what each cell is, and correct sums that do not hold.

    What a total counts more than its breakdown is a cell of its own; what it counts less says that
    they overlap, and is no sum. A cell in no table is worked out where the others allow it.

    Raises
    ------
    FairpracticeError
        Where two tables give one cell two numbers.
    """
    truth = np.full(len(linked.keys), np.nan)
    for line in linked.lines:
        if line.table >= len(ours):
            continue
        row = ours[line.table].rows[line.row]
        found = {cell: row[name] for name, cell in line.cells.items()}
        found |= {cell: row[whole] - row[part] for (part, whole), cell in line.rests.items()}
        for cell, number in found.items():
            if truth[cell] not in (number,) and not np.isnan(truth[cell]):
                raise FairpracticeError(
                    "Two numbers of a release are given for the same thing, "
                    f"{truth[cell]:g} and {number:g}",
                    where=linked.named(cell),
                    fix="Give counts that differ different names, with counts={column: name}.",
                )
            truth[cell] = number
    found_some = True
    while found_some:
        found_some = False
        for whole, parts in linked.sums:
            unknown = [cell for cell in (whole, *parts) if np.isnan(truth[cell])]
            if len(unknown) == 1:
                rest = truth[whole] - np.nansum(truth[[*parts]])
                truth[unknown[0]] = np.nansum(truth[[*parts]]) if unknown[0] == whole else rest
                found_some = True
    return _with_others(linked, truth)


def _with_others(linked: Linked, truth: attack.Numbers) -> attack.Numbers:
    sums: list[tuple[int, tuple[int, ...]]] = []
    more: list[float] = []
    for whole, parts in linked.sums:
        left = truth[whole] - truth[[*parts]].sum()
        if left > 0:
            label, about, place = linked.key(whole)
            there = frozenset({(REST, (len(sums), *sorted(place, key=str)))})
            parts = (*parts, linked.cell((label, about, place | there)))
            more.append(left)
        if not left < 0:
            sums.append((whole, parts))
    linked.sums = sums
    return np.concatenate([truth, more])


def _known_before(
    linked: Linked, tables: Sequence[Read], ours: int, truth: attack.Numbers, rule: Rule
) -> tuple[attack.Numbers, attack.Numbers]:
    """Return what earlier tables tell of each cell, apart from what no longer holds."""
    floor, ceiling = shown_ranges(linked, tables, range(ours, len(tables)), rule)
    changed = (truth < floor) | (truth > ceiling)
    return np.where(changed, 0.0, floor), np.where(changed, np.inf, ceiling)


def shown_ranges(
    linked: Linked, tables: Sequence[Read], which: range, rule: Rule
) -> tuple[attack.Numbers, attack.Numbers]:
    """Return the range of each cell that some published tables show."""
    low, high = np.zeros(len(linked.keys)), np.full(len(linked.keys), np.inf)
    for line in linked.lines:
        if line.table not in which:
            continue
        row = tables[line.table].rows[line.row]
        for name, cell in line.cells.items():
            if row[name] is not None:
                least, most = rule.known(row[name])
                low[cell], high[cell] = max(low[cell], least), min(high[cell], most)
        for (part, whole), cell in line.rests.items():
            if row[part] is not None and row[whole] is not None:
                p, w = rule.known(row[part]), rule.known(row[whole])
                least, most = rule.not_small(w[0] - p[1], w[1] - p[0])
                low[cell], high[cell] = max(low[cell], least), min(high[cell], most)
    return low, high


def _guessed(
    linked: Linked, truth: attack.Numbers, floor: attack.Numbers, ceiling: attack.Numbers
) -> attack.Numbers:
    """Return the numbers with others that could be true in place of those that nobody knows."""
    unknown = np.isnan(truth)
    tied = [any(unknown[[whole, *parts]]) for whole, parts in linked.sums]
    some = [each for each, found in zip(linked.sums, tied, strict=True) if found]
    if unknown.any():
        low, high = np.where(unknown, floor, truth), np.where(unknown, ceiling, truth)
        try:
            truth = attack.solve(
                attack.matrix(some, len(truth)), low, high, np.ones((1, len(truth))), whole=True
            )[0]
        except (
            attack.ContradictionError,
            attack.UnsolvedError,
        ):  # what is known of them no longer holds
            linked.sums = [e for e, found in zip(linked.sums, tied, strict=True) if not found]
            truth = low
            floor[unknown], ceiling[unknown] = 0, np.inf
    return truth


def _finished(number: int, table: Read, secret: set[tuple[int, int]], rule: Rule) -> Any:
    """Return one table as it may leave."""
    shown = []
    for place, row in enumerate(table.rows):
        if (number, place) in secret:
            # The method too: exact limits are for counts under 10.
            emptied = [*table.counts, *table.derived, *(["method"] if "method" in row else [])]
            row |= {**dict.fromkeys(emptied), "status": "hidden", "reason": HIDDEN}
        else:
            exact = dict(row)
            for name in table.counts:
                row[name] = None if row[name] is None else rule.rounded(row[name])
            shown.append((exact, row))
    work_out_again(shown, table.counts, table.derived, rule)
    schema = _schema(table, rule)
    columns = {name: [row[name] for row in table.rows] for name in schema.names}
    result = pa.table(columns, schema=schema)
    if isinstance(table.meant.rows, pd.DataFrame):
        return result.to_pandas()
    return ibis.memtable(result) if isinstance(table.meant.rows, ir.Table) else result


def _schema(table: Read, rule: Rule) -> pa.Schema:
    kinds = {field.name: field.type for field in table.arrow.schema}
    if rule.rounded_to > 1:
        kinds |= dict.fromkeys(table.counts, pa.int64())
    # A column without a single value in it has no type of its own.
    kinds = {name: pa.float64() if pa.types.is_null(t) else t for name, t in kinds.items()}
    kinds |= dict.fromkeys(STATUS, pa.string())
    return pa.schema(kinds.items())
