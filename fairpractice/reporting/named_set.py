"""A named set of measures, such as Core20PLUS5, for the most deprived fifth and declared groups."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import pyarrow as pa

from fairpractice.codelists import Codelist
from fairpractice.criteria.definition import Definition
from fairpractice.measures.calculate import Run, count
from fairpractice.measures.measure import Measure
from fairpractice.measures.named_set import NamedSet
from fairpractice.measures.results import publishable, rows, values
from fairpractice.record.reading import Readable
from fairpractice.reporting.counted import IN, OTHERS, less, summed
from fairpractice.reporting.network import FIFTHS, Network
from fairpractice.reporting.of_sets import Groups
from fairpractice.reporting.parts import Table
from fairpractice.reporting.sentences import HIDDEN, brief, places


CORE20 = "core20"
MOST_DEPRIVED = "1"


@dataclass(frozen=True)
class SetFigures:
    """The figures of a named set, as they may be published.

    ``figures`` has the columns of :func:`fairpractice.measures.results.values`. ``grouping`` is
    ``all``, ``core20`` or ``plus 1`` and so on in the order of the set's groups; ``group`` is
    ``all``, or ``in`` and ``others``, who together are everybody. ``unavailable`` says of measures
    and groups, by id or title, why they are not there.
    """

    of: NamedSet
    measures: Mapping[str, Measure]
    figures: pa.Table
    unavailable: Mapping[str, str]

    def label(self, grouping: str, group: str) -> str:
        """Return the words for a group."""
        if grouping == "all":
            return "Everybody"
        core = "Core20: the most deprived fifth of areas"
        title = core if grouping == CORE20 else self.of.plus[_number(grouping)].title
        return title if group == IN else f"{title}: all others"

    def tables(self) -> Iterator[Table]:
        """Yield a table for each area that has figures: each measure, of whom, and its value.

        A measure is named in the first of its lines.
        """
        for number, area in enumerate(self.of.areas):
            lines = [
                line
                for name in area.measures
                if name in self.measures
                for line in self._lines(name)
            ]
            if lines:
                caption = f"{self.of.title}: {area.title}"
                yield Table(f"area-{number}", caption, ["Measure", "Of whom", "Figure"], lines)

    def _lines(self, name: str) -> Iterator[Sequence[str]]:
        asked = self.measures[name]
        found = {
            row["grouping"]: row
            for row in rows(self.figures, definition=name)
            if row["group"] != OTHERS
        }
        digits = places(asked.unit, list(found.values()))
        title = asked.title
        for grouping in ("all", *self.groupings()):
            row = found.get(grouping)
            said = HIDDEN if row is None else brief(row, asked.unit, digits)
            yield [title, self.label(grouping, IN), said]
            title = ""

    def groupings(self) -> Iterator[str]:
        """Yield Core20 and the PLUS groups that could be asked of."""
        yield CORE20
        yield from (
            plus_number(n) for n, p in enumerate(self.of.plus) if p.title not in self.unavailable
        )


def answer_set(
    of: NamedSet,
    measures: Mapping[str, Measure],
    record: Readable,
    on: dt.date,
    run: Run,
) -> SetFigures:
    """Ask the measures of a set of everybody, of the most deprived fifth and of each PLUS group.

    Parameters
    ----------
    of
        The set, see :func:`fairpractice.measures.named_set.load_sets`.
    measures
        All measures by id; those of the set are taken.
    record
        The record, open for planning or research.
    on
        The day.
    run
        Codelists and the deprivation edition, by whose fifths Core20 is told.

    Returns
    -------
    SetFigures
        Small numbers hidden and others rounded; a group is hidden too where those outside it are
        too few.
    """
    unavailable = {
        name: f"not available: list {', '.join(empty)} is empty"
        for name in of.measures
        if (empty := measures[name].empty_lists(run.codelists))
    } | {
        plus.title: f"not available: list {', '.join(empty)} is empty"
        for plus in of.plus
        if (empty := plus.empty_lists(run.codelists))
    }
    asked = {name: measures[name] for name in of.measures if name not in unavailable}
    groups = {
        plus_number(n): plus for n, plus in enumerate(of.plus) if plus.title not in unavailable
    }
    among: dict[str, Definition] = {
        f"{name}/{id}": replace(measure, population=measure.population & plus.criterion)
        for id, plus in groups.items()
        if plus.criterion is not None
        for name, measure in asked.items()
    }
    by = ["all", FIFTHS, *dict.fromkeys(plus.grouping for plus in groups.values() if plus.grouping)]
    counts = count(asked, [on], record, run, by=by)
    declared = count(among, [on], record, run, by=["all"])
    by_id = {row["definition"]: row for row in declared.to_pylist()}
    kept = []
    for name in asked:
        here = rows(counts, definition=name)
        total = next((row for row in here if row["grouping"] == "all"), None)
        if total is None:  # nobody whom it is about
            continue
        kept.append(total)
        inside = {CORE20: summed(total, here, FIFTHS, (MOST_DEPRIVED,))}
        for id, plus in groups.items():
            declared_row = by_id.get(f"{name}/{id}")
            inside[id] = declared_row or summed(total, here, plus.grouping, plus.groups)
        for grouping, row in inside.items():
            pair = [
                {**row, "definition": name, "grouping": grouping, "group": IN},
                {**less(total, row), "definition": name, "grouping": grouping, "group": OTHERS},
            ]
            if row["people"]:
                kept += pair
    table = pa.Table.from_pylist(kept, counts.schema)
    return SetFigures(of, asked, publishable(values(table, asked)), unavailable)


def of_release(network: Network, id: str, codelists: Mapping[str, Codelist]) -> SetFigures:
    """Return the figures of a named set from a network's release that holds its groups."""
    of = network.sets[id]
    groups = Groups(network.sets, network.measures, codelists)
    wanted = {("all", "all"): "all", (FIFTHS, MOST_DEPRIVED): CORE20}
    unavailable = {name: why for name in of.measures if (why := network.unavailable.get(name))}
    for number, plus in enumerate(of.plus):
        name = groups.name(plus)
        if groups.known(plus):
            key = (plus.grouping, f"{name} {IN}") if plus.grouping else (name, IN)
            wanted[key] = plus_number(number)
        else:
            lists = ", ".join(plus.empty_lists(codelists))
            unavailable[plus.title] = f"not available: list {lists} is empty"
    kept = [
        {**row, "grouping": place, "group": "all" if place == "all" else IN}
        for table in (network.figures, network.of_sets)
        for row in table.to_pylist()
        if (place := wanted.get((row["grouping"], row["group"])))
        and row["definition"] in of.measures
    ]
    schema = network.figures.schema
    columns = [{name: row[name] for name in schema.names} for row in kept]
    asked = {name: network.measures[name] for name in of.measures if name in network.measures}
    return SetFigures(
        of,
        asked,
        pa.Table.from_pylist(columns, schema),
        unavailable,
    )


def plus_number(number: int) -> str:
    """Return what a PLUS group is called among the groupings: by its place, from 0."""
    return f"plus {number + 1}"


def _number(grouping: str) -> int:
    return int(grouping.removeprefix("plus ")) - 1
