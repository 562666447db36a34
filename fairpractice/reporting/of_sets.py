"""The groups of named sets in the one release of a network.

A group that is declared by a grouping is made of its groups, and Core20 is the most deprived fifth:
they are the numbers that the report shows, or sums of them, and are protected with them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import pyarrow as pa

from fairpractice.codelists import Codelist
from fairpractice.criteria.definition import Definition
from fairpractice.criteria.tree import Criterion
from fairpractice.measures.measure import Measure
from fairpractice.measures.named_set import NamedSet, Plus
from fairpractice.measures.results import rows
from fairpractice.reporting.counted import IN, OTHERS, Row, less, summed


Contains = dict[str, dict[str, Sequence[str]]]


@dataclass(frozen=True)
class Groups:
    """The PLUS groups of some sets, those that are declared alike being one."""

    sets: Mapping[str, NamedSet]
    measures: Mapping[str, Measure]
    codelists: Mapping[str, Codelist]

    def __iter__(self) -> Iterator[tuple[str, str, Plus]]:
        """Yield each measure with the name of a group and the group, once."""
        seen = set()
        for of in self.sets.values():
            for plus in of.plus:
                for measure in of.measures if self.known(plus) else ():
                    key = measure, self.name(plus)
                    if measure in self.measures and key not in seen:
                        seen.add(key)
                        yield *key, plus

    def known(self, plus: Plus) -> bool:
        """Tell whether a group can be asked of."""
        return not plus.empty_lists(self.codelists)

    def name(self, plus: Plus) -> str:
        """Return what a group is called in a release, whatever set it is of."""
        if plus.criterion is None:
            return f"{plus.grouping}:{'+'.join(plus.groups)}"
        return f"plus {self._criteria.index(plus.criterion) + 1}"

    @cached_property
    def _criteria(self) -> list[Criterion]:
        every = (plus.criterion for of in self.sets.values() for plus in of.plus)
        return list(dict.fromkeys(each for each in every if each is not None))

    @property
    def asked(self) -> dict[str, Definition]:
        """The measures among the people of each group that a criterion declares."""
        return {
            f"{measure}/{name}": replace(
                self.measures[measure],
                population=self.measures[measure].population & plus.criterion,
            )
            for measure, name, plus in self
            if plus.criterion is not None
        }

    def counts(self, of_all: pa.Table, among: pa.Table) -> tuple[pa.Table, Contains]:
        """Return the counts of the groups and of everybody else, and of what groups they are made.

        Parameters
        ----------
        of_all
            The counts of the measures, by everybody and by each grouping.
        among
            Those of :attr:`asked`.
        """
        there = {row["definition"]: row for row in among.to_pylist()}
        found: list[Row] = []
        contains: Contains = {}
        for measure, name, plus in self:
            for_all = rows(of_all, definition=measure, grouping="all")
            if not for_all:
                continue
            [total] = for_all
            if plus.criterion is not None:
                inside = there.get(f"{measure}/{name}")
                pair = {(name, IN): inside} if inside and inside["people"] else {}
                pair |= {(name, OTHERS): less(total, inside)} if pair and inside else {}
            else:
                here = rows(of_all, definition=measure, grouping=plus.grouping)
                groups = sorted(row["group"] for row in here)
                pair = {}
                for own in (True, False):
                    parts = [group for group in groups if (group in plus.groups) is own]
                    label = f"{name} {IN if own else OTHERS}"
                    if parts:
                        contains.setdefault(plus.grouping, {})[label] = parts
                        pair[plus.grouping, label] = summed(total, here, plus.grouping, parts)
            for (grouping, group), row in pair.items():
                told = {"definition": measure, "grouping": grouping, "group": group}
                found.append({**row, **told})
        return pa.Table.from_pylist(found, of_all.schema), contains
