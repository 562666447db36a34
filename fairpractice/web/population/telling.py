"""What the page of reach says and shows: sentences, charts and tables, from what was released."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa

from fairpractice.measures.trend import FIFTHS
from fairpractice.population.groups import GROUPINGS
from fairpractice.reporting import charts, parts, sentences
from fairpractice.reporting.parts import Picture, Table
from fairpractice.statistics.rates import proportion
from fairpractice.web.population.drawing import section


STEPS = {
    "found": "Found, or asked for",
    "contacted": "Spoken to",
    "in_need": "In need",
    "consented": "Agreed to be referred",
    "referred": "Referred",
    "accepted": "Accepted by a service",
    "outcome": "Outcome known",
    "resolved": "Need met",
}
OF_NEEDS = {
    "needs": "Came up",
    "need referred": "Referred",
    "need accepted": "Accepted by a service",
    "need resolved": "Met",
}
EVERY, PROACTIVE, AD_HOC = "all", "proactive", "ad hoc"
ARMS = {EVERY: "All", PROACTIVE: "Found by a list", AD_HOC: "Asked for ad hoc"}
NEED = "need"
OTHERS, REST, UNKNOWN = "others", "rest", "unknown"
FOLDED = {
    OTHERS: "All other ethnic groups",
    REST: "The other four fifths",
    UNKNOWN: "Not stated or not recorded",
}
"""Groups that several are one of."""
MOST, LEAST = "1", "5"
APART = {(FIFTHS, MOST): "The most deprived fifth", (FIFTHS, ""): "Area not recorded"}

Row = Mapping[str, Any]
Counts = Mapping[tuple[str, str, str, str], int | None]


def page(
    rows: Sequence[Row], groupings: Iterable[str], everybody: Row | None = None
) -> dict[str, Any]:
    """Return the page of what was released of one network.

    Parameters
    ----------
    rows
        As :func:`fairpractice.web.population.reached.released` returns them.
    groupings
        By which groupings the page has a section.
    everybody
        The share of everybody registered who live in the most deprived fifth, as released.
    """
    counts, there = _counts(rows), {row["grouping"] for row in rows}
    return {
        "said": [*_who(counts), *_beside(everybody), *_how_far(counts)],
        "steps": section("", "", None, _steps(counts)),
        "groups": [_section(rows, counts, by) for by in groupings if by in there],
        "needs": [section("", "", None, _table(rows, counts, NEED, OF_NEEDS))]
        if NEED in there
        else [],
    }


def _counts(rows: Sequence[Row]) -> Counts:
    """Return how many are at each step, by arm, grouping, group and step; none where hidden."""
    found: dict[tuple[str, str, str, str], int | None] = {}
    for row in rows:
        key = (row["arm"], row["grouping"], row["group"])
        for step, number in ((row["step"], row["numerator"]), (row["before"], row["denominator"])):
            # What is hidden in one row may stand in the next one, of which it is the whole.
            if found.get((*key, step)) is None:
                found[*key, step] = number
    return found


def share(part: int | None, whole: int | None) -> Row | None:
    """Return a share with its limits, from two numbers that are shown; nothing where one is not."""
    if part is None or not whole:
        return None
    counts = pa.table({"part": [part], "whole": [whole]})
    found = proportion(counts, "part", "whole", levels=(0.95,), multiplier=100)
    return {**found.to_pylist()[0]}


def _who(counts: Counts) -> list[str]:
    """Say how many of each arm live where help is needed most."""
    told = []
    for arm, words in ((PROACTIVE, "were found by a list"), (AD_HOC, "were asked for ad hoc")):
        whole = counts.get((arm, EVERY, EVERY, "found"))
        at_most = share(counts.get((arm, FIFTHS, MOST, "found")), whole)
        if whole == 0:
            told.append(f"Nobody {words.replace('were', 'was', 1)}.")
        elif whole is None or at_most is None:
            told.append(f"How many {words}, and where they live, is hidden: they are few.")
        else:
            told.append(
                f"Of {whole:,} who {words}, {sentences.value(at_most, '%')} live in the most "
                "deprived fifth of areas."
            )
    return told


def _beside(everybody: Row | None) -> list[str]:
    """Say how many of all people live there, to hold the others against."""
    if everybody is None:
        return []
    said = sentences.share(everybody)
    return [f"Of everybody registered, {said} live there: help that follows need is above that."]


def _how_far(counts: Counts) -> list[str]:
    """Say how far those in the most deprived fifth came, against those in the other four."""
    told = []
    for step, words in (("referred", "were referred"), ("resolved", "had their need met")):
        most, rest = (
            share(counts.get((EVERY, FIFTHS, fifth, step)),
                  counts.get((EVERY, FIFTHS, fifth, "found")))
            for fifth in (MOST, REST)
        )  # fmt: skip
        if most is None or rest is None:
            told.append(
                f"How many {words} cannot be compared between the most deprived fifth and the "
                "others: one of the numbers is too small to be shown."
            )
            continue
        apart = most["lower"] > rest["upper"] or rest["lower"] > most["upper"]
        certain = "" if apart else ", which the figures can hardly tell apart"
        told.append(
            f"In the most deprived fifth {sentences.value(most, '%')} {words}, against "
            f"{sentences.value(rest, '%')} in the other four{certain}."
        )
    return told


def _cell(counts: Counts, key: tuple[str, str, str], step: str, first: str) -> str:
    number, whole = counts.get((*key, step)), counts.get((*key, first))
    if number is None:
        return sentences.HIDDEN
    if step == first or not whole:
        return f"{number:,}"
    return f"{number:,} ({100 * number / whole:.0f}\N{NO-BREAK SPACE}%)"


def _steps(counts: Counts) -> Table:
    """Return the steps of each arm."""
    lines = [
        [words, *(_cell(counts, (arm, EVERY, EVERY), step, "found") for arm in ARMS)]
        for step, words in STEPS.items()
    ]
    caption = "How far help got: the share of those found is in brackets"
    return Table("reach-steps", caption, ["Step", *ARMS.values()], lines)


def _section(rows: Sequence[Row], counts: Counts, by: str) -> dict[str, Any]:
    """Return the tables of a grouping: of all, and where they are told apart of each arm."""
    title = GROUPINGS[by].title
    tables = [_table(rows, counts, by, STEPS)]
    if any(row["grouping"] == by and row["arm"] != EVERY for row in rows):
        tables.append(_apart(rows, counts, by))
    picture = _ends(counts) if by == FIFTHS else None
    return {
        "title": "By deprivation" if by == FIFTHS else f"By {title[0].lower()}{title[1:]}",
        "svg": str(picture.svg) if picture else "",
        "caption": picture.caption if picture else "",
        "tables": [section("", "", None, table) for table in tables],
    }


def _there(rows: Sequence[Row], by: str, steps: Mapping[str, str]) -> dict[str, str]:
    """Return the steps of which there are figures by a grouping."""
    known = {row["step"] for row in rows if row["grouping"] == by}
    first = next(iter(steps))
    return {step: words for step, words in steps.items() if step in known or step == first}


def _table(rows: Sequence[Row], counts: Counts, by: str, steps: Mapping[str, str]) -> Table:
    steps = _there(rows, by, steps)
    labels = {
        row["group"]: row["label"]
        for row in rows
        if (row["arm"], row["grouping"]) == (EVERY, by) and row["group"] not in FOLDED
    }
    order = {group: place for place, group in enumerate(GROUPINGS[by].labels)} if by != NEED else {}
    groups = sorted(labels, key=lambda group: (order.get(group, len(order)), labels[group]))
    what = {NEED: "Need", FIFTHS: "Fifth of areas"}.get(by) or GROUPINGS[by].title
    first = next(iter(steps))
    lines = [
        [labels[group], *(_cell(counts, (EVERY, by, group), step, first) for step in steps)]
        for group in groups
    ]
    caption = f"All, by {what[0].lower()}{what[1:]}"
    return Table(f"reach-{by}", caption, [what, *steps.values()], lines)


def _apart(rows: Sequence[Row], counts: Counts, by: str) -> Table:
    """Return those whom a list found beside those asked for ad hoc, in each of a few groups."""
    apart = [row for row in rows if row["grouping"] == by and row["arm"] != EVERY]
    labels = {row["group"]: row["label"] for row in apart}
    steps = {step: STEPS[step] for step in STEPS if any(row["step"] == step for row in apart)}
    groups = sorted(labels, key=lambda group: (group in ("", UNKNOWN), group in FOLDED))
    lines = [
        [
            f"{APART.get((by, group), labels[group])}: {words[0].lower()}{words[1:]}",
            *(_cell(counts, (arm, by, group), step, "found") for step in steps),
        ]
        for group in groups
        for arm, words in ARMS.items()
    ]
    what = "deprivation" if by == FIFTHS else GROUPINGS[by].title.lower()
    caption = f"Found by a list, and asked for ad hoc, by {what}"
    return Table(f"reach-{by}-apart", caption, ["Whom", *steps.values()], lines)


def _ends(counts: Counts) -> Picture | None:
    """Draw what share of those found came to each step, at the two ends of deprivation."""
    points = []
    known = {step for arm, by, _, step in counts if (arm, by) == (EVERY, FIFTHS)}
    for step, words in [item for item in STEPS.items() if item[0] in known - {"found"}]:
        for fifth, end in ((MOST, charts.MOST), (LEAST, charts.LEAST)):
            key = (EVERY, FIFTHS, fifth)
            row = share(counts.get((*key, step)), counts.get((*key, "found")))
            said = sentences.HIDDEN if row is None else sentences.share(row)
            shown = parts.value_and_limits(row)  # type: ignore[arg-type]  # it reads no more
            points.append({"label": words, "end": end, "text": said, **shown})
    if all(point["value"] is None for point in points):
        return None
    listed = "; ".join(f"{p['label']}, {p['end'].lower()}: {p['text']}" for p in points)
    chart = charts.completeness(
        points,
        title="Of those found (%)",
        along=charts.axis(points, at_most=100, zero=True),
        describe="Chart of the share of those found who came to each step, in the most and the "
        f"least deprived fifth. {listed}. {parts.SEE_TABLE}",
    )
    caption = (
        "How far help got in the most and the least deprived fifth, of those found there. Lines "
        "are 95\N{NO-BREAK SPACE}% limits."
    )
    return Picture(charts.svg(chart), caption)  # type: ignore[arg-type]  # stored as text
