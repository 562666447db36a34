"""An outsider's attempt on a release: what can each hidden number be, given all that is let out?"""

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from fairpractice.errors import FairpracticeError
from fairpractice.statistics.disclosure import attack
from fairpractice.statistics.disclosure.attack import Numbers, Places
from fairpractice.statistics.disclosure.choose import harmless
from fairpractice.statistics.disclosure.columns import Read, link, read
from fairpractice.statistics.disclosure.linked import Linked, Table
from fairpractice.statistics.disclosure.rule import RULE, Rule


SCHEMA = pa.schema(
    [
        ("cell", pa.string()),
        ("table", pa.int64()),
        ("least", pa.float64()),
        ("most", pa.float64()),
        ("finding", pa.string()),
        ("reason", pa.string()),
    ]
)
FINDINGS = {
    "safe": "enough numbers are possible, or it cannot be a small one",
    "worked_out": "too few numbers are possible for it",
    "small": "a small number is shown",
    "beside": "something worked out from it stands beside a hidden number",
    "changed": "an earlier release shows another number for it",
    "unsettled": "the solver came to no end",
}
"""What ``finding`` can say. All but ``safe`` fail a release."""


def audit(
    tables: Table | Sequence[Table], *, earlier: Sequence[Table] = (), rule: Rule = RULE
) -> pa.Table:
    """Try to work out every hidden number of a release, as somebody who sees it would.

    Nothing is known of a hidden number but that it is not negative. Of a shown one is known which
    numbers are rounded to it, none of which is small. Sums tie them (see
    :class:`~fairpractice.statistics.disclosure.linked.Linked`). For each hidden number, and each
    that is in no table but ties some, an integer programme finds the least and the most that it can
    be.

    Parameters
    ----------
    tables
        The release as it is published. A row is hidden where its ``status`` says so, or without
        that column where a count is missing.
    earlier
        Other tables that have been published, to be put together with it.
    rule
        What the release keeps to. Where any of its counts is not rounded, all are taken to be
        exact; so too of each earlier table.

    Returns
    -------
    pa.Table
        A row a number: ``cell`` (what and where), ``table`` (the place of its table, from 0,
        earlier ones last; null for what is in none), ``least`` and ``most`` (null where it could be
        anything), ``finding`` (see ``FINDINGS``) and ``reason``. What is amiss stands first.
    """
    now = [tables] if isinstance(tables, Table) else tables
    all_read = [read(table, published=True) for table in (*now, *earlier)]
    linked = link(all_read)
    low, high, rows = _shown(linked, all_read, len(now), rule)
    hidden = ~(np.isfinite(high))
    standing = {cell: line.table for line in reversed(linked.lines) for cell in line.everything}
    for part in attack.components(attack.matrix(linked.sums, len(linked.keys))):
        inside = {cell: place for place, cell in enumerate(part.tolist())}
        sums = [
            (inside[whole], tuple(inside[cell] for cell in parts))
            for whole, parts in linked.sums
            if whole in inside
        ]
        targets = np.flatnonzero(hidden[part])
        if len(targets):
            least, most, found = _attacked(sums, low[part], high[part], targets, rule)
            for cell, lowest, highest, finding in zip(
                part[targets].tolist(), least, most, found, strict=True
            ):
                rows.append(_row(linked.named(cell), standing.get(cell), lowest, highest, finding))
    rows.sort(key=lambda row: (row["finding"] == "safe", row["table"] is None))
    return pa.Table.from_pylist(rows, SCHEMA)


def refuse(found: pa.Table) -> None:
    """Refuse a release that an audit has found fault with.

    Raises
    ------
    FairpracticeError
        Naming the cells, what each can be, and why that is too close.
    """
    amiss = [row for row in found.to_pylist() if row["finding"] != "safe"]
    if amiss:
        more = f"; and {len(amiss) - 5} more" if len(amiss) > 5 else ""
        raise FairpracticeError(
            f"This release gives away {len(amiss)} numbers that it should not",
            where="; ".join(said(row) for row in amiss[:5]) + more,
            fix="Protect all its tables together, with any earlier release of the same numbers.",
        )


def said(row: dict[str, Any]) -> str:
    """Return a row of an audit in words."""
    if row["most"] is None:
        return f"{row['cell']}: {row['reason']}"
    least, most = f"{row['least']:,.0f}", f"{row['most']:,.0f}"
    can = f"is {least}" if least == most else f"is {least} to {most}"
    return f"{row['cell']} {can}: {row['reason']}"


def _shown(
    linked: Linked, tables: Sequence[Read], now: int, rule: Rule
) -> tuple[Numbers, Numbers, list[dict[str, Any]]]:
    """Return what is shown of each cell, and what is amiss with it as it stands."""
    rules = [_rule_of(tables[:now], rule)] * now
    rules += [_rule_of([table], rule) for table in tables[now:]]
    low, high = np.zeros(len(linked.keys)), np.full(len(linked.keys), np.inf)
    rows = []
    for line in linked.lines:
        table, of = tables[line.table], rules[line.table]
        row = table.rows[line.row]
        known = {c: of.known(row[n]) for n, c in line.cells.items() if row[n] is not None}
        for (part, whole), cell in line.rests.items():
            if row[part] is not None and row[whole] is not None:
                p, w = known[line.cells[part]], known[line.cells[whole]]
                known[cell] = of.not_small(w[0] - p[1], w[1] - p[0])
                if of.rounded_to == 1:
                    known[cell] = (row[whole] - row[part],) * 2
        for cell, (least, most) in known.items():
            name = linked.named(cell)
            if of.rounded_to == 1 and rule.small(least) and line.table < now:
                rows.append(_row(name, line.table, least, most, "small"))
            if max(low[cell], least) > min(high[cell], most):
                rows.append(_row(name, line.table, least, most, "changed"))
            else:
                low[cell], high[cell] = max(low[cell], least), min(high[cell], most)
        if table.hidden(row) and any(row[name] is not None for name in table.derived):
            cell = next(c for n, c in line.cells.items() if row[n] is None)
            rows.append(_row(linked.named(cell), line.table, None, None, "beside"))
    return low, high, rows


def _rule_of(tables: Sequence[Read], rule: Rule) -> Rule:
    """Return the rule that tables keep to: without rounding where a count of any is not."""
    counts = (row[name] for table in tables for row in table.rows for name in table.counts)
    if all(n is None or (n == rule.rounded(n) and not rule.small(n)) for n in counts):
        return rule
    return dataclasses.replace(rule, rounded_to=1)


def _attacked(
    sums: list[tuple[int, tuple[int, ...]]],
    low: Numbers,
    high: Numbers,
    targets: Places,
    rule: Rule,
) -> tuple[list[float | None], list[float | None], list[str]]:
    """Return the least and the most of each target, and what that means."""
    ends = np.concatenate([low, high[np.isfinite(high)]])
    whole = bool(np.all(ends == np.round(ends)))
    sums = [each for each in sums if high[each[0]] >= low[[*each[1]]].sum()]  # no sum: they overlap
    short = [low[total] > high[[*parts]].sum() for total, parts in sums]
    for loose in (short, [True] * len(sums)):
        # A total that counts more than its breakdown has others, of whom nothing is said.
        others = iter(range(len(low), len(low) + sum(loose)))
        tied = [
            (total, (*parts, next(others)) if more else parts)
            for (total, parts), more in zip(sums, loose, strict=True)
        ]
        least_known = np.concatenate([low, np.zeros(sum(loose))])
        most_known = np.concatenate([high, np.full(sum(loose), np.inf)])
        ties = attack.matrix(tied, len(least_known))
        try:
            least, most = attack.ranges(ties, least_known, most_known, targets, whole=whole)
            break
        except attack.ContradictionError:
            continue
        except attack.UnsolvedError:
            return _unsettled(targets)
    else:
        return _unsettled(targets)
    close = (most - least < rule.possible - 1) & ~harmless(least, most, rule)
    return least.tolist(), most.tolist(), np.where(close, "worked_out", "safe").tolist()


def _unsettled(
    targets: Places,
) -> tuple[list[float | None], list[float | None], list[str]]:
    return [None] * len(targets), [None] * len(targets), ["unsettled"] * len(targets)


def _row(
    cell: str, table: int | None, least: float | None, most: float | None, finding: str
) -> dict[str, Any]:
    return {
        "cell": cell,
        "table": table,
        "least": least,
        "most": None if most is None or np.isinf(most) else most,
        "finding": finding,
        "reason": FINDINGS[finding],
    }
