"""The parts of a release as pages show them: sentences, charts and tables, drawn once."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa

from fairpractice.codelists import Codelists
from fairpractice.measures.need import PRACTICE
from fairpractice.measures.results import kind_of, rows
from fairpractice.population.groups import GROUPINGS
from fairpractice.reporting import charts, findings, parts, recorded, sentences, worked
from fairpractice.reporting.findings import Row
from fairpractice.reporting.named_set import of_release
from fairpractice.reporting.network import FIFTHS, Network
from fairpractice.reporting.parts import Picture, Table
from fairpractice.statistics.funnels import funnel, funnel_lines


FEWEST_PRACTICES = 3
"""With fewer, whoever knows one of them knows the other."""
LEVELS = (0.95, 0.998)
FIGURE = ("numerator", "denominator", "value", "lower", "upper", "status")
GAP = "gap: least less most deprived"
AGAINST_CHANCE = {
    ("within", "within"): "no more than chance",
    ("high", "within"): "above the 95 % limits: 1 in 40 would be, by chance",
    ("low", "within"): "below the 95 % limits: 1 in 40 would be, by chance",
    ("high", "high"): "above the 99.8 % limits: more than chance",
    ("low", "low"): "below the 99.8 % limits: more than chance",
}

Shown = dict[str, Any]


def measures(network: Network) -> Iterator[tuple[str, Shown, Shown, list[Row]]]:
    """Yield each measure by id, the widest gap first: its summary, its page and its rows."""
    followed = {each.name: each for each in worked.followed(network)}
    for name in _by_gap(network):
        summary = _summary(network, name, followed.get(name))
        page = _page(network, name, followed.get(name))
        yield name, summary, page, _rows(network, name, page)


def _by_gap(network: Network) -> list[str]:
    """Return the measures: gaps that the data can tell from none first, the widest first."""
    gaps = {row["definition"]: row for row in network.gaps.to_pylist()}

    def order(name: str) -> tuple[bool, bool, float, str]:
        gap = gaps.get(name)
        wide = abs(gap["value"]) if gap and gap["value"] is not None else 0.0
        told = sentences.told_from_none(gap)
        return not told, network.measures[name].unit != "%", -wide, network.measures[name].title

    return sorted(network.measures, key=order)


def _summary(network: Network, name: str, followed: worked.Followed | None) -> Shown:
    asked = network.measures[name]
    most, least = findings.ends(network, name)
    gap = findings.gap(network, name)
    digits = sentences.places(asked.unit, [most, least])
    return {
        "said": findings.unequal(network, name),
        "most": sentences.brief(most, asked.unit, digits),
        "least": sentences.brief(least, asked.unit, digits),
        "gap": sentences.signed(gap, digits),
        "told": sentences.told_from_none(gap),
        "trend": worked.SAYS[followed.says] if followed else worked.SAYS["few"],
    }


def _page(network: Network, name: str, followed: worked.Followed | None) -> Shown:
    part = parts.measure(network, name)
    asked = network.measures[name]
    said, *across_all = part.sentences
    sections = [section("By deprivation", " ".join(across_all), part.picture, part.table)]
    sections += [section(f"By {_small(b.title)}", b.sentence, b.picture, b.table)
                 for b in part.breakdowns]  # fmt: skip
    there = {each.table.id.removeprefix(f"{name}-") for each in part.breakdowns}
    time = []
    if part.over_time:
        words, picture, table = part.over_time
        time.append(section("At month-ends", words, picture, table))
    if followed:
        chart = worked.picture(network, followed)
        time.append(
            section(
                "The gap as a control chart",
                worked.chart_says(followed),
                chart,
                worked.points(network, followed),
            )
        )
    left_out = [each for each in network.groups if each not in there]
    return {
        "said": [said],
        "excepted": part.excepted,
        "why": asked.why,
        "notes": asked.notes,
        "source": asked.source,
        "sections": sections,
        "time": time,
        "left_out": left_out,
        "hidden": [_small(GROUPINGS[each].title) for each in left_out],
        "practices": _practices(network, name),
    }


def section(title: str, said: str, picture: Picture | None, table: Table) -> Shown:
    """Return one chart with its sentence and its table."""
    return {
        "title": title,
        "said": said,
        "svg": str(picture.svg) if picture else "",
        "caption": picture.caption if picture else "",
        "table": {
            "id": table.id,
            "caption": table.caption,
            "headings": list(table.headings),
            "rows": [list(row) for row in table.rows],
            "note": table.note,
        },
    }


def _practices(network: Network, name: str) -> Shown | None:
    """Return the funnel of practices and its rows, each with the practice's code."""
    asked = network.measures[name]
    here = [row for row in rows(network.figures, definition=name, grouping=PRACTICE)
            if row["group"]]  # fmt: skip
    here.sort(key=lambda row: str(row["group"]))
    if len(here) < FEWEST_PRACTICES:
        return None
    digits = sentences.places(asked.unit, here)
    whole = findings.total(network, name)
    shown: Shown = {
        "rows": [
            {
                "code": row["group"],
                "cells": [
                    sentences.brief(row, asked.unit, digits),
                    parts.number(row["numerator" if kind_of(asked) != "mean" else "denominator"]),
                    *([parts.number(row["denominator"])] if kind_of(asked) != "mean" else []),
                ],
            }
            for row in here
        ],
        "everybody": sentences.brief(whole, asked.unit, digits),
        "headings": ["Value (95\N{NO-BREAK SPACE}% limits)"],
        "svg": "",
        "caption": "",
        "said": "",
    }
    shown["headings"] += {"proportion": ["People counted", "Of people"], "ratio": ["Number", "Of"],
                          "mean": ["People"]}[kind_of(asked)]  # fmt: skip
    known = [row for row in here if row["value"] is not None]
    if kind_of(asked) == "proportion" and len(known) >= FEWEST_PRACTICES:
        shown |= _funnel(asked.title, known, whole, shown["rows"])
        shown["headings"] = [*shown["headings"], "Against chance"]
    return shown


def _funnel(title: str, known: Sequence[Row], whole: Row | None, lines: list[Shown]) -> Shown:
    """Draw the funnel, and put into each line how it stands against chance."""
    counts = pa.table({name: [row[name] for row in known]
                       for name in ("group", "numerator", "denominator")})  # fmt: skip
    baseline = whole["value"] / 100 if whole and whole["value"] is not None else None
    options: dict[str, Any] = {
        "kind": "proportion", "levels": LEVELS, "baseline": baseline, "multiplier": 100,
    }  # fmt: skip
    units = funnel(counts, "numerator", "denominator", **options).to_pylist()
    drawn = funnel_lines(counts, "numerator", "denominator", **options).to_pylist()
    stands: dict[str, list[str]] = {}
    for row in sorted(units, key=lambda row: row["confidence"]):
        stands.setdefault(row["group"], []).append(row["position"] or "within")
    for line in lines:
        inner, outer = stands.get(line["code"], ("", ""))
        line["cells"].append(AGAINST_CHANCE.get((inner, outer), sentences.HIDDEN))
    above, below = (sum(outer == side for _, outer in stands.values()) for side in ("high", "low"))
    beyond = f"{_are(above)} above and {_are(below)} below" if above or below else "none is beyond"
    said = (
        f"Of {len(known)} practices that can be shown, {beyond} the 99.8\N{NO-BREAK SPACE}% "
        "limits, beyond which chance alone would hardly put one."
    )
    points = [{**row, "label": ""} for row in units]
    chart = charts.funnel(
        points,
        drawn,
        title=title,
        unit="%",
        size="People it is about",
        describe=f"Funnel of {title} by practice. {said} {parts.SEE_TABLE}",
    )
    caption = f"{title}: a point for each practice, by how many people it is about."
    return {"svg": charts.svg(chart), "caption": caption, "said": said}


def _are(number: int) -> str:
    return f"{number or 'none'} {'are' if number > 1 else 'is'}"


def _small(title: str) -> str:
    return title[0].lower() + title[1:]


def _rows(network: Network, name: str, page: Shown) -> list[Row]:
    """Return the rows of a measure's download: what its page shows, and nothing else."""
    asked = network.measures[name]
    left_out = {*page["left_out"], *([] if page["practices"] else [PRACTICE])}
    tables: list[tuple[pa.Table, str]] = [
        (network.figures, ""),
        (network.gaps, GAP),
        (network.trend, ""),
        (network.trend_gaps, GAP),
    ]
    found: dict[tuple[str, str, str], Row] = {}
    for table, what in tables:
        for row in rows(table, definition=name) if table.num_rows else ():
            grouping, group = row.get("grouping") or FIFTHS, row.get("group") or ""
            if grouping in left_out or (grouping == PRACTICE and not group):
                continue
            line = line_of(row, asked.title, grouping, what or group)
            found.setdefault((str(line["on"]), line["grouping"], line["group"]), line)
    return list(found.values())


def line_of(row: Mapping[str, Any], title: str, grouping: str, group: str) -> Row:
    """Return a row of a download; a practice keeps its code until it is shown."""
    label = group if grouping == PRACTICE else GROUPINGS[grouping].label(group)
    return {
        "measure": title,
        "on": row["on"].isoformat(),
        "by": GROUPINGS[grouping].title,
        "grouping": grouping,
        "group": group,
        "label": label,
        **{name: row.get(name) for name in FIGURE},
    }


def sets(network: Network, codelists: Codelists) -> Iterator[tuple[str, Shown, list[Row]]]:
    """Yield each named set by id: its page and its rows."""
    for id, of in network.sets.items():
        found = of_release(network, id, codelists)
        areas = []
        for area in of.areas:
            asked = [name for name in area.measures if name in found.measures]
            areas.append(
                {
                    "title": area.title,
                    "asks": area.asks,
                    "elsewhere": area.elsewhere,
                    "sections": [_of_set(network, found, name) for name in asked],
                }
            )
        page = {
            "about": of.about,
            "source": of.source,
            "areas": areas,
            "unavailable": [
                f"{network.measures[name].title if name in network.measures else name}: {why}"
                for name, why in found.unavailable.items()
            ],
        }
        lines = [
            {
                **line_of(row, found.measures[row["definition"]].title, "all", "all"),
                "by": of.title,
                "grouping": row["grouping"],
                "group": row["group"],
                "label": found.label(row["grouping"], row["group"]),
            }
            for row in found.figures.to_pylist()
        ]
        yield id, page, lines


def _of_set(network: Network, found: Any, name: str) -> Shown:
    asked = found.measures[name]
    here = {row["grouping"]: row for row in rows(found.figures, definition=name)}
    shown = [
        (found.label(grouping, "in" if grouping != "all" else "all"), here[grouping])
        for grouping in ("all", *found.groupings())
        if grouping in here and here[grouping]["status"] != "zero_denominator"
    ]
    digits = sentences.places(asked.unit, [row for _, row in shown])
    table = Table(
        f"set-{name}",
        f"{asked.title}, of whom",
        ["Of whom", "Value (95\N{NO-BREAK SPACE}% limits)", "Of people"],
        [
            [label, sentences.brief(row, asked.unit, digits), parts.number(row["denominator"])]
            for label, row in shown
        ],
    )
    picture = parts.gradient(asked.title, "group", shown, asked.title, asked.unit)
    return section(asked.title, findings.unequal(network, name), picture, table)


def what_is_recorded(network: Network) -> tuple[Shown, list[Row]]:
    """Return the page of what is recorded and for whom, and its rows."""
    tables = [
        section("", "", None, table)
        for grouping in (FIFTHS, *network.groups)
        if (table := recorded.table(network, grouping))
    ]
    picture = recorded.picture(network)
    page = {
        "said": recorded.said(network),
        "svg": str(picture.svg) if picture else "",
        "caption": picture.caption if picture else "",
        "tables": tables,
    }
    lines = [
        line_of(row, asked.title, row["grouping"], row["group"])
        for name, asked in network.completeness.items()
        for row in rows(network.figures, definition=name)
        if row["grouping"] != PRACTICE
    ]
    return page, lines
