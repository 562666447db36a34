"""The people a rule finds: who, why, what else is known, and what to do first."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from fairpractice.case_finding.rule import Rule
from fairpractice.codelists import Codelist
from fairpractice.criteria.evidence import Facts, Item, comes_off_when, facts, items, phrase
from fairpractice.criteria.gather import ID, bit
from fairpractice.criteria.plan import ask
from fairpractice.criteria.tree import Criterion, Expression
from fairpractice.errors import FairpracticeError
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
    if record.purpose != "direct_care":
        raise FairpracticeError(
            f"A worklist names people, and the record is open for {record.purpose}",
            fix="Name the purpose direct-care, if that is what it is for.",
        )
    if empty := rule.empty_lists(codelists):
        raise FairpracticeError(
            f"The rule “{rule.title}” is not available: list {', '.join(empty)} is empty",
            fix="Load a full list with `fairpractice codelists add`.",
        )
    told = list(dict.fromkeys(items(rule.finds)))
    outcomes = rule.outcomes_known(codelists)
    given = list(dict.fromkeys(part for item in told for part in item.given))
    asked: dict[str, Expression] = {
        **rule.asked,
        **{f"outcome_{n}": outcome for n, outcome in enumerate(outcomes.values())},
        **{f"given_{n}": part for n, part in enumerate(given)},
    }
    answers = ask(asked, [on], record, codelists)
    answers = replace(answers, table=record.engine.cache(answers.table))
    spells = registered_at(record, on, practice)
    rows = answers.table.inner_join(spells, ID)
    here = replace(answers, table=rows)
    excepted = here.true("unless") == 1 if rule.unless is not None else ibis.literal(False)
    meant = (here.true("population") == 1) & ~excepted
    counted = rows.agg(
        population=meant.ifelse(1, 0).sum(),
        cannot_tell=(meant & (here.unknown("finds") == 1)).ifelse(1, 0).sum(),
        excepted=((here.true("population") == 1) & excepted).ifelse(1, 0).sum(),
    )
    found = rows.filter(meant & (here.true("finds") == 1)).select(
        ID,
        "practice_code",
        **{
            name: bit(here.true(name), 0)
            for name in asked
            if name.startswith(("outcome_", "given_"))
        },
    )
    found = record.engine.cache(found)
    people = found.left_join(record.table("patient"), ID).select(
        *found.columns, "birth_month", "sex"
    )
    known = facts(told, found, on, record, codelists)
    listed = [
        _row(row, rule, on, told, given, list(outcomes), known, codelists)
        for row in record.engine.to_arrow(people).to_pylist()
    ]
    listed.sort(key=lambda row: (-len(row["because"]), row[ID]))
    counts = record.engine.to_arrow(counted).to_pylist()[0]
    record.engine.release(found)
    record.engine.release(answers.table)
    return Worklist(
        rule,
        on,
        pa.Table.from_pylist(listed, SCHEMA),
        *(int(counts[name] or 0) for name in ("population", "cannot_tell", "excepted")),
    )


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
    rule: Rule,
    on: dt.date,
    told: Sequence[Item],
    given: Sequence[Criterion],
    outcomes: Sequence[str],
    known: Mapping[tuple[int, int], Facts],
    codelists: Mapping[str, Codelist],
) -> dict[str, Any]:
    """Put what is known of one person on the list into words."""
    patient_id, born = int(row[ID]), row["birth_month"]
    bears = [
        (number, item)
        for number, item in enumerate(told)
        if all(row[f"given_{given.index(part)}"] for part in item.given)
    ]
    return {
        ID: patient_id,
        "practice_code": row["practice_code"],
        "age": completed_years(born, on) if isinstance(born, dt.date) else None,
        "sex": row["sex"],
        "because": [
            phrase(item, known.get((patient_id, number), Facts()), codelists)
            for number, item in bears
        ],
        "outcomes": [name for n, name in enumerate(outcomes) if row[f"outcome_{n}"]],
        "comes_off_when": comes_off_when([item for _, item in bears], codelists),
    }
