"""Who was heard, and what is done about it: two of the six questions."""

from collections.abc import Iterable

from fairpractice.measures.other_questions import HEARD_MONTHS, MONTHS, heard, offered
from fairpractice.measures.results import rows
from fairpractice.population.groups import GROUPINGS
from fairpractice.reporting import findings, sentences
from fairpractice.reporting.findings import Row
from fairpractice.reporting.network import FIFTHS, Network
from fairpractice.reporting.parts import Answer, Table, gradient, number
from fairpractice.reporting.sentences import brief


ANYBODY, OFFERED = next(iter(heard())), next(iter(offered()))
OUTCOMES = ("invited", "declined")
WORKLISTS = "Worklists: how many people each rule finds"


def who_is_heard(network: Network) -> Answer:
    """Answer of whom anything is stated about their circumstances, by route and deprivation."""
    shown = findings.groups(network, ANYBODY, FIFTHS)
    title = "People of whom something is stated"
    picture = gradient(title, "deprivation", shown, "Something stated", "%")
    table = routes(network)
    return Answer(
        said=said_of_heard(network),
        pictures=[(picture, table)] if picture else [],
        tables=[] if picture else [table],
        notes=[_compared(network, ANYBODY)],
        not_shown="What people said and nobody wrote down, in words or in a code, and everything "
        "about sensitive topics. A statement that there is no need, or a wish not to say, counts. "
        "A person may be heard by several routes. Being on record is not being listened to.",
    )


def routes(network: Network) -> Table:
    """Return of how many people anything is stated, by route and deprivation."""
    caption = "People of whom something is stated, by route and deprivation"
    return _by_fifth(network, "heard", caption, heard())


def offers(network: Network) -> list[Table]:
    """Return what those with a need on record were offered; nothing where it cannot be told."""
    there = [name for name in offered() if name in network.others]
    caption = f"Of adults with a social need on record, in {MONTHS} months"
    return [_by_fifth(network, "offered", caption, there, people=True)] if there else []


def said_of_heard(network: Network) -> str:
    """Say of how many people anything is stated."""
    anybody = findings.total(network, ANYBODY)
    since = f"in the last {HEARD_MONTHS} months"
    if anybody is None or anybody["value"] is None:
        return (
            f"About how many people anything was stated {since} is hidden, "
            f"because {sentences.WHY_HIDDEN}."
        )
    if not anybody["numerator"]:
        return f"Nobody: nothing is stated about anybody’s circumstances {since}."
    return (
        f"Something was stated {since} about the circumstances of "
        f"{sentences.people(anybody['numerator'])}, {sentences.value(anybody, '%')} of all. "
        f"Of the others nothing is known, which is not to say that they need nothing."
    )


def what_is_done(network: Network) -> Answer:
    """Answer what is offered to adults with a need on record, and how long the worklists are."""
    tables = offers(network)
    shown = findings.groups(network, OFFERED, FIFTHS) if tables else []
    title = "Adults with a social need on record who were offered social prescribing"
    picture = gradient(title, "deprivation", shown, "Offered", "%")
    return Answer(
        said=said_of_done(network),
        pictures=[(picture, tables[0])] if picture else [],
        tables=[] if picture else tables,
        notes=[_compared(network, OFFERED)] if tables else [],
        folded=(WORKLISTS, Answer("", tables=[_worklists(network)])),
        not_shown="Help other than social prescribing, and any that nobody coded. Adults whose "
        "need nobody recorded are not in it, and they are most. A referral is not help received, "
        "and a list is not work done: how many of those on a worklist were since seen is not "
        "in the record.",
    )


def said_of_done(network: Network) -> str:
    """Say how many of those with a need were offered help."""
    row = findings.total(network, OFFERED) if OFFERED in network.others else None
    finding = sum(findings.seen(network, name) > 0 for name in network.rules)
    lists = f"{finding} of {len(network.rules)} worklists have people on them"
    if row is None or row["status"] == "zero_denominator":
        return f"No adult has a social need on record that is fresh; {lists}."
    if row["value"] is None:
        return (
            "How many adults with a social need on record were offered social prescribing is "
            f"hidden, because {sentences.WHY_HIDDEN}; {lists}."
        )
    return (
        f"Of {sentences.people(row['denominator'])} aged 18 or over with a social need on record, "
        f"{sentences.value(row, '%')} were offered social prescribing in {MONTHS} months; {lists}."
    )


def _compared(network: Network, name: str) -> str:
    """Say how the ends of deprivation compare."""
    return sentences.gap(
        network.others[name],
        *findings.ends(network, name),
        findings.gap(network, name),
        findings.told(network, name),
    )


def _by_fifth(
    network: Network, id: str, caption: str, asked: Iterable[str], *, people: bool = False
) -> Table:
    """Return groups of deprivation (rows) by definitions (columns)."""
    asked = list(asked)
    columns = [_figures(network, name) for name in asked]
    labels = ["Everybody", *GROUPINGS[FIFTHS].labels.values()]
    lines = []
    for place, label in enumerate(labels):
        cells = [brief(figures[place], "%") for figures in columns]
        if people:
            first = columns[0][place]
            of = sentences.NOBODY if first is None else number(first["denominator"])
            cells = [of, *cells]
        lines.append([label, *cells])
    titles = [network.others[name].title for name in asked]
    headings = ["Fifth of areas", *(["People with a need"] if people else []), *titles]
    return Table(id, caption, headings, [*lines[1:], lines[0]])


def _figures(network: Network, name: str) -> list[Row | None]:
    """Return the figures of everybody and of each fifth; nothing where there is nobody."""
    there = {row["group"]: row for row in rows(network.figures, definition=name, grouping=FIFTHS)}
    return [findings.total(network, name), *map(there.get, GROUPINGS[FIFTHS].labels)]


def _worklists(network: Network) -> Table:
    """Return how many people each rule finds, and how many of them were invited or declined."""
    names = findings.most_found(network)
    table = []
    for name in names:
        everybody = findings.total(network, name)
        beside = {
            row["group"]: row for row in rows(network.beside, definition=name, grouping="outcome")
        }
        cells = [
            "not asked" if (row := beside.get(o)) is None else number(row["numerator"])
            for o in OUTCOMES
        ]
        found = sentences.NOBODY if everybody is None else number(everybody["numerator"])
        table.append([network.rules[name].title, found, *cells])
    return Table(
        "worklists",
        WORKLISTS,
        ["Rule", "People found", "Of them, people invited", "Of them, people who declined"],
        table,
        note="Not asked: the rule does not ask it, or there are no codes to tell it by.",
        links=names,
    )
