"""The six questions of a network, each with what the record says in a sentence."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fairpractice.reporting import findings, sentences, where_help_goes, worked
from fairpractice.reporting.findings import Row
from fairpractice.reporting.heard_and_done import said_of_done, said_of_heard
from fairpractice.reporting.network import Network
from fairpractice.reporting.parts import Table


@dataclass(frozen=True)
class Question:
    """One of the six: its id on the page, its words, and how it is answered in a sentence."""

    id: str
    title: str
    said: Callable[[Network], str]


def said_of_care(network: Network) -> str:
    """Say for how many measures care is unequal, and by which most."""
    known = [
        row
        for row in network.gaps.to_pylist()
        if row["definition"] in network.measures and row["value"] is not None
    ]
    if not known:
        return "No measure could be compared between the most and the least deprived fifth."
    told = [row for row in known if sentences.told_from_none(row)]
    worse = [row for row in told if _most_worse(network, row)]
    first = (
        f"In {len(told)} of {len(known)} measures that could be compared, the data can tell a gap "
        f"between the most and the least deprived fifth; in {len(worse)} the most deprived are "
        "worse off."
    )
    if not (widest := findings.largest_gaps(network)):
        return f"{first} That does not show that care is equal."
    asked, between = network.measures[widest[0]], findings.gap(network, widest[0])
    assert between is not None  # it is among the largest
    digits = sentences.places(asked.unit, [e for e in findings.ends(network, widest[0]) if e])
    size = sentences.size(between, asked.unit, digits)
    return f"{first} The widest gap: {asked.title}, {size}."


def _most_worse(network: Network, gap: Row) -> bool:
    better = network.measures[gap["definition"]].better
    return better != "neither" and (gap["value"] > 0) == (better == "higher")


def said_of_missing(network: Network) -> str:
    """Say how many rules find people, and which most."""
    finding = [name for name in findings.most_found(network) if findings.seen(network, name)]
    if not finding:
        return "No rule finds enough people to be shown."
    most = finding[0]
    number = sentences.how_many(findings.total(network, most), findings.fifths(network, most))
    return (
        f"{len(finding)} of {len(network.rules)} rules find people who may be missing out, and "
        f"somebody can be found by several. Most by: {network.rules[most].title}. {number}"
    )


def _said_of_worked(network: Network) -> str:
    return worked.said(network, worked.followed(network))


QUESTIONS = (
    Question("heard", "Who have we heard?", said_of_heard),
    Question("unequal", "Where is care unequal?", said_of_care),
    Question("missing", "Who are we missing?", said_of_missing),
    Question("doing", "What are we doing about it?", said_of_done),
    Question("help", "Is help where the need is?", where_help_goes.said),
    Question("worked", "Did it work, and who else should know?", _said_of_worked),
)


def care(network: Network, names: Sequence[str] | None = None) -> Table:
    """Return measures, all or some, at the two ends of deprivation, and the gap between them."""
    names = list(network.measures) if names is None else names
    lines = []
    for name in names:
        measure = network.measures[name]
        ends = findings.ends(network, name)
        digits = sentences.places(measure.unit, ends)
        lines.append(
            [
                measure.title,
                *(sentences.brief(end, measure.unit, digits) for end in ends),
                sentences.signed(findings.gap(network, name), digits),
            ]
        )
    return Table(
        "care",
        "Measures at the two ends of deprivation",
        ["Measure", "Most deprived fifth", "Least deprived fifth", "Gap: least less most"],
        lines,
        links=names,
    )


def missed(network: Network, names: Sequence[str] | None = None) -> Table:
    """Return how many people rules, all or some, find, and their share in each fifth."""
    names = findings.most_found(network) if names is None else names
    lines = []
    for name in names:
        everybody = findings.total(network, name)
        by_fifth = {row["group"]: row for row in findings.fifths(network, name)}
        known = everybody is not None and everybody["numerator"] is not None
        found = f"{everybody['numerator']:,}" if known and everybody else sentences.HIDDEN
        shares = [sentences.share(row) for row in (everybody, *map(by_fifth.get, "12345"))]
        lines.append([network.rules[name].title, found, *shares])
    fifths = ["Most deprived", "2", "3", "4", "Least deprived"]
    return Table(
        "missed",
        "Rules, and the share that each finds of those it is about, by deprivation",
        ["Rule", "People found", "Share", *fifths],
        lines,
        links=names,
    )
