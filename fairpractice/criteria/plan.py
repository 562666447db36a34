"""Everything asked together: one scan a table, one row a person, one bit an answer.

Each leaf of the trees asked (a :class:`~fairpractice.criteria.tree.Rows` question, say) gets a
block of bits, a bit a date, in a 64-bit word. :mod:`fairpractice.criteria.gather` scans each table
once for all its leaves and packs their answers a row a person; here they are joined and combined,
bit by bit, for all dates at once. So a hundred questions cost one scan, one join and one group-by
a table, and sixty month-ends cost little more than one date.
"""

import datetime as dt
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from operator import and_, or_

import ibis
import ibis.expr.types as ir

from fairpractice.codelists import Codelist
from fairpractice.criteria.bits import MOST_COUNTED, Bits, Block, Place, at_least, bit, flip
from fairpractice.criteria.evaluate import COMPARE
from fairpractice.criteria.gather import ID, Gathered, Leaf, Scan, gather, windows
from fairpractice.criteria.tree import (
    AddressKnown,
    Age,
    And,
    Arithmetic,
    Circumstance,
    CircumstanceRecorded,
    Compare,
    Constant,
    Contactable,
    Count,
    Criterion,
    Exists,
    Expression,
    InForce,
    Known,
    Latest,
    Not,
    Number,
    Or,
    PerGroup,
    Registered,
    Sex,
    Total,
    Where,
)
from fairpractice.record.calendar import Calendar, Masks, mask_of
from fairpractice.record.dates import EVER
from fairpractice.record.reading import Readable, Unscreened


@dataclass(frozen=True)
class Answers:
    """One row a person: ``patient_id``, and the answers packed in words.

    Ask :meth:`true`, :meth:`unknown` and :meth:`number` for expressions over ``table``.
    """

    table: ir.Table
    calendar: Calendar
    criteria: Mapping[str, tuple[Block, Block | None]]
    numbers: Mapping[str, Sequence[str]]

    @property
    def words(self) -> list[str]:
        """The columns that the answers to criteria are packed in."""
        blocks = [block for pair in self.criteria.values() for block in pair if block is not None]
        return list(dict.fromkeys(block.word for block in blocks))

    def true(self, name: str) -> ir.IntegerValue:
        """Return the mask of the dates on which a criterion is true."""
        return self._bits(self.criteria[name][0])

    def unknown(self, name: str) -> ir.IntegerValue:
        """Return the mask of the dates on which it cannot be told."""
        block = self.criteria[name][1]
        return mask_of(0) if block is None else self._bits(block)

    def number(self, name: str, date: int) -> ir.FloatingValue:
        """Return a number on the date of that place; null is unknown."""
        return self.table[self.numbers[name][date]]

    def _bits(self, block: Block) -> ir.IntegerValue:
        return (self.table[block.word] >> block.shift) & self.calendar.every


def ask(
    asked: Mapping[str, Expression],
    dates: Sequence[dt.date],
    record: Readable,
    codelists: Mapping[str, Codelist],
) -> Answers:
    """Plan everything asked on some dates, together, as one lazy table.

    Parameters
    ----------
    asked
        Criteria and numbers by name.
    dates
        The dates asked about, oldest first, 62 at most.
    record
        Whose tables are asked; a slice of a long one at a time, to bound memory.
    codelists
        The codelists that the expressions name. An empty list has no entries.
    """
    leaves: list[Leaf] = list(
        dict.fromkeys(
            part
            for expression in asked.values()
            for part in expression.walk()
            if isinstance(part, Leaf)
        )
    )
    calendar = Calendar(tuple(dates))
    masks = Masks(calendar, record.engine, list(windows(leaves)))
    scan = Scan(Unscreened(record), masks, codelists)
    combined = _everybody(scan, leaves)
    for gathered in gather(scan, leaves, *_latest_values(asked.values())):
        combined = combined.with_(gathered)
    parts = (part for expression in asked.values() for part in expression.walk())
    combined = combined.settled(
        dict.fromkeys(part.condition for part in parts if isinstance(part, Where))
    )
    bits = Bits("answer", scan.width)
    criteria: dict[str, tuple[Block, Block | None]] = {}
    numbers: dict[str, Sequence[str]] = {}
    columns: dict[str, ir.Value] = {}
    for name, expression in asked.items():
        if isinstance(expression, Criterion):
            true, false = combined.criterion(expression)
            unknown = None if false is None else bits.add(flip(true | false) & calendar.every)
            criteria[name] = bits.add(true & calendar.every), unknown
        elif isinstance(expression, Number):
            values = {f"{name}_{i}": v for i, v in enumerate(combined.number(expression))}
            numbers[name] = list(values)
            columns |= values
    table = combined.table.select(ID, **bits.packed(), **columns)
    return Answers(table, calendar, criteria, numbers)


Masked = tuple[ir.IntegerValue, ir.IntegerValue | None]
"""The masks of the dates on which a criterion is true and false; no second where never unknown.

Bits beyond those of the dates mean nothing, so that a block need not be cut out of its word until
the end.
"""


@dataclass(frozen=True)
class _Combined:
    """All that was gathered, a row a person, and how to combine it."""

    scan: Scan
    table: ir.Table
    true: Mapping[Expression, Block] = field(default_factory=dict)
    false: Mapping[Expression, Block] = field(default_factory=dict)
    values: Mapping[Expression, Sequence[Place]] = field(default_factory=dict)
    births: Sequence[Age] = ()
    conditions: Mapping[Criterion, str] = field(default_factory=dict)

    def with_(self, gathered: Gathered) -> "_Combined":
        return _Combined(
            self.scan,
            _joined(self.table, gathered),
            {**self.true, **gathered.true},
            {**self.false, **gathered.false},
            {**self.values, **gathered.values},
            self.births,
        )

    def settled(self, conditions: Iterable[Criterion]) -> "_Combined":
        """Work out in columns of their own what the numbers of many dates depend on.

        An engine looks for what is asked again, but not in the branches of a choice.
        """
        columns = {condition: f"condition_{n}" for n, condition in enumerate(conditions)}
        masks = {column: self.criterion(each)[0] for each, column in columns.items()}
        return replace(self, table=self.table.mutate(**masks), conditions=columns)

    def criterion(self, criterion: Criterion) -> Masked:
        match criterion:
            case And(of):
                return self._all([self.criterion(part) for part in of])
            case Or(of):
                swapped = [self._swap(self.criterion(part)) for part in of]
                return self._swap(self._all(swapped))
            case Not(of):
                return self._swap(self.criterion(of))
            case Known(of):
                true, false = self.criterion(of)
                everybody = self._dates(ibis.literal(True))
                return (everybody if false is None else true | false), None
            case Age():
                right = self.table[f"born_{self.births.index(criterion)}"]
                return right, self._dates(self.table.birth_known) & flip(right)
            case Sex(sex):
                other = {"female": "male", "male": "female"}[sex]
                return self._dates(self.table.sex == sex), self._dates(self.table.sex == other)
            case Registered():
                return self._block(self.true[criterion]) & flip(self.table.died), None
            case Contactable():
                held = self.table.contact_details
                return self._dates(held != "none"), self._dates(held == "none")
            case Exists() | InForce() | CircumstanceRecorded() | AddressKnown():
                return self._block(self.true[criterion]), None
            case Circumstance():
                return self._block(self.true[criterion]), self._block(self.false[criterion])
            case Compare() if criterion in self.true:
                return self._block(self.true[criterion]), self._block(self.false[criterion])
            case Compare(Count() as left, sign, Constant(value)) if 0 < value < MOST_COUNTED - 1:
                return self._compared(left, sign, value), None
            case Compare(left, sign, right):
                pairs = zip(self.number(left), self.number(right), strict=True)
                answers = [COMPARE[sign](a, b) for a, b in pairs]
                never_unknown = isinstance(left, Count | Total | PerGroup) and isinstance(
                    right, Count | Total | PerGroup | Constant
                )
                false = None if never_unknown else self._mask([~answer for answer in answers])
                return self._mask(answers), false
            case _:
                raise TypeError(f"not a criterion: {criterion!r}")

    def number(self, number: Number) -> list[ir.FloatingValue]:
        match number:
            case Constant(value):
                return [ibis.literal(value, "float64") for _ in self.scan.dates]
            case Arithmetic(left, sign, right):
                pairs = zip(self.number(left), self.number(right), strict=True)
                if sign == "/":
                    return [a / b.nullif(0) for a, b in pairs]
                return [a + b if sign == "+" else a - b for a, b in pairs]
            case Where(inner, condition):
                settled = self.conditions.get(condition)
                met = self.criterion(condition)[0] if settled is None else self.table[settled]
                return [
                    (bit(met, i) == 1).ifelse(value, ibis.null("float64"))
                    for i, value in enumerate(self.number(inner))
                ]
            case Latest():
                return [place.of(self.table) for place in self.values[number]]
            case Count():
                return [place.of(self.table) for place in self.values[number]]
            case Total() | PerGroup():
                return [place.of(self.table).fill_null(0.0) for place in self.values[number]]
            case _:
                raise TypeError(f"not a number: {number!r}")

    def _all(self, masks: Sequence[Masked]) -> Masked:
        true = reduce(and_, (true for true, _ in masks))
        if all(false is None for _, false in masks):
            return true, None
        return true, reduce(or_, (self._false(pair) for pair in masks))

    def _compared(self, count: Count, sign: str, value: float) -> ir.IntegerValue:
        """Return the mask of the dates on which a count compares so with a constant above 0."""
        places = self.values[count]
        reached = at_least(self.table, places, math.ceil(value))
        exceeded = at_least(self.table, places, math.floor(value) + 1)
        return {
            ">=": reached,
            ">": exceeded,
            "<": flip(reached),
            "<=": flip(exceeded),
            "==": reached & flip(exceeded),
        }[sign]

    def _false(self, masks: Masked) -> ir.IntegerValue:
        true, false = masks
        return flip(true) if false is None else false

    def _swap(self, masks: Masked) -> Masked:
        true, false = masks
        return self._false(masks), None if false is None else true

    def _block(self, block: Block) -> ir.IntegerValue:
        return self.table[block.word] >> block.shift if block.shift else self.table[block.word]

    def _dates(self, answer: ir.BooleanValue) -> ir.IntegerValue:
        """Return the mask of an answer that is the same on all dates; null is not true."""
        return answer.fill_null(False).cast("int64") * mask_of(self.scan.masks.calendar.every)

    def _mask(self, answers: Sequence[ir.BooleanValue]) -> ir.IntegerValue:
        """Return the mask of the dates on which an answer is true; null is not true."""
        return reduce(
            or_,
            (answer.fill_null(False).cast("int64") << i for i, answer in enumerate(answers)),
        )


def _joined(people: ir.Table, gathered: Gathered) -> ir.Table:
    """Join what was gathered to people; those without rows have no bits."""
    joined = people.left_join(gathered.table, ID).drop(f"{ID}_right")
    blocks = (*gathered.true.values(), *gathered.false.values())
    words = dict.fromkeys(block.word for block in blocks)
    return joined.mutate(**{word: joined[word].fill_null(0) for word in words})


def _everybody(scan: Scan, leaves: Sequence[Leaf]) -> _Combined:
    """Return everybody there is, with what the patient table says of them.

    Somebody registered of whom nothing else is known is there too.
    """
    patients = scan.record.table("patient", of_objectors=False)
    unknown = scan.record.only_registered()
    births = [leaf for leaf in leaves if isinstance(leaf, Age)]
    known = patients.select(ID, "sex", "contact_details", "birth_month", "death_month")
    facts: dict[str, ir.Value] = {}
    if births:
        known = scan.masks.join(
            known, "birth_month", (EVER, *(leaf.born for leaf in births)), "born_", keep_all=True
        )
        already = scan.masks.of(known, EVER, "born_")
        facts["birth_known"] = known.birth_month.notnull()
        for number, leaf in enumerate(births):
            facts[f"born_{number}"] = scan.masks.of(known, leaf.born, "born_") & already
    if any(isinstance(leaf, Registered) for leaf in leaves):
        known = scan.masks.join(known, "death_month", [EVER], "died_", keep_all=True)
        facts["died"] = scan.masks.of(known, EVER, "died_")
    known = known.select(ID, "sex", "contact_details", **facts)
    nothing = {
        name: ibis.null(type_) if type_.is_string() else ibis.literal(0).cast(type_)
        for name, type_ in known.schema().items()
    }
    return _Combined(
        scan, known.union(unknown.select(**nothing | {ID: unknown[ID]})), births=births
    )


def _latest_values(
    expressions: Iterable[Expression],
) -> tuple[dict[Compare, float], set[Latest]]:
    """Return comparisons of a latest value with a constant, and latest values used otherwise."""
    compared: dict[Compare, float] = {}
    valued: set[Latest] = set()

    def look(expression: Expression) -> None:
        match expression:
            case Compare(Latest(), _, Constant(constant)):
                compared[expression] = constant
                return
            case Latest():
                valued.add(expression)
            case _:
                pass
        for part in expression.children():
            look(part)

    for expression in expressions:
        look(expression)
    return compared, valued
