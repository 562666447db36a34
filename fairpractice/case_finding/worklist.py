"""The people a rule finds: who, why, what else is known, and what to do first."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from fairpractice.case_finding.rule import Rule
from fairpractice.codelists import Codelist
from fairpractice.criteria.evaluate import Person, decide
from fairpractice.criteria.evidence import (
    Facts,
    Item,
    because,
    comes_off_when,
    facts,
    items,
    phrase,
)
from fairpractice.criteria.gather import ID
from fairpractice.criteria.plan import Answers, ask
from fairpractice.criteria.tree import Circumstance, Criterion, Expression
from fairpractice.errors import FairpracticeError
from fairpractice.record import social_facts
from fairpractice.record.dates import completed_years
from fairpractice.record.reading import Readable


SCHEMA = pa.schema(
    [
        (ID, pa.int64()),
        ("practice_code", pa.string()),
        ("age", pa.int32()),
        ("sex", pa.string()),
        ("because", pa.list_(pa.string())),
        ("outcomes", pa.list_(pa.string())),
        ("comes_off_when", pa.list_(pa.string())),
    ]
)


@dataclass(frozen=True)
class Worklist:
    """A list, and how many it is not about.

    ``people`` has one row a person in the order of :data:`SCHEMA`: the most reasons first, then
    by pseudonym. ``cannot_tell`` are people in the population of whom the rule cannot tell,
    ``excepted`` those it leaves out.
    """

    rule: Rule
    on: dt.date
    people: pa.Table
    population: int
    cannot_tell: int
    excepted: int


def worklist(
    rule: Rule,
    record: Readable,
    on: dt.date,
    codelists: Mapping[str, Codelist],
    *,
    practice: str | None = None,
) -> Worklist:
    """Return the people whom a rule finds on a day, each with the reasons.

    Parameters
    ----------
    practice
        The ODS code of one practice; all practices of the record when left out.

    Raises
    ------
    FairpracticeError
        When the record is not open for direct care, since a list names people; when the rule
        names a list that is empty; when nobody was ever registered at the practice.
    """
    [(_, found)] = worklists({"": rule}, record, on, codelists, practice=practice)
    return found


def worklists(
    rules: Mapping[str, Rule],
    record: Readable,
    on: dt.date,
    codelists: Mapping[str, Codelist],
    *,
    practice: str | None = None,
) -> Iterator[tuple[str, Worklist]]:
    """Yield each rule's list, as :func:`worklist` makes it: all is asked of the record at once.

    Raises
    ------
    FairpracticeError
        As :func:`worklist`.
    """
    if record.purpose != "direct_care":
        raise FairpracticeError(
            f"A worklist names people, and the record is open for {record.purpose}",
            fix="Name the purpose direct-care, if that is what it is for.",
        )
    asking = [_Asking(name, rule, codelists) for name, rule in rules.items()]
    names = {
        part: f"asked_{n}"
        for n, part in enumerate(dict.fromkeys(part for each in asking for part in each.asked))
    }
    answers = ask({name: part for part, name in names.items()}, [on], record, codelists)
    table = record.engine.cache(answers.table)
    rows = table.inner_join(registered_at(record, on, practice), ID)
    answers = replace(answers, table=rows)
    view = _cached_view(record, codelists, on, [item for each in asking for item in each.told])
    for each in asking:
        yield each.name, _listed(each, names, answers, record, on, codelists, view)
    for kept in (table, view):
        if kept is not None:
            record.engine.release(kept)


class _Asking:
    """A rule, and what is asked to make its list."""

    def __init__(self, name: str, rule: Rule, codelists: Mapping[str, Codelist]) -> None:
        if empty := rule.empty_lists(codelists):
            raise FairpracticeError(
                f"The rule “{rule.title}” is not available: list {', '.join(empty)} is empty",
                fix="Load a full list with `fairpractice codelists add`.",
            )
        self.name, self.rule = name, rule
        self.told = list(dict.fromkeys(items(rule.finds)))
        self.outcomes = rule.outcomes_known(codelists)
        self.given = list(dict.fromkeys(part for item in self.told for part in item.given))
        self.asked: list[Expression] = [
            *rule.asked.values(),
            *self.outcomes.values(),
            *self.given,
        ]
        self._ends: dict[tuple[int, ...], list[str]] = {}
        self._codelists = codelists

    def ends(self, bears: tuple[int, ...]) -> list[str]:
        """Return what would end these of the reasons: of thousands of people they are few."""
        if bears not in self._ends:
            told = [self.told[number] for number in bears]
            self._ends[bears] = comes_off_when(told, self._codelists)
        return self._ends[bears]


def _listed(
    asking: _Asking,
    names: Mapping[Expression, str],
    answers: Answers,
    record: Readable,
    on: dt.date,
    codelists: Mapping[str, Codelist],
    view: ir.Table | None,
) -> Worklist:
    rule, rows = asking.rule, answers.table

    def true(part: Expression) -> ir.BooleanValue:
        return answers.true(names[part]) == 1

    excepted = ibis.literal(False) if rule.unless is None else true(rule.unless)
    meant = true(rule.population) & ~excepted
    unknown = answers.unknown(names[rule.finds]) == 1
    counted = rows.agg(
        population=meant.ifelse(1, 0).sum(),
        cannot_tell=(meant & unknown).ifelse(1, 0).sum(),
        excepted=(true(rule.population) & excepted).ifelse(1, 0).sum(),
    )
    found = rows.filter(meant & true(rule.finds)).select(
        ID,
        "practice_code",
        **{f"outcome_{n}": true(part) for n, part in enumerate(asking.outcomes.values())},
        **{f"given_{n}": true(part) for n, part in enumerate(asking.given)},
    )
    found = record.engine.cache(found)
    people = found.left_join(record.table("patient"), ID).select(
        *found.columns, "birth_month", "sex"
    )
    known = facts(asking.told, found, on, record, codelists, view)
    listed = [
        _row(row, asking, on, known, codelists)
        for row in record.engine.to_arrow(people).to_pylist()
    ]
    listed.sort(key=lambda row: (-len(row["because"]), row[ID]))
    counts = record.engine.to_arrow(counted).to_pylist()[0]
    record.engine.release(found)
    return Worklist(
        rule,
        on,
        pa.Table.from_pylist(listed, SCHEMA),
        *(int(counts[name] or 0) for name in ("population", "cannot_tell", "excepted")),
    )


def _cached_view(
    record: Readable, codelists: Mapping[str, Codelist], on: dt.date, told: Sequence[Item]
) -> ir.Table | None:
    """Return what is known of circumstances, worked out once, if any item tells of one."""
    if not any(isinstance(item.leaf, Circumstance) for item in told):
        return None
    return record.engine.cache(social_facts.current_view(record, codelists, on))


def registered_at(record: Readable, on: dt.date, practice: str | None) -> ir.Table:
    """Return the practice at which each person is registered; the latest spell of several.

    Raises
    ------
    FairpracticeError
        When nobody was ever registered at the practice that is named.
    """
    spells = record.table("registration")
    if practice is not None:
        spells = spells.filter(spells.practice_code == practice)
        if not record.engine.to_arrow(spells.limit(1)).num_rows:
            raise FairpracticeError(
                f"Nobody in the record was ever registered at practice {practice}",
                fix="Check the ODS code; `fairpractice record batches` names those imported.",
            )
    spells = spells.filter(
        spells.start_date <= on, spells.end_date.isnull() | (spells.end_date > on)
    )
    latest = ibis.window(group_by=ID, order_by=[ibis.desc(spells.start_date), spells.practice_code])
    spells = spells.mutate(place=ibis.row_number().over(latest))
    return spells.filter(spells.place == 0).select(ID, "practice_code")


def _row(
    row: Mapping[str, Any],
    asking: _Asking,
    on: dt.date,
    known: Mapping[tuple[int, int], Facts],
    codelists: Mapping[str, Codelist],
) -> dict[str, Any]:
    """Put what is known of one person on the list into words."""
    patient_id, born = int(row[ID]), row["birth_month"]
    bears = tuple(
        number
        for number, item in enumerate(asking.told)
        if all(row[f"given_{asking.given.index(part)}"] for part in item.given)
    )
    return {
        ID: patient_id,
        "practice_code": row["practice_code"],
        "age": completed_years(born, on) if isinstance(born, dt.date) else None,
        "sex": row["sex"],
        "because": [
            phrase(asking.told[number], known.get((patient_id, number), Facts()), codelists)
            for number in bears
        ],
        "outcomes": [name for n, name in enumerate(asking.outcomes) if row[f"outcome_{n}"]],
        "comes_off_when": asking.ends(bears),
    }


def on_list(
    rule: Rule, person: Person, on: dt.date, codelists: Mapping[str, Codelist]
) -> dict[str, list[str]] | None:
    """Return what a list says of one person, from their rows alone; nothing if they are not on it.

    It says what :func:`worklist` says of them: ``because``, ``outcomes`` and ``comes_off_when``.
    """

    def true(part: Criterion) -> bool:
        return decide(part, person, on, codelists) is True

    excepted = rule.unless is not None and true(rule.unless)
    if excepted or not true(rule.population) or not true(rule.finds):
        return None
    told = [item for item in dict.fromkeys(items(rule.finds)) if all(map(true, item.given))]
    return {
        "because": because(rule.finds, person, on, codelists),
        "outcomes": [name for name, part in rule.outcomes_known(codelists).items() if true(part)],
        "comes_off_when": comes_off_when(told, codelists),
    }
