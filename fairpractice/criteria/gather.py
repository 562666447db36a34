"""The scans: from rows of a table to one row a person, a block of bits an answer.

Each function takes the leaves it can answer and returns them *gathered*: a table of one row a
person, and where in its columns each leaf's answer stands. Rows get a *mask*, the dates that see
them in the leaf's window, by joining the calendar; masks are gathered by ``bit_or``, numbers by
sums of the masks' bits.
"""

import functools
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import and_, or_
from typing import Any

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
import pyarrow as pa

from fairpractice.codelists import Codelist
from fairpractice.criteria.bits import COUNT_BITS, COUNTS, Bits, Block, Place, bit, flip
from fairpractice.criteria.evaluate import COMPARE
from fairpractice.criteria.tree import (
    AddressKnown,
    Age,
    Circumstance,
    CircumstanceRecorded,
    Compare,
    Count,
    Exists,
    Expression,
    InForce,
    Latest,
    PerGroup,
    Registered,
    Rows,
    Total,
)
from fairpractice.engines import Engine
from fairpractice.record import social_facts
from fairpractice.record.calendar import Masks, mask_of
from fairpractice.record.dates import EVER, FIRST_DAY, Window
from fairpractice.record.reading import Readable
from fairpractice.record.tables import FACT_STATUSES, TABLES


ID = "patient_id"
RowsLeaf = Exists | Count | Total | Latest | PerGroup
Leaf = RowsLeaf | InForce | Registered | AddressKnown | Age | Circumstance | CircumstanceRecorded
FEW = 3
"""How many kinds of row are picked while reading; testing for more costs what it saves."""
FEW_CODES = 50
"""How many codes are picked while reading, before the join that says what they mean."""


@dataclass(frozen=True)
class Gathered:
    """One row a person, and where the answer to each leaf stands in it."""

    table: ir.Table
    true: Mapping[Expression, Block] = field(default_factory=dict)
    false: Mapping[Expression, Block] = field(default_factory=dict)
    values: Mapping[Expression, Sequence[Place]] = field(default_factory=dict)


@dataclass(frozen=True)
class Scan:
    """What every scan needs."""

    record: Readable
    masks: Masks
    codelists: Mapping[str, Codelist]

    @property
    def width(self) -> int:
        """How many dates are asked about."""
        return len(self.masks.calendar.dates)

    @property
    def dates(self) -> range:
        """The place of each date in a mask."""
        return range(self.width)

    def chosen(
        self, rows: ir.Table, looked_through: Sequence[Window], masks: Sequence[Window]
    ) -> ir.IntegerValue:
        """Return the mask of the window that a row's own ``window`` (by number) stands for."""
        cases = [
            (rows.window == self.masks.windows.index(window), self.masks.of(rows, mask))
            for window, mask in zip(looked_through, masks, strict=True)
        ]
        return cases[0][1] if len(cases) == 1 else ibis.cases(*cases, else_=0)

    def sums(
        self, prefix: str, mask: ir.IntegerValue, amount: ir.FloatingValue
    ) -> dict[str, ir.FloatingScalar]:
        """Return, a column a date, the sum of an amount over the rows that the date sees."""
        return {f"{prefix}_{i}": (bit(mask, i).cast("float64") * amount).sum() for i in self.dates}

    def spread(
        self, prefix: str, mask: Callable[[ir.Table], ir.IntegerValue]
    ) -> dict[str, Callable[[ir.Table], ir.IntegerValue]]:
        """Return how to spread the bits of a mask over words, so that a sum counts each apart."""
        # A product puts bit 0 at 0, bit 1 at COUNT_BITS and bit 2 at twice that, among others.
        factor = sum(1 << n * (COUNT_BITS - 1) for n in range(COUNTS))
        wanted = sum(1 << n * COUNT_BITS for n in range(COUNTS))

        def word(rows: ir.Table, first: int) -> ir.IntegerValue:
            few = (mask(rows) >> first if first else mask(rows)) & ((1 << COUNTS) - 1)
            return (few * mask_of(factor)) & mask_of(wanted) if self.width > 1 else few

        return {
            f"{prefix}_{first}": functools.partial(word, first=first)
            for first in self.dates[::COUNTS]
        }

    def counts(
        self,
        prefix: str,
        words: Mapping[str, ir.IntegerValue],
        times: ir.IntegerValue | None = None,
    ) -> tuple[dict[str, ir.IntegerScalar], list[Place]]:
        """Return how many rows each date sees, packed in a few columns, and where each count is.

        ``words`` are as :meth:`spread` makes them. A row counts so many ``times``; once where not
        given.
        """
        columns: dict[str, ir.IntegerScalar] = {}
        places: list[Place] = []
        for first, word in zip(self.dates[::COUNTS], words.values(), strict=True):
            column = f"{prefix}_{first}"
            places += [
                Place(column, COUNT_BITS * n)
                for n in range(len(self.dates[first : first + COUNTS]))
            ]
            counted = (word if times is None else word * times).sum()
            # Engines add up in more than 64 bits, in which all that follows would be slow.
            columns[column] = ops.Cast(counted, "int64").to_expr()
        return columns, places


def gather(
    scan: Scan,
    leaves: Sequence[Leaf],
    compared: Mapping[Compare, float],
    valued: Collection[Latest],
) -> Iterator[Gathered]:
    """Scan each table that some leaf needs, once for all leaves that need it.

    ``compared`` are the comparisons of a latest value with a constant, which bits can answer;
    ``valued`` the latest values that are needed as numbers besides.
    """

    def of(*kinds: type) -> list[Any]:
        return [leaf for leaf in leaves if isinstance(leaf, kinds)]

    simple = of(Exists, Count, Total)
    for table in dict.fromkeys(leaf.rows.table for leaf in simple):
        here = [leaf for leaf in simple if leaf.rows.table == table]
        if coded := [leaf for leaf in here if leaf.rows.codelist]:
            yield _coded(scan, table, coded)
        if plain := [leaf for leaf in here if not leaf.rows.codelist]:
            yield _plain(scan, table, plain)
    for number, leaf in enumerate(of(PerGroup)):
        yield _per_group(scan, leaf, f"group{number}")
    followed = [leaf for leaf in of(Latest) if any(c.left == leaf for c in compared)]
    if states := [*of(InForce), *followed]:
        yield _states(scan, states, compared)
    for number, leaf in enumerate(leaf for leaf in of(Latest) if leaf in valued):
        yield _values(scan, leaf, f"latest{number}")
    if of(Circumstance, CircumstanceRecorded):
        yield _social(scan, of(Circumstance), of(CircumstanceRecorded))
    if spells := of(Registered):
        yield _spells(scan, "registration", spells)
    if homes := of(AddressKnown):
        yield _spells(scan, "address", homes)


def windows(leaves: Sequence[Leaf]) -> Iterator[Window]:
    """Yield the windows of the calendar that the leaves look through."""
    for leaf in leaves:
        match leaf:
            case Age():
                yield leaf.born
            case Registered(months):
                yield Window(None, months)
            case Circumstance(topic):
                yield freshness(topic)
            case CircumstanceRecorded(_, window, _):
                yield window
            case Latest(rows):
                yield from (rows.window, Window(None, rows.window.until))
            case Exists(rows) | Count(rows) | Total(rows) | PerGroup(rows):
                yield rows.window
            case _:
                pass


def freshness(topic: str) -> Window:
    """Return the window in which a statement about a topic is still fresh."""
    return Window(social_facts.TOPICS[topic].freshness_months)


def _coded(scan: Scan, table: str, leaves: Sequence[Exists | Count | Total]) -> Gathered:
    """Scan coded rows: a small map says which bits the rows of each code set."""
    prefix = f"{table}_coded"
    bits = Bits(prefix, scan.width)
    true: dict[Expression, Block] = {}
    counted: dict[Count | Total, str] = {}
    entries: dict[tuple[str, str, int], dict[str, float]] = {}
    for leaf in leaves:
        if isinstance(leaf, Exists):
            true[leaf] = block = bits.block()
            column, add = block.word, 1 << block.shift
        else:
            counted[leaf] = column = f"{prefix}_n{len(counted)}"
            add = 1
        window = scan.masks.windows.index(leaf.rows.window)
        for code in scan.codelists[leaf.rows.codelist].codes:
            entry = entries.setdefault((code.system, code.code, window), {})
            entry[column] = int(entry.get(column, 0)) | add
    columns = dict.fromkeys([*bits.words, *counted.values()], 0)
    rows = joined_to_codes(scan.record.engine, scan.record.table(table), "window", entries, columns)
    rows = scan.masks.join(rows, TABLES[table].date, (leaf.rows.window for leaf in leaves))
    looked_through = list(dict.fromkeys(leaf.rows.window for leaf in leaves))
    mask = scan.chosen(rows, looked_through, looked_through)
    gathered: dict[str, ir.Value] = {word: (mask * rows[word]).bit_or() for word in bits.words}
    values: dict[Expression, Sequence[Place]] = {}
    for leaf, column in counted.items():
        words = {name: word(rows) for name, word in scan.spread(column, lambda _: mask).items()}
        sums, values[leaf] = _summed(scan, column, mask, words, leaf, rows, rows[column])
        gathered |= sums
    return Gathered(rows.group_by(ID).agg(**gathered), true, values=values)


def joined_to_codes(
    engine: Engine,
    rows: ir.Table,
    number: str,
    entries: Mapping[tuple[str, str, int], Mapping[str, float]],
    columns: Mapping[str, float | None],
) -> ir.Table:
    """Join rows to what their code means; a code in several questions gives a row for each.

    ``entries`` map a code's system, the code and a number (named by ``number``) to the values of
    some of the columns. ``columns`` say what those are that an entry does not name.
    """
    systems = [system for system, _, _ in entries]
    data: dict[str, pa.Array] = {
        "of_system": pa.array(systems, pa.string()),
        "of_code": pa.array([code for _, code, _ in entries], pa.string()),
        number: pa.array([n for _, _, n in entries], pa.int64()),
    }
    for column, default in columns.items():
        given = [entry.get(column, default) for entry in entries.values()]
        data[column] = pa.array(given, pa.int64() if isinstance(default, int) else pa.float64())
    codes = engine.table(pa.table(data))
    if len(different := {code for _, code, _ in entries}) <= FEW_CODES:
        rows = rows.filter(rows.code.isin(sorted(different)))
    matches = [rows.code == codes.of_code]
    if len(set(systems)) == 1:
        # A constant is checked while reading; as a second join key it would cost a third more.
        rows = rows.filter(rows.code_system == systems[0])
        matches = [rows.code == codes.of_code]
    else:
        matches.append(rows.code_system == codes.of_system)
    return rows.inner_join(codes, matches)


def _plain(scan: Scan, table: str, leaves: Sequence[Exists | Count | Total]) -> Gathered:
    """Scan rows that are picked by the values of their columns."""
    rows = scan.record.table(table)
    picks = {(leaf.rows.where, leaf.rows.known): picked(rows, leaf.rows) for leaf in leaves}
    if len(picks) <= FEW:
        rows = rows.filter(reduce(or_, picks.values()))
    counted = dict.fromkeys(leaf.rows.window for leaf in leaves if isinstance(leaf, Count))
    spread = {
        window: scan.spread(f"{table}_seen{n}", functools.partial(scan.masks.of, window=window))
        for n, window in enumerate(counted)
    }
    rows = scan.masks.join(
        rows,
        TABLES[table].date,
        (leaf.rows.window for leaf in leaves),
        worked_out=dict(item for words in spread.values() for item in words.items()),
    )
    bits = Bits(table, scan.width)
    true: dict[Expression, Block] = {}
    values: dict[Expression, Sequence[Place]] = {}
    sums: dict[str, ir.Value] = {}
    for number, leaf in enumerate(leaves):
        mask: ir.IntegerValue = scan.masks.of(rows, leaf.rows.window)
        here = picked(rows, leaf.rows).fill_null(False) if len(picks) > 1 else None
        if isinstance(leaf, Exists):
            true[leaf] = bits.add(mask if here is None else here.ifelse(mask, 0))
            continue
        # A product, not a choice: an engine then works out once what the leaves have in common.
        times = None if here is None else here.cast("int64")
        words = {name: rows[name] for name in spread.get(leaf.rows.window, ())}
        columns, values[leaf] = _summed(scan, f"{table}_n{number}", mask, words, leaf, rows, times)
        sums |= columns
    return Gathered(rows.group_by(ID).agg(**bits.gathered(), **sums), true, values=values)


def _summed(
    scan: Scan,
    prefix: str,
    mask: ir.IntegerValue,
    words: Mapping[str, ir.IntegerValue],
    leaf: Count | Total,
    rows: ir.Table,
    times: ir.IntegerValue | None = None,
) -> tuple[Mapping[str, ir.Value], Sequence[Place]]:
    """Return columns that count rows or add up one of theirs, and where the sum of each date is."""
    if isinstance(leaf, Count):
        return scan.counts(prefix, words, times)
    amount = _number_or_nought(rows[leaf.column])
    sums = scan.sums(prefix, mask, amount if times is None else times.cast("float64") * amount)
    return sums, [Place(column) for column in sums]


def _per_group(scan: Scan, leaf: PerGroup, prefix: str) -> Gathered:
    """Count rows by person and group, then sum up the groups of each person."""
    rows = scan.record.table(leaf.rows.table)
    rows = rows.filter(picked(rows, leaf.rows), rows[leaf.by].notnull())
    if leaf.rows.codelist:
        codes = scan.codelists[leaf.rows.codelist].codes
        entries: dict[tuple[str, str, int], dict[str, float]] = {
            (code.system, code.code, 0): {} for code in codes
        }
        rows = joined_to_codes(scan.record.engine, rows, "question", entries, {})
    window = leaf.rows.window
    spread = scan.spread("seen", functools.partial(scan.masks.of, window=window))
    rows = scan.masks.join(rows, TABLES[leaf.rows.table].date, [window], worked_out=spread)
    words, places = scan.counts("rows", {name: rows[name] for name in spread})
    counts = rows.group_by(ID, leaf.by).agg(**words)
    figures: dict[str, Callable[[Place], ir.NumericScalar]] = {
        "largest": lambda place: place.count(counts).max(),
        "groups": lambda place: (place.count(counts) > 0).sum(),
        "sum_of_squares": lambda place: (place.of(counts) * place.of(counts)).sum(),
    }
    columns = {f"{prefix}_{i}": figures[leaf.figure](places[i]).cast("float64") for i in scan.dates}
    gathered = counts.group_by(ID).agg(**columns)
    return Gathered(gathered, values={leaf: [Place(column) for column in columns]})


def _states(
    scan: Scan, leaves: Sequence[InForce | Latest], compared: Mapping[Compare, float]
) -> Gathered:
    """Follow what holds: each entry until the next of the same question.

    The questions are registers (an entry, or what ended it) and latest values that are compared
    with constants. Of the entries that a date sees and the date before did not, only the last
    matters. It is found as the largest of a number: its day, then its *rank*. That of a register's
    entry is 1, above the 0 of an ending on the same day. That of a value is how many of its
    question's constants it reaches plus how many it exceeds: enough to compare it with them, and of
    several values on a day the largest counts.
    """
    bits = Bits("state", scan.width)
    true: dict[Expression, Block] = {}
    false: dict[Expression, Block] = {}
    entries: dict[tuple[str, str, int], dict[str, float]] = {}
    meaning: dict[tuple[int, int], dict[str, int]] = {}
    most = 0
    for question, leaf in enumerate(leaves):
        row: dict[str, float]
        if isinstance(leaf, InForce):
            true[leaf] = block = bits.block()
            meaning[question, 1] = {block.word: 1 << block.shift}
            lists, row = {leaf.ended_by: 0, leaf.codelist: 1}, {"is_value": 0}
        else:
            here = {c: constant for c, constant in compared.items() if c.left == leaf}
            constants = sorted(set(here.values()))
            most = max(most, len(constants))
            for comparison, constant in here.items():
                true[comparison], false[comparison] = bits.block(), bits.block()
                for rank in range(2 * len(constants) + 1):
                    met = COMPARE[comparison.operator](rank, 2 * constants.index(constant) + 1)
                    block = (true if met else false)[comparison]
                    words = meaning.setdefault((question, rank), {})
                    words[block.word] = words.get(block.word, 0) | 1 << block.shift
            row = {f"constant_{place}": value for place, value in enumerate(constants)}
            lists, row = {leaf.rows.codelist: 0}, row | {"is_value": 1}
        window = scan.masks.windows.index(_window(leaf))
        for codelist, rank in lists.items():
            for code in scan.codelists[codelist].codes:
                entries[code.system, code.code, question] = row | {"window": window, "rank": rank}
    constant_columns: dict[str, float | None] = {f"constant_{n}": None for n in range(most)}
    rows = joined_to_codes(
        scan.record.engine,
        scan.record.table("event").select(ID, "date", "value", "code", "code_system"),
        "question",
        entries,
        {"window": 0, "rank": 0, "is_value": 0, **constant_columns},
    )
    rows = rows.mutate(value=rows.value.nullif(float("nan")))
    if any(isinstance(leaf, InForce) for leaf in leaves):
        rows = rows.filter((rows.is_value == 0) | rows.value.notnull())
    else:
        rows = rows.filter(rows.value.notnull())
    looked_through = list(dict.fromkeys(map(_window, leaves)))
    until = [Window(None, window.until) for window in looked_through] if scan.width > 1 else []
    rows = scan.masks.join(
        rows, "date", [*looked_through, *until], numbered=True, read=looked_through
    )
    rows = rows.mutate(visible=scan.chosen(rows, looked_through, looked_through))
    if until:
        rows = rows.mutate(seen=scan.chosen(rows, looked_through, until))
    rows = rows.filter(rows.visible != 0)
    reached = [rows.value >= rows[name] for name in constant_columns]
    exceeded = [rows.value > rows[name] for name in constant_columns]
    steps = [answer.fill_null(False).cast("int64") for answer in reached + exceeded]
    rank = sum(steps, rows["rank"])
    ranks = (2 * most + 1).bit_length()
    day_and_rank = ((rows.number << ranks) | rank).max()
    if scan.width == 1:  # it sees whatever it sees: nothing tells entries apart but their days
        asked = ["question"] if len(leaves) > 1 else []
        last = rows.group_by(ID, *asked).agg(day_and_rank=day_and_rank)
        last = last.mutate(held=1, question=last.question if asked else 0)
    else:
        last = rows.group_by(ID, "question", "seen").agg(
            visible=rows.visible.bit_or(), day_and_rank=day_and_rank
        )
        following = ibis.window(group_by=[ID, "question"], order_by=last.seen.desc())
        superseded = last.seen.lead().over(following).fill_null(0)
        last = last.mutate(held=last.visible & flip(superseded))
    last = last.mutate(rank=last.day_and_rank & ((1 << ranks) - 1))
    columns = {
        "of_question": [question for question, _ in meaning],
        "of_rank": [rank for _, rank in meaning],
        **{w: [words.get(w, 0) for words in meaning.values()] for w in bits.words},
    }
    means = scan.record.engine.table(pa.table(columns))
    last = last.inner_join(
        means, [last.question == means.of_question, last["rank"] == means.of_rank]
    )
    answers = {word: last.held * last[word] for word in bits.words}
    if scan.width == len(leaves) == 1:  # then there is one row a person already
        return Gathered(last.select(ID, **answers), true, false)
    gathered = {word: answer.bit_or() for word, answer in answers.items()}
    return Gathered(last.group_by(ID).agg(**gathered), true, false)


def _window(leaf: InForce | Latest) -> Window:
    return leaf.rows.window if isinstance(leaf, Latest) else EVER


def _values(scan: Scan, leaf: Latest, prefix: str) -> Gathered:
    """Follow a latest value that is more than compared with constants: each until the next."""
    window = leaf.rows.window
    until = Window(None, window.until)
    codes = scan.codelists[leaf.rows.codelist].codes
    rows = joined_to_codes(
        scan.record.engine,
        scan.record.table("event"),
        "question",
        {(code.system, code.code, 0): {} for code in codes},
        {},
    )
    rows = rows.filter(rows.value.nullif(float("nan")).notnull())
    daily = rows.group_by(ID, "date").agg(value=rows.value.max())
    order = ibis.window(group_by=ID, order_by="date")
    spans = scan.masks.join(daily.mutate(next_date=daily.date.lead().over(order)), "date", [window])
    spans = scan.masks.join(spans, "next_date", [until], "next_", keep_all=True)
    mask = scan.masks.of(spans, window) & flip(scan.masks.of(spans, until, "next_"))
    columns = {
        f"{prefix}_{i}": (bit(mask, i) == 1).ifelse(spans.value, ibis.null()).max()
        for i in scan.dates
    }
    gathered = spans.group_by(ID).agg(**columns)
    return Gathered(gathered, values={leaf: [Place(column) for column in columns]})


def _social(
    scan: Scan, leaves: Sequence[Circumstance], recorded: Sequence[CircumstanceRecorded]
) -> Gathered:
    """Follow social facts: each statement holds until superseded, ended or stale.

    Whether anybody ``recorded`` a topic is seen in the same statements, whatever they say.
    """
    meaning = [
        (number, topic, status, says)
        for number, leaf in enumerate(leaves)
        for topic, status, says in social_facts.relevant(leaf.topic)
    ] + [
        (number, leaf.topic, status, "recorded")
        for number, leaf in enumerate(recorded, start=len(leaves))
        for status in FACT_STATUSES
    ]
    numbers, topics, statuses, says = zip(*meaning, strict=True)
    table = {"leaf": numbers, "of_topic": topics, "of_status": statuses, "says": says}
    relevant = scan.record.engine.table(pa.table({k: list(v) for k, v in table.items()}))
    said = social_facts.statements(scan.record, scan.codelists)
    said = said.inner_join(
        relevant, [said.topic == relevant.of_topic, said.status == relevant.of_status]
    )
    order = ibis.window(group_by=[ID, "leaf"], order_by=list(social_facts.ORDER))
    said = said.mutate(next_recorded=said.recorded_on.lead().over(order))
    windows = [freshness(leaf.topic) for leaf in leaves] + [leaf.window for leaf in recorded]
    said = scan.masks.join(said, "recorded_on", windows)
    said = scan.masks.join(said, "next_recorded", [EVER], "next_", keep_all=True)
    said = scan.masks.join(said, "true_until", [EVER], "until_", keep_all=True)
    ended = scan.masks.of(said, EVER, "next_") | scan.masks.of(said, EVER, "until_")
    bits = Bits("social", scan.width)
    answers: dict[str, dict[Expression, Block]] = {"present": {}, "absent": {}}
    for number, leaf in enumerate(leaves):
        holds = scan.masks.of(said, freshness(leaf.topic)) & flip(ended)
        for answer, blocks in answers.items():
            here = (said.leaf == number) & (said.says == answer)
            blocks[leaf] = bits.add(here.ifelse(holds, 0))
    for number, asked in enumerate(recorded, start=len(leaves)):
        seen = scan.masks.of(said, asked.window)
        here = said.leaf == number
        if asked.route:
            here = here & (said.route == asked.route)
        answers["present"][asked] = bits.add(here.ifelse(seen, 0))
    gathered = said.group_by(ID).agg(**bits.gathered())
    return Gathered(gathered, answers["present"], answers["absent"])


def _spells(scan: Scan, table: str, leaves: Sequence[Registered | AddressKnown]) -> Gathered:
    """Follow half-open spells, at practices or in areas."""
    spells = scan.record.table(table)
    spells = spells.mutate(start_date=spells.start_date.fill_null(FIRST_DAY))
    begun = {
        leaf: Window(None, leaf.months if isinstance(leaf, Registered) else 0) for leaf in leaves
    }
    spells = scan.masks.join(spells, "start_date", begun.values())
    spells = scan.masks.join(spells, "end_date", [EVER], "end_", keep_all=True)
    going_on = flip(scan.masks.of(spells, EVER, "end_"))
    bits = Bits(table, scan.width)
    true: dict[Expression, Block] = {
        leaf: bits.add(scan.masks.of(spells, window) & going_on) for leaf, window in begun.items()
    }
    return Gathered(spells.group_by(ID).agg(**bits.gathered()), true)


def picked(rows: ir.Table, asked: Rows) -> ir.BooleanValue:
    """Return whether a row has the values that are asked for; null is no."""
    tests = [rows[column].isin(values) for column, values in asked.where]
    tests += [rows[column].notnull() for column in asked.known]
    return reduce(and_, tests) if tests else ibis.literal(True)


def _number_or_nought(column: ir.NumericColumn) -> ir.FloatingValue:
    """Return a column's numbers, with 0 for null and NaN, which would spoil a sum."""
    return column.cast("float64").nullif(float("nan")).fill_null(0.0)
