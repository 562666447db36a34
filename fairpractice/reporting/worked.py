"""Did it work? The gap of each measure over time, and what its control chart says of the latest."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from markupsafe import Markup

from fairpractice.measures.results import rows
from fairpractice.measures.trend import GAP, trend_signals
from fairpractice.reporting import charts, sentences
from fairpractice.reporting.findings import Row
from fairpractice.reporting.network import Network
from fairpractice.reporting.parts import SEE_TABLE, Answer, Picture, Table
from fairpractice.statistics.spc.xmr_chart import COMMON, RULES


NOTHING_TRIED = "Nothing has been tried yet that the record can tell"
DRAWN = 3
FEW = 12
"""With fewer dates there is nothing to follow."""
SAYS = {
    "narrower": "narrower",
    "wider": "wider",
    "none": "cannot be told from none",
    "chance": "no more than chance",
    "few": "too few dates",
}


@dataclass(frozen=True)
class Followed:
    """The gap of one measure over the dates on which it is known.

    ``says`` is a key of :data:`SAYS`, ``why`` the rule of the control chart that says so; ``chart``
    the rows of that chart.
    """

    name: str
    first: Row
    last: Row
    says: str
    why: str
    chart: list[Row]


def followed(network: Network) -> list[Followed]:
    """Return the gaps that are known on at least two dates, in the order of the measures."""
    gaps = network.trend_gaps
    if not gaps.num_rows:
        return []
    series = gaps.append_column("series", pa.array([GAP] * gaps.num_rows))
    signals = trend_signals(series, network.measures)
    found = []
    for name in network.measures:
        known = [row for row in rows(gaps, definition=name) if row["value"] is not None]
        known.sort(key=lambda row: row["on"])
        chart = rows(signals, definition=name, series=GAP)
        there = [row for row in chart if row["value"] is not None]
        if len(known) > 1 and there:
            says, why = _says(there, known[0], known[-1])
            found.append(Followed(name, known[0], known[-1], says, why, chart))
    return found


def _says(chart: list[Row], first: Row, latest: Row) -> tuple[str, str]:
    """Return which way the latest point of a gap has moved, by more than chance, and by what.

    A gap that could not be told from none at first has not closed, nor has one opened that cannot
    be told from none now.
    """
    last = chart[-1]
    if len(chart) < FEW or last["variation"] is None:
        return "few", ""
    if last["variation"] == COMMON:
        return "chance", ""
    higher = last["variation"] == "neutral_high"
    # A gap the other way round is wider when it is lower.
    other_way = last["value"] < 0 or (last["value"] == 0 and last["centre"] < 0)
    wider = higher != other_way
    if not sentences.told_from_none(latest if wider else first):
        return "none", ""
    return ("wider" if wider else "narrower"), RULES[last["rule"]]


def answer(network: Network) -> Answer:
    """Answer whether gaps have closed, without saying why."""
    found = followed(network)
    return Answer(
        said=said(network, found),
        folded=("Control charts of gaps", _charts(network, found)) if found else None,
        tables=[table(network, found)] if found else [],
        not_shown="No project, service or change is in the record with the day on which it began, "
        "so that no change of a gap can be put down to anybody’s work, and none is. A measure "
        "that looks back over months shares them with the date before: its control chart finds "
        "more than chance does. Take a change as a question, not as an answer. A gap can close "
        "because the most deprived gained or because the others lost.",
        notes=[_who_else(network, found)],
    )


def _who_else(network: Network, found: list[Followed]) -> str:
    """Say what is worth telling others."""
    closed = [network.measures[each.name].title for each in found if each.says == "narrower"]
    if not closed:
        return (
            "No gap is narrower by more than chance, so there is no success here to pass on yet. "
            "Ask neighbours, and the people it is about, what has worked for them."
        )
    return (
        f"Narrower, and worth asking why before telling others: {'; '.join(closed)}. Ask the "
        "people it is about too. This page names nobody, so it can be shared as it is."
    )


def said(network: Network, found: list[Followed]) -> str:
    """Say how many gaps have changed, and that nobody’s work is known."""
    if not found:
        return f"{NOTHING_TRIED}, and no gap is known on enough dates to be followed."
    days = sorted({row["on"] for row in network.trend_gaps.to_pylist()})
    number = {says: sum(each.says == says for each in found) for says in SAYS}
    if number["few"] == len(found):
        judged = f"{len(days)} dates are too few to tell a change from chance"
    else:
        judged = (
            f"of {len(found)} gaps followed over {len(days)} dates, {number['narrower']} "
            f"{'is' if number['narrower'] == 1 else 'are'} narrower and {number['wider']} wider "
            "than chance alone would make them, by their control charts"
        )
    return f"{NOTHING_TRIED}; {judged}."


def _to_draw(found: list[Followed]) -> list[Followed]:
    """Return the gaps that changed, those that closed first; where none did, the widest."""
    changed = [each for says in ("narrower", "wider") for each in found if each.says == says]
    judged = [each for each in found if each.says != "few"]
    widest = sorted(judged, key=lambda each: (-abs(each.last["value"]), each.name))
    return changed[:DRAWN] or widest[:1]


def _charts(network: Network, found: list[Followed]) -> Answer:
    drawn = _to_draw(found)
    return Answer("", [(picture(network, each), points(network, each)) for each in drawn])


def picture(network: Network, each: Followed) -> Picture:
    """Return the control chart of a gap."""
    asked = network.measures[each.name]
    unit = "percentage points" if asked.unit == "%" else asked.unit
    chart = charts.control_chart(
        each.chart,
        order="on",
        title="Gap, least less most deprived",
        unit=unit,
        describe=f"Control chart of the gap in {asked.title} between the most and the least "
        f"deprived fifth. {chart_says(each)} {SEE_TABLE}",
    )
    caption = f"{asked.title}: the gap on each date, with the limits of its control chart."
    return Picture(Markup(charts.svg(chart)), caption)


def chart_says(each: Followed) -> str:
    """Say what a control chart finds in the latest date, and why."""
    why = f": {each.why}" if each.why else ""
    return f"Its control chart says of the latest date: {SAYS[each.says]}{why}."


def points(network: Network, each: Followed) -> Table:
    """Return the points of a control chart."""
    asked = network.measures[each.name]
    digits = 1 if asked.unit == "%" else 3
    lines = [
        [
            sentences.date(row["on"]),
            *(_plain(row[name], digits) for name in ("value", "lower", "centre", "upper")),
            _variation(row),
        ]
        for row in each.chart
    ]
    headings = ["On", "Gap", "Lower limit", "Centre", "Upper limit", "Control chart says"]
    return Table(
        f"{each.name}-chart",
        f"{asked.title}: control chart of the gap",
        headings,
        lines,
        kind="words",
    )


def _variation(row: Mapping[str, Any]) -> str:
    if row["value"] is None:
        return "not given"
    return RULES[row["rule"]] if row["rule"] else "chance"


def _plain(number: float | None, digits: int) -> str:
    if number is None:
        return "not given"
    return f"{number:,.{digits}f}".replace("-", "\N{MINUS SIGN}")


def table(network: Network, found: list[Followed]) -> Table:
    """Return the first and the latest gap of each, and what its control chart says."""
    lines = []
    for each in found:
        asked = network.measures[each.name]
        digits = 1 if asked.unit == "%" else sentences.places(asked.unit, [each.first, each.last])
        lines.append(
            [
                asked.title,
                f"{sentences.signed(each.first, digits)}, {sentences.date(each.first['on'])}",
                f"{sentences.signed(each.last, digits)}, {sentences.date(each.last['on'])}",
                SAYS[each.says] + (f": {each.why}" if each.why else ""),
            ]
        )
    return Table(
        "followed",
        "Gaps over time: least less most deprived, with their limits",
        ["Measure", "First", "Latest", "Control chart, latest"],
        lines,
        links=[each.name for each in found],
        kind="words",
    )
