"""The part of the report page about what is recorded, and for whom."""

from markupsafe import Markup

from fairpractice.measures.results import rows
from fairpractice.population.groups import GROUPINGS
from fairpractice.reporting import charts, findings, sentences
from fairpractice.reporting.network import Network
from fairpractice.reporting.parts import SEE_TABLE, Picture, Table, value_and_limits
from fairpractice.reporting.sentences import brief


def picture(network: Network) -> Picture | None:
    """Return the chart of what is recorded at the two ends of deprivation."""
    if not network.edition:
        return None
    points = []
    for name, asked in network.completeness.items():
        for label, row in zip(
            (charts.MOST, charts.LEAST), findings.ends(network, name), strict=True
        ):
            if row is None or row["status"] == "zero_denominator":
                continue
            text = sentences.HIDDEN if row["value"] is None else sentences.share(row)
            points.append(
                {"label": asked.title, "end": label, "text": text, **value_and_limits(row)}
            )
    if not points:
        return None
    listed = "; ".join(f"{p['label']}, {p['end'].lower()}: {p['text']}" for p in points)
    chart = charts.completeness(
        points,
        describe="Chart of the share of people for whom each thing is recorded, in the most and "
        f"the least deprived fifth. {listed}. {SEE_TABLE}",
    )
    caption = (
        "What is recorded, at the two ends of deprivation. Lines are 95\N{NO-BREAK SPACE}% limits."
    )
    return Picture(Markup(charts.svg(chart)), caption)


def table(network: Network, grouping: str) -> Table | None:
    """Return what is recorded (rows) by the groups of a grouping (columns)."""
    labels = GROUPINGS[grouping].labels
    columns: dict[str, str] = {}
    lines = []
    cells: dict[str, dict[str, str]] = {}
    for name in network.completeness:
        cells[name] = {}
        for row in rows(network.figures, definition=name, grouping=grouping):
            cells[name][row["group"]] = brief(row, "%")
            if row["status"] != "zero_denominator":
                columns[row["group"]] = GROUPINGS[grouping].label(row["group"])
    ordered = [group for group in (*labels, "") if group in columns]
    if not ordered:
        return None
    for name, asked in network.completeness.items():
        if (name, grouping) in findings.BY_ITSELF:
            continue
        everybody = brief(findings.total(network, name), "%")
        groups = [cells[name].get(group, sentences.HIDDEN) for group in ordered]
        lines.append([asked.title, everybody, *groups])
    by = GROUPINGS[grouping].title
    return Table(
        f"recorded-{grouping}",
        f"For how many people each thing is recorded, by {by[0].lower()}{by[1:]}",
        ["Recorded", "Everybody", *(columns[group] for group in ordered)],
        lines,
    )


def said(network: Network) -> list[str]:
    """Say what is recorded least, and for whom."""
    lines = []
    about_topics = findings.topics(network)
    for name, asked in network.completeness.items():
        if name in about_topics:
            continue
        line = sentences.recorded(asked.title, findings.total(network, name))
        shown = findings.groups(network, name, "ethnic_group")
        if spread := sentences.spread(shown, "%"):
            line += f" By ethnic group. {spread}"
        lines.append(line)
    figures = [
        (network.completeness[name].title, row)
        for name in about_topics
        if (row := findings.total(network, name)) is not None
    ]
    return [*lines, sentences.topics(figures)]
