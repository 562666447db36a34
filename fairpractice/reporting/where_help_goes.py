"""Is help where the need is? Appointments, minutes and clinicians against weighted people."""

from typing import Any

import pyarrow as pa

from fairpractice.measures.need import CLINICIANS, DEPRIVATION, PRACTICE, WEIGHT
from fairpractice.measures.other_questions import MONTHS, seen
from fairpractice.measures.results import gaps, rows
from fairpractice.measures.trend import EVERYBODY
from fairpractice.population.groups import GROUPINGS
from fairpractice.reporting import findings, sentences
from fairpractice.reporting.findings import Row
from fairpractice.reporting.network import FIFTHS, Network
from fairpractice.reporting.parts import Answer, Table, gradient
from fairpractice.reporting.sentences import brief


APPOINTMENTS, MINUTES = seen()
PER = 1_000
ONE = 1  # decimals of what is few
NOT_SHOWN = (
    "Need that the record does not show. A person’s weight is how much people of the same age, "
    "sex and number of recorded long-term conditions are seen in this network, so that illness "
    "nobody wrote down, and people who stay away though ill, make it too low: where care is "
    "hard to reach, need looks smaller than it is. A clinician counts as one whether whole or part "
    "time, shared out by where their appointments went. Systems differ in what they call the "
    "length of an appointment. Letters hide the names of practices, not from those who know them; "
    "they are in the order of how deprived their people are, not of how well they do."
)


def answer(network: Network) -> Answer:
    """Answer whether the groups that need more are given more."""
    if not held(network):
        return Answer(said=said(network), not_shown=NOT_SHOWN)
    shown = [
        (
            gradient(
                f"Appointments attended in {MONTHS} months for each {PER:,} people, weighted by "
                "need,",
                what,
                [(_label(by, row["group"]), row) for row in weighted(network, APPOINTMENTS, by)],
                f"Appointments for each {PER:,} people, by need",
                "",
            ),
            table(network, by, what),
        )
        for by, what in ((FIFTHS, "deprivation"), (PRACTICE, "practice"))
    ]
    return Answer(
        said=said(network),
        pictures=[(picture, beside) for picture, beside in shown if picture],
        tables=[beside for picture, beside in shown if not picture],
        not_shown=NOT_SHOWN,
    )


def held(network: Network) -> bool:
    """Tell whether the record holds appointments that were attended."""
    everybody = findings.total(network, APPOINTMENTS) if network.help.num_rows else None
    return everybody is not None and everybody["value"] != 0


def said(network: Network) -> str:
    """Say how many appointments the ends of deprivation have, for people in equal need."""
    if not held(network):
        return (
            f"It cannot be told: no appointment that was attended in the last {MONTHS} months is "
            "in the record."
        )
    by_fifth = weighted(network, APPOINTMENTS, FIFTHS)
    most, least = (next((row for row in by_fifth if row["group"] == group), None) for group in "15")
    between = _gap(by_fifth)
    if most is None or least is None or between is None or between["value"] is None:
        return (
            "One of the two ends of deprivation is too small to be shown, or nobody lives there, "
            "so they cannot be compared; the table has the others."
        )
    told = sentences.told_from_none(between)
    certain = "" if told else f", {sentences.CANNOT_TELL}"
    noun = "a gap" if told else "a difference"
    return (
        f"For each {PER:,} people, weighted by need, the {sentences.MOST} fifth attended "
        f"{sentences.value(most, '', 0)} appointments in {MONTHS} months, against "
        f"{sentences.value(least, '', 0)} in the {sentences.LEAST}: {noun} of "
        f"{sentences.size(between, '', 0)}{certain}."
    )


def weighted(network: Network, name: str, by: str) -> list[Row]:
    """Return what is seen of each group, for 1,000 people weighted by need, with limits.

    The need of the group is taken as certain: the limits are those of its people's appointments.
    """
    weights = {row["group"]: row for row in rows(network.help, definition=WEIGHT, grouping=by)}
    source = network.help if by == PRACTICE else network.figures
    found = []
    for row in rows(source, definition=name, grouping=by):
        weight = weights.get(row["group"], {}).get("value")
        scaled = {
            end: None if row[end] is None or not weight else row[end] * PER / weight
            for end in ("value", "lower", "upper")
        }
        found.append({**row, **scaled})
    order = {group: place for place, group in enumerate(GROUPINGS[by].labels)}
    found.sort(
        key=lambda row: (order.get(row["group"], len(order)), len(row["group"]), row["group"])
    )
    return found


def _gap(by_fifth: list[Row]) -> Row | None:
    if not by_fifth:
        return None
    columns = ("definition", "on", "group", "value", "lower", "upper", "numerator", "denominator")
    schema = pa.schema(
        [
            ("definition", pa.string()),
            ("on", pa.date32()),
            ("group", pa.string()),
            *((name, pa.float64()) for name in columns[3:]),
        ]
    )
    table = pa.Table.from_pylist([{c: row[c] for c in columns} for row in by_fifth], schema)
    found: list[dict[str, Any]] = gaps(table, {}).to_pylist()
    return found[0] if found else None


def _label(by: str, group: str) -> str:
    return f"Practice {group}" if by == PRACTICE else GROUPINGS[by].label(group)


def by_fifth(network: Network) -> list[Table]:
    """Return help by deprivation; nothing where it cannot be told."""
    return [table(network, FIFTHS, "deprivation")] if held(network) else []


def table(network: Network, by: str, what: str) -> Table:
    """Return need and help of each group, for 1,000 people weighted by need."""
    index = {
        (row["definition"], row["group"]): row
        for row in rows(network.help, grouping=by) + rows(network.help, grouping=EVERYBODY)
    }
    lines = []
    figures = [
        {row["group"]: row for each in (by, EVERYBODY) for row in weighted(network, name, each)}
        for name in (APPOINTMENTS, MINUTES)
    ]
    for group in figures[0]:
        need, clinicians, fifth = (
            index.get((name, group)) for name in (WEIGHT, CLINICIANS, DEPRIVATION)
        )
        label = "Everybody" if group == EVERYBODY else _label(by, group)
        cells = [label]
        if by == PRACTICE:
            cells.append(_few(fifth))
        cells += [
            _few(need, 2),
            *(brief(of.get(group), "", 0) for of in figures),
            _few(_per_weighted(clinicians, need)),
        ]
        lines.append(cells)
    first = ["Fifth of areas"] if by == FIFTHS else ["Practice", "Mean fifth"]
    headings = [*first, "Need (network = 1)", "Appointments", "Minutes", "Clinicians"]
    note = (
        f"Appointments attended, their minutes, and clinicians, in {MONTHS} months, for each "
        f"{PER:,} people weighted by need, with 95\N{NO-BREAK SPACE}% limits."
    )
    caption = f"Help by {what}, for each {PER:,} people weighted by need"
    return Table(f"help-{what}", caption, headings, lines, note=note)


def _per_weighted(clinicians: Row | None, need: Row | None) -> Row | None:
    """Return clinicians for 1,000 weighted people, by the number of people as it is shown."""
    if clinicians is None or need is None or not need["value"] or clinicians["value"] is None:
        return None
    return {"value": clinicians["value"] * PER / (clinicians["denominator"] * need["value"])}


def _few(row: Row | None, digits: int = ONE) -> str:
    if row is None or row["value"] is None:
        return sentences.HIDDEN
    return f"{row['value']:,.{digits}f}"
