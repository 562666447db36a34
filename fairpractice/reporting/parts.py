"""The parts of the report page: what is said, drawn and put in a table for each definition."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from fairpractice.criteria.definition import Definition
from fairpractice.measures.measure import Measure
from fairpractice.measures.results import rows
from fairpractice.population.groups import GROUPINGS
from fairpractice.reporting import charts, findings, sentences
from fairpractice.reporting.findings import Row
from fairpractice.reporting.network import EXCEPTED, FIFTHS, Network
from fairpractice.reporting.sentences import amount, brief, places, signed


SEE_TABLE = "The table that follows has the numbers."


@dataclass(frozen=True)
class Table:
    """A table: the first cell of a row names it, the others are numbers.

    ``id`` is its own on the page; ``note`` explains a mark in it; ``links`` are the ids of the
    parts of the page that its rows are about, where they are; ``kind`` says whether the other
    cells are ``numbers`` or ``words``.
    """

    id: str
    caption: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str = ""
    links: Sequence[str] = ()
    kind: str = "numbers"


@dataclass(frozen=True)
class Picture:
    """A chart, and the caption that stands under it."""

    svg: Markup
    caption: str


@dataclass(frozen=True)
class Answer:
    """What is said to one of the six questions, and shown: each picture with its table.

    What is ``folded`` under a title is opened by those who want more.
    """

    said: str
    pictures: Sequence[tuple[Picture, Table]] = ()
    tables: Sequence[Table] = ()
    notes: Sequence[str] = ()
    not_shown: str = ""
    folded: tuple[str, "Answer"] | None = None


@dataclass(frozen=True)
class Breakdown:
    """A measure by one grouping."""

    title: str
    sentence: str
    picture: Picture | None
    table: Table


@dataclass(frozen=True)
class Part:
    """All that is shown of one measure or rule."""

    id: str
    definition: Definition
    sentences: Sequence[str]
    picture: Picture | None
    table: Table
    over_time: tuple[str, Picture, Table] | None
    breakdowns: Sequence[Breakdown]
    beside: Table | None
    excepted: str


def measure(network: Network, name: str) -> Part:
    """Return what is shown of a measure."""
    asked = network.measures[name]
    said = [
        findings.unequal(network, name),
        sentences.across_all(findings.one(network.slopes, definition=name), asked.unit),
    ]
    title = asked.title if asked.unit == "%" else f"{asked.title}: mean"
    return _part(network, name, said, title, asked.unit, pictures=True)


def rule(network: Network, name: str) -> Part:
    """Return what is shown of a rule."""
    said = [findings.missing(network, name)]
    return _part(network, name, said, "Share of those it is about", "%", pictures=False)


def _part(
    network: Network, name: str, said: Sequence[str], axis: str, unit: str, *, pictures: bool
) -> Part:
    asked = network.definition(name)
    shown = findings.groups(network, name, FIFTHS)
    breakdowns = [
        breakdown
        for grouping in network.groups
        if (breakdown := _breakdown(network, name, grouping, axis, unit, pictures))
    ]
    return Part(
        id=name,
        definition=asked,
        sentences=[sentence for sentence in said if sentence],
        picture=gradient(asked.title, "deprivation", shown, axis, unit),
        table=_by_deprivation(network, name, shown, unit),
        over_time=_over_time(network, name),
        breakdowns=breakdowns,
        beside=_beside(network, name),
        excepted=_excepted(network, name),
    )


def gradient(
    title: str,
    by: str,
    shown: Sequence[tuple[str, Row]],
    axis: str,
    unit: str,
    along: charts.Axis | None = None,
) -> Picture | None:
    """Return a picture of a point and its limits a group; nothing where no value is shown."""
    if not any(row["value"] is not None for _, row in shown):
        return None
    digits = places(unit, [row for _, row in shown])
    points = [
        {
            "label": label,
            "text": "hidden: too few people"
            if row["value"] is None
            else amount(row["value"], unit, digits),
            **{key: row[key] for key in ("value", "lower", "upper")},
        }
        for label, row in shown
    ]
    along = along or charts.axis(points, at_most=100 if unit == "%" else float("inf"))
    said = "; ".join(f"{point['label']}: {point['text']}" for point in points)
    chart = charts.gradient(
        points,
        title=axis,
        unit=unit if unit == "%" else "",
        describe=f"Chart of {title} by {by}, a point and its limits for each group. {said}. "
        f"{SEE_TABLE}",
        along=along,
    )
    caption = f"{title} by {by}. Points are values, lines their 95\N{NO-BREAK SPACE}% limits."
    if along.note:
        caption += f" The {along.note}."
    return Picture(Markup(charts.svg(chart)), caption)


def _by_deprivation(
    network: Network, name: str, shown: Sequence[tuple[str, Row]], unit: str
) -> Table:
    asked = network.definition(name)
    headings, counts = _counts(asked, GROUPINGS[FIFTHS].title)
    known = {row["group"]: row for row in rows(network.told, definition=name, grouping=FIFTHS)}
    some_unknown = any(row["value"] not in (None, 100) for row in known.values())
    everybody = findings.total(network, name)
    lines = [*shown, *([("Everybody", everybody)] if everybody else [])]
    known[findings.EVERYBODY] = findings.told(network, name) or {}
    digits = places(unit, [row for _, row in lines])
    table = []
    for label, row in lines:
        cells = [label, brief(row, unit, digits), *(number(row[count]) for count in counts)]
        if some_unknown:
            share = known.get(row["group"], {}).get("value")
            cells.append(sentences.HIDDEN if share is None else amount(share, "%", 1))
        table.append(cells)
    if some_unknown:
        headings = [*headings, "It can be told for"]
    return Table(f"{name}-deprivation", f"{asked.title} by deprivation", headings, table)


def _breakdown(
    network: Network, name: str, grouping: str, axis: str, unit: str, picture: bool
) -> Breakdown | None:
    shown = findings.groups(network, name, grouping)
    if len(shown) < 2 or all(row["value"] is None for _, row in shown):
        return None
    title = GROUPINGS[grouping].title
    asked = network.definition(name)
    headings, counts = _counts(asked, title)
    digits = places(unit, [row for _, row in shown])
    table = [
        [label, brief(row, unit, digits), *(number(row[count]) for count in counts)]
        for label, row in shown
    ]
    by = title.lower()
    return Breakdown(
        title,
        sentences.spread(shown, unit),
        # Of two groups, a picture says no more than the sentence.
        gradient(asked.title, by, shown, axis, unit) if picture and shown[2:] else None,
        Table(f"{name}-{grouping}", f"{asked.title} by {by}", headings, table),
    )


def _counts(asked: Definition, first: str) -> tuple[list[str], list[str]]:
    """Return the headings of a table of figures, and the counts among its columns."""
    kind = asked.kind if isinstance(asked, Measure) else "rule"
    counted, of = {
        "proportion": ("People counted", "Of people"),
        "ratio": ("Number counted", "Of"),
        "rule": ("People found", "Of people it is about"),
        "mean": ("", "People"),
    }[kind]
    headings = [first, "Value (95\N{NO-BREAK SPACE}% limits)", *([counted] if counted else []), of]
    return headings, ["numerator", "denominator"] if counted else ["denominator"]


def _over_time(network: Network, name: str) -> tuple[str, Picture, Table] | None:
    asked = network.definition(name)
    if not isinstance(asked, Measure) or not network.trend.num_rows:
        return None
    trend = rows(network.trend, definition=name, grouping=FIFTHS)
    gaps = {row["on"]: row for row in rows(network.trend_gaps, definition=name)}
    ends = {
        group: {row["on"]: row for row in trend if row["group"] == group} for group in ("1", "5")
    }
    days = sorted(gaps)
    if sum(gap["value"] is not None for gap in gaps.values()) < 2:
        return None
    labels = {"1": charts.MOST, "5": charts.LEAST}
    lines = [
        {"label": labels[group], "on": day, **value_and_limits(ends[group].get(day))}
        for group in labels
        for day in days
    ]
    first, last = findings.trend_ends(network, name)
    said = sentences.since(first, last, asked.unit)
    chart = charts.over_time(
        lines,
        [{"on": day, **value_and_limits(gaps[day])} for day in days],
        title=asked.title if asked.unit == "%" else "Mean",
        unit=asked.unit if asked.unit == "%" else "",
        describe=f"Chart of {asked.title} at month-ends in the most and the least deprived fifth, "
        f"and of the gap between them, with limits. {said} {SEE_TABLE}",
    )
    digits = places(asked.unit, [row for each in ends.values() for row in each.values()])
    table = [
        [
            sentences.date(day),
            *(brief(ends[group].get(day), asked.unit, digits) for group in ("1", "5")),
            signed(gaps[day], digits),
        ]
        for day in days
    ]
    headings = ["On", charts.MOST, charts.LEAST, "Gap: least less most"]
    caption = f"{asked.title} over time. Bands are 95\N{NO-BREAK SPACE}% limits."
    return (
        said,
        Picture(Markup(charts.svg(chart)), caption),
        Table(f"{name}-time", f"{asked.title} at month-ends", headings, table),
    )


def value_and_limits(row: Row | None) -> dict[str, Any]:
    """Return what is drawn of a figure."""
    return {key: None if row is None else row[key] for key in ("value", "lower", "upper")}


def _beside(network: Network, name: str) -> Table | None:
    found = rows(network.beside, definition=name, grouping="outcome")
    if not found:
        return None
    order = list(network.definition(name).outcomes)
    found.sort(key=lambda row: order.index(row["group"]))
    table = [
        [row["group"][0].upper() + row["group"][1:], number(row["numerator"]), sentences.share(row)]
        for row in found
    ]
    return Table(
        f"{name}-beside",
        f"{network.definition(name).title}: what else is known of the people found",
        ["Also recorded", "People", "Of those found"],
        table,
    )


def _excepted(network: Network, name: str) -> str:
    row = findings.one(network.beside, definition=name, grouping=EXCEPTED)
    if row is None or row["numerator"] == 0:
        return ""
    if row["numerator"] is None:
        return "A few people it would be about are excepted."
    return (
        f"{sentences.people(row['numerator'])} it would be about are excepted "
        f"({sentences.share(row)} of them and the others together)."
    )


def number(count: float | None) -> str:
    """Return a count, or that it is hidden."""
    return sentences.HIDDEN if count is None else f"{count:,.0f}"
