"""From their values to ours, and what is wrong with each: SQL for the embedded engine.

A column becomes three expressions over a row: ``raw`` (what the source wrote, trimmed; null where
it wrote nothing), ``value`` (ours) and ``faults`` (conditions, the first that is true being the
reason the row is quarantined). A condition that is null is not true.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fairpractice.identifiers import SHAPES
from fairpractice.identifiers.shape import BLANKS
from fairpractice.record.contract import Column, Table
from fairpractice.sources.dates import ISO
from fairpractice.sources.mapping import Section


if TYPE_CHECKING:
    import pyarrow as pa


EARLIEST = dt.date(1900, 1, 1)
MAY_LIE_AHEAD = ("true_until",)
NEVER_NEGATIVE = ("minutes", "days_supply")
CHECKED_CODE_SYSTEMS = ("snomed", "dmd")
BIRTH = ("birth_month", "date_of_birth")
# Dates that nothing forbids to lie before a birth: the birth itself, and what is about data.
NOT_AFTER_BIRTH = (*BIRTH, "recorded_on", "withdrawn_on")
ORDER = {  # the first day, and the one that cannot be before it
    "registration": ("start_date", "end_date"),
    "address": ("start_date", "end_date"),
    "social_fact": ("true_from", "true_until"),
    "objection": ("recorded_on", "withdrawn_on"),
}
WHOLE_NUMBERS = (
    "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT",
    "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT",
)  # fmt: skip
SPOILT_CODE = r"[0-9]+([.,][0-9]+)?[eE]\+?[0-9]+|[0-9]+\.0+"


@dataclass(frozen=True)
class Given:
    """A column as a file has it: its expression and the engine's name for its type."""

    sql: str
    type: str = "VARCHAR"


@dataclass(frozen=True)
class Field:
    """One of our columns on its way: SQL over the source (``raw``), then over what came before.

    ``value`` may use ``r_<column>``, ``faults`` (kind, condition) also ``v_<column>``. The fault of
    a ``lenient`` column empties the field and leaves the row.
    """

    column: Column
    raw: str
    value: str
    faults: tuple[tuple[str, str], ...]
    lenient: bool = False

    @property
    def faulty(self) -> str:
        """The condition that something is wrong with the field."""
        return " OR ".join(f"coalesce({condition}, false)" for _, condition in self.faults)


@dataclass(frozen=True)
class Areas:
    """The codes that a vintage of small areas can hold: their shape, the first and last given out.

    ``codes`` are all of those of some nations, when they are known.
    """

    pattern: str
    ranges: tuple[tuple[str, str], ...]
    codes: "pa.Array | None" = None


@dataclass(frozen=True)
class Setting:
    """What the conversion of a whole import shares.

    ``known`` names for a vintage the engine's table of its ``code``, when they are known.
    """

    today: dt.date
    source: str
    secret: str
    areas: Mapping[str, Areas]
    known: Mapping[str, str]


def literal(text: str) -> str:
    """Return a text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def name(text: str) -> str:
    """Return a name as an SQL identifier."""
    return '"' + text.replace('"', '""') + '"'


def text(given: Given, empty: Sequence[str] = ()) -> str:
    """Return what the source wrote as trimmed text, null where it wrote nothing."""
    kind = given.type
    if kind in ("FLOAT", "DOUBLE") or kind.startswith("DECIMAL"):
        # 9990001111.0 is a number that a gap elsewhere in its column made a fraction.
        written = (
            f"CASE WHEN {given.sql} = trunc({given.sql}) AND abs({given.sql}) < 1e15 "
            f"THEN ({given.sql})::BIGINT::VARCHAR ELSE ({given.sql})::VARCHAR END"
        )
    elif kind == "VARCHAR":
        written = f"nullif(trim({given.sql}, {literal(BLANKS)}), '')"
    else:
        written = f"({given.sql})::VARCHAR"
    if not empty:
        return written
    return f"CASE WHEN {written} NOT IN ({', '.join(map(literal, empty))}) THEN {written} END"


def fields(
    section: Section, given: Mapping[str, tuple[Given, ...]], setting: Setting, bad_codes: str = ""
) -> list[Field]:
    """Return how each column of a section's table is made.

    Parameters
    ----------
    section
        The mapping.
    given
        For each of our columns that is mapped, theirs.
    setting
        What the import shares.
    bad_codes
        Names rows with a ``code``: those that are no code of SNOMED CT.
    """
    made = []
    for column in (*section.table.columns, *section.table.origin):
        if column.name == "patient_id":
            continue
        if column.name == "contact_details" and {"telephone", "email"} & set(given):
            made.append(_contact_details(column, section, given))
            continue
        if column.name in given:
            source = given[column.name]
        elif column.name in section.constants:
            source = (Given(literal(section.constants[column.name])),)
        else:
            source = (Given("NULL::VARCHAR"),)
        made.append(_field(column, section, source, setting, bad_codes))
    return made


def _field(
    column: Column,
    section: Section,
    source: tuple[Given, ...],
    setting: Setting,
    bad_codes: str,
) -> Field:
    given = source[0]
    if column.kind == "date" and given.type.startswith(("DATE", "TIMESTAMP")):
        raw, value, faults = given.sql, f"r_{column.name}::DATE", []
    elif column.kind == "float64" and given.type in ("FLOAT", "DOUBLE", *WHOLE_NUMBERS):
        number = f"({given.sql})::DOUBLE"
        raw = f"CASE WHEN NOT isnan({number}) THEN {number} END"
        value = f"CASE WHEN isfinite(r_{column.name}) THEN r_{column.name} END"
        faults = _number_faults(column)
    else:
        raw = joined(source, section.empty)
        value, faults = _from_text(column, section, setting, bad_codes)
    if column.kind == "date":
        faults += _date_faults(column, section.table, setting.today)
    if column.required and column.name != "code_system":
        faults.insert(0, ("empty", f"r_{column.name} IS NULL"))
    return Field(column, raw, value, tuple(faults), column.name in section.may_be_unreadable)


def joined(source: tuple[Given, ...], empty: Sequence[str]) -> str:
    """Return several columns as one text, null unless all of them are filled."""
    return " || '|' || ".join(f"({text(given, empty)})" for given in source)


def _from_text(
    column: Column, section: Section, setting: Setting, bad_codes: str
) -> tuple[str, list[tuple[str, str]]]:
    raw, made = f"r_{column.name}", f"v_{column.name}"
    words = section.values.get(column.name, {})
    allowed = column.allowed
    tidy = f"trim(regexp_replace(lower({raw}), '[^a-z0-9]+', '_', 'g'), '_')" if allowed else raw
    if words:
        pairs = " ".join(
            f"WHEN {literal(a)} THEN {literal(b) if b else 'NULL'}" for a, b in words.items()
        )
        tidy = f"CASE lower({raw}) {pairs} ELSE {tidy} END"
    missing = f"{raw} IS NOT NULL AND {made} IS NULL"
    if column.kind == "date":
        formats = section.dates or (ISO,)
        matched = " OR ".join(f"regexp_full_match({raw}, {literal(f.pattern)})" for f in formats)
        value = (
            "coalesce("
            + ", ".join(
                f"CASE WHEN regexp_full_match({raw}, {literal(f.pattern)}) THEN "
                f"try_strptime(regexp_extract({raw}, {literal(f.pattern)}, 1), "
                f"{literal(f.strptime)})::DATE END"
                for f in formats
            )
            + ")"
        )
        return value, [
            ("impossible_date", f"{missing} AND ({matched})"),
            ("unreadable_date", missing),
        ]
    if column.kind == "float64":
        number = f"try_cast({tidy} AS DOUBLE)"
        return f"CASE WHEN isfinite({number}) THEN {number} END", _number_faults(column)
    if column.kind in ("int32", "int64"):
        number = f"try_cast({tidy} AS DOUBLE)"
        whole = f"CASE WHEN {number} = trunc({number}) THEN try_cast({number} AS INTEGER) END"
        return whole, _number_faults(column)
    if column.name == "code_system":
        value = f"coalesce(lower({tidy}), 'snomed')"
        if not column.required:  # of a fact that need not have a code
            value = f"CASE WHEN r_code IS NOT NULL THEN {value} END"
        return value, []
    if column.name == "code":
        checked = f"v_code_system IN ({', '.join(map(literal, CHECKED_CODE_SYSTEMS))})"
        bad = f"{checked} AND {made} IN (SELECT code FROM {bad_codes})" if bad_codes else "false"
        spoilt = f"{bad} AND regexp_full_match({made}, {literal(SPOILT_CODE)})"
        return tidy, [("spoilt_code", spoilt), ("bad_code", bad)] if bad_codes else []
    if column.name == "start_time":
        pattern = r"(?:.*[ T])?([0-9]{1,2}):([0-5][0-9])(?::.*)?"
        hour, minute = (f"regexp_extract({raw}, {literal(pattern)}, {n})" for n in (1, 2))
        value = (
            f"CASE WHEN regexp_full_match({raw}, '([01][0-9]|2[0-3]):[0-5][0-9]') THEN {raw} "
            f"WHEN regexp_full_match({raw}, {literal(pattern)}) AND {hour}::INT < 24 "
            f"THEN lpad({hour}, 2, '0') || ':' || {minute} END"
        )
        return value, [("unreadable_time", missing)]
    if column.name == "clinician_id":
        secret = literal(f"{setting.secret}|clinician|{setting.source}|")
        return f"left(sha256({secret} || {raw}), 16)", []
    if column.shape:
        shape = SHAPES[column.shape]
        faults = [("bad_shape", f"NOT {shape.sql(made)}")]
        if column.shape == "small_area":
            faults += _area_faults(setting)
        return f"nullif({shape.normalise_sql(tidy)}, '')", faults
    if allowed:
        return tidy, [("not_allowed", f"{made} NOT IN ({', '.join(map(literal, allowed))})")]
    return tidy, []


def _number_faults(column: Column) -> list[tuple[str, str]]:
    faults = [("not_a_number", f"r_{column.name} IS NOT NULL AND v_{column.name} IS NULL")]
    if column.name in NEVER_NEGATIVE:
        faults.append(("negative", f"v_{column.name} < 0"))
    return faults


def _date_faults(column: Column, table: Table, today: dt.date) -> list[tuple[str, str]]:
    made = f"v_{column.name}"
    faults = [("before_1900", f"{made} < DATE '{EARLIEST}'")]
    if column.name not in MAY_LIE_AHEAD:
        faults.append(("future", f"{made} > DATE '{today}'"))
    if table.name in ORDER and column.name == ORDER[table.name][1]:
        faults.append(("ends_before_start", f"{made} < v_{ORDER[table.name][0]}"))
    if table.name == "patient" and column.name == "death_month":
        faults.append(("death_before_birth", f"{made} < v_birth_month"))
    elif table.name != "objection" and column.name not in NOT_AFTER_BIRTH:
        faults.append(("before_birth", f"{made} < born"))
    return faults


def _area_faults(setting: Setting) -> list[tuple[str, str]]:
    """Return the faults of an area code in the vintage that its row gives."""
    faults = []
    for vintage, held in setting.areas.items():
        stated = f"v_area_vintage = {literal(vintage)}"
        inside = " OR ".join(
            f"v_area_code BETWEEN {literal(first)} AND {literal(last)}"
            for first, last in held.ranges
        )
        fits = f"regexp_full_match(v_area_code, {literal(held.pattern.strip('^$'))})"
        known = setting.known.get(vintage)
        if known:  # an edition's areas are there, whatever the numbers: a fictional place's too
            inside = f"{inside or 'true'} OR v_area_code IN (SELECT code FROM {known})"
        faults.append(("wrong_vintage", f"{stated} AND NOT ({fits} AND ({inside or 'true'}))"))
        if known:
            # An edition holds one nation's areas: it is silent about another's.
            faults.append(
                (
                    "wrong_vintage",
                    f"{stated} AND v_area_code NOT IN (SELECT code FROM {known}) "
                    f"AND v_area_code[1] IN (SELECT code[1] FROM {known})",
                )
            )
    return faults


def _contact_details(
    column: Column, section: Section, given: Mapping[str, tuple[Given, ...]]
) -> Field:
    """Say which ways to contact somebody are held; what they are is not kept here.

    Where only one of the two is mapped, its being empty does not mean that there is none.
    """
    has = {
        way: f"({joined(given[way], section.empty)}) IS NOT NULL" if way in given else "NULL"
        for way in ("telephone", "email")
    }
    raw = (
        f"CASE WHEN {has['telephone']} AND {has['email']} THEN 'both' "
        f"WHEN {has['telephone']} THEN 'telephone' WHEN {has['email']} THEN 'email' "
        f"WHEN NOT {has['telephone']} AND NOT {has['email']} THEN 'none' END"
    )
    return Field(column, raw, f"r_{column.name}", ())
