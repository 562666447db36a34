"""OMOP's rows in the record's terms: concepts become codes, persons patients, periods spells.

Of the concept that a row was mapped to and the concept as the source had it, the one in SNOMED CT
or dm+d is kept, else the source's, else the other; a code of a vocabulary that the record has no
name for is set aside. Where neither is known (there is no table ``concept``, or the concept is 0)
the source's own value is: as SNOMED CT if it has the shape and check digit of that, else as a local
code; a value that is not like a code may be words about somebody and is set aside.

What a row said of itself before it was mapped stays beside it: the source's concept (else its own
value, where that is like a code), and the type concept.
"""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from fairpractice.engines.duckdb import DuckDB
from fairpractice.identifiers import SHAPES, organisation
from fairpractice.interoperability.omop import cdm
from fairpractice.record.tables import TABLES
from fairpractice.sources.convert import Given, literal
from fairpractice.sources.dates import ISO, DateFormat
from fairpractice.sources.files import Feed
from fairpractice.sources.mapping import Section


if TYPE_CHECKING:
    from fairpractice.sources.omop import Sheet

LIKE_A_CODE = r"[A-Za-z0-9][A-Za-z0-9.+\-/]{0,19}"
NO_CODE, NO_VOCABULARY = "no concept, and a source value that is no code", "of vocabulary "
ANSWERED_NO = "answered no"
UNNAMED = "concept"  # the system of a source concept of which only the number is known
NO_PRACTICE = "of no practice with an ODS code"
DATES = (ISO, DateFormat("yyyymmdd"))


def concepts(engine: DuckDB, sheets: Sequence["Sheet"]) -> None:
    """Keep the concepts that rows use: ``known`` has their code, the record's name, and whether
    they come first.
    """
    used = " UNION ".join(
        f"SELECT {_id(column)} AS id FROM {sheet.relation}"
        for sheet in sheets
        for entry in cdm.ENTRIES
        if sheet.table == entry.name
        for column in (entry.concept, entry.source_concept)
    )
    names = ", ".join(f"({literal(v)}, {literal(n)})" for v, n in cdm.VOCABULARIES.items())
    lists = " UNION ALL ".join(
        f"SELECT concept_id, vocabulary_id, concept_code FROM {sheet.relation}"
        for sheet in sheets
        if sheet.table == "concept"
    )
    if not used or not lists:
        columns = "id VARCHAR, code VARCHAR, vocabulary VARCHAR, system VARCHAR, first BOOLEAN"
        engine.execute(f"CREATE TEMP TABLE known ({columns})")
        return
    engine.execute(
        "CREATE TEMP TABLE known AS SELECT c.concept_id AS id, min(c.concept_code) AS code, "
        "min(c.vocabulary_id) AS vocabulary, min(v.name) AS system, "
        f"min(c.vocabulary_id) IN ({', '.join(map(literal, cdm.PREFERRED))}) AS first "
        f"FROM ({lists}) c SEMI JOIN ({used}) u ON u.id = c.concept_id "
        f"LEFT JOIN (VALUES {names}) v(vocabulary, name) ON v.vocabulary = c.vocabulary_id "
        "WHERE c.concept_id <> '0' GROUP BY c.concept_id"
    )


def feeds_of(engine: DuckDB, sheets: Sequence["Sheet"], practice: str) -> list[Feed]:
    """Return what feeds each table of the record.

    Parameters
    ----------
    engine
        It has the table ``known`` of :func:`concepts`.
    sheets
        What was read.
    practice
        Where everybody is registered of whom nothing else is said, if that is known.
    """
    _practices(engine, sheets, practice)
    entries = {entry.name: entry for entry in cdm.ENTRIES}
    feeds = []
    for sheet in sheets:
        if sheet.table in entries:
            entry = entries[sheet.table]
            feeds.append(_feed(engine, sheet, entry.into, _entries(entry, sheet, practice)))
            feeds[-1].notes.update(_origin(engine, sheet, entry))
        elif sheet.table in MADE:
            table, made = MADE[sheet.table]
            feeds.append(_feed(engine, sheet, table, made.format(rows=sheet.relation)))
            kind = f"{sheet.table.removesuffix('_occurrence')}_type_concept_id"
            kind = kind.replace("observation_period_", "period_")
            if sheet.table != "person":
                feeds[-1].notes.update(_types(engine, sheet, kind))
    return feeds


def _id(column: str) -> str:
    """Return SQL for an identifier that a gap in its column may have made a fraction."""
    return f"regexp_replace({column}, '[.]0+$', '')"


PERSON = (
    "SELECT fp_line, " + _id("person_id") + " AS source_patient_id, "
    "coalesce(left(birth_datetime, 10), lpad(" + _id("year_of_birth") + ", 4, '0') || '-' || "
    "lpad(coalesce(" + _id("month_of_birth") + ", '1'), 2, '0') || '-' || "
    "lpad(coalesce(" + _id("day_of_birth") + ", '1'), 2, '0')) AS birth_month, "
    "CASE " + _id("gender_concept_id") + f" WHEN '{cdm.FEMALE}' THEN 'female' "
    f"WHEN '{cdm.MALE}' THEN 'male' WHEN '{cdm.OTHER}' THEN 'indeterminate' END AS sex, "
    "NULL::VARCHAR AS death_month, NULL::VARCHAR AS aside FROM {rows}"
)
DEATH = (
    "SELECT fp_line, " + _id("person_id") + " AS source_patient_id, NULL::VARCHAR AS birth_month, "
    "NULL::VARCHAR AS sex, death_date AS death_month, NULL::VARCHAR AS aside FROM {rows}"
)
# A period that ends on the last day of any at its practice has not ended: the data do.
PERIOD = (
    "SELECT fp_line, " + _id("s.person_id") + " AS source_patient_id, practice_code, "
    "observation_period_start_date AS start_date, CASE WHEN ended < max(ended) OVER "
    "(PARTITION BY practice_code) THEN (ended + 1)::VARCHAR "
    "WHEN ended IS NULL THEN observation_period_end_date END AS end_date, "
    f"nullif({_id('period_type_concept_id')}, '0') AS recorded_as, "
    f"CASE WHEN practice_code IS NULL THEN '{NO_PRACTICE}' END AS aside "
    "FROM (SELECT *, coalesce(try_cast(observation_period_end_date AS DATE), "
    "try_strptime(observation_period_end_date, '%Y%m%d')::DATE) AS ended FROM {rows}) s "
    "LEFT JOIN practices p ON p.person = " + _id("s.person_id")
)
VISIT = (
    "SELECT fp_line, " + _id("person_id") + " AS source_patient_id, visit_start_date AS date, "
    "CASE "
    + _id("visit_concept_id")
    + "".join(f" WHEN '{id}' THEN '{kind}'" for id, kind in cdm.URGENT.items())
    + " END AS kind, c.code AS organisation_code, "
    + f"nullif({_id('visit_type_concept_id')}, '0')"
    + " AS recorded_as, CASE WHEN "
    + _id("visit_concept_id")
    + f" NOT IN ({', '.join(repr(str(id)) for id in cdm.URGENT)}) OR visit_concept_id IS NULL "
    "THEN coalesce(" + _id("visit_concept_id") + ", 'without a concept') END AS aside "
    "FROM {rows} s LEFT JOIN care_sites c ON c.id = " + _id("s.care_site_id")
)
MADE = {
    "person": ("patient", PERSON),
    "death": ("patient", DEATH),
    "observation_period": ("registration", PERIOD),
    "visit_occurrence": ("urgent_contact", VISIT),
}


def _practices(engine: DuckDB, sheets: Sequence["Sheet"], practice: str) -> None:
    """Keep the organisation code of each care site, and the practice of each person, once each."""
    codes: dict[str, str] = {}
    for sheet in sheets:
        if sheet.table == "care_site":
            for id, value in engine.execute(
                f"SELECT DISTINCT {_id('care_site_id')}, care_site_source_value "
                f"FROM {sheet.relation} WHERE care_site_source_value IS NOT NULL ORDER BY ALL"
            ):
                code = organisation.normalise(value)
                if id and organisation.kind(code) != "other organisation":
                    codes[id] = code
    engine.execute("CREATE TEMP TABLE care_sites (id VARCHAR, code VARCHAR)")
    for id, code in codes.items():
        engine.execute("INSERT INTO care_sites VALUES (?, ?)", [id, code])
    stated = [
        code
        for code in codes.values()
        if organisation.kind(code).startswith(("general practice", "branch"))
    ]
    people = " UNION ALL ".join(
        f"SELECT {_id('person_id')} AS person, {_id('care_site_id')} AS site FROM {sheet.relation}"
        for sheet in sheets
        if sheet.table == "person"
    )
    engine.execute(
        "CREATE TEMP TABLE practices AS SELECT person, "
        f"coalesce(min(code), {literal(practice) if practice else 'NULL'}) AS practice_code "
        f"FROM ({people}) LEFT JOIN care_sites ON id = site "
        f"AND code IN ({', '.join(map(literal, stated)) or 'NULL'}) GROUP BY person"
    )


def _entries(entry: cdm.Entry, sheet: "Sheet", practice: str) -> str:
    """Return SQL for the rows of a table of entries, each with its code."""
    table = TABLES[entry.into]
    value = f"s.{entry.source_value}"
    snomed = SHAPES["snomed_ct"].sql(value)
    # The first of these that there is: what it is known by, and its code.
    chosen = "CASE WHEN m.first THEN 'm' WHEN o.first THEN 'o' WHEN o.system IS NOT NULL THEN 'o' "
    chosen += "WHEN m.system IS NOT NULL THEN 'm' WHEN o.id IS NOT NULL OR m.id IS NOT NULL "
    chosen += f"THEN 'vocabulary' WHEN {snomed} THEN 'snomed' "
    like = literal(LIKE_A_CODE)
    chosen += f"WHEN regexp_full_match({value}, {like}) THEN 'local' END"
    aside = (
        f"WHEN chosen IS NULL THEN '{NO_CODE}' "
        f"WHEN chosen = 'vocabulary' THEN '{NO_VOCABULARY}' || coalesce(o_vocabulary, m_vocabulary)"
    )
    if entry.answer:
        listed = ", ".join(f"'{id}'" for id in cdm.NO)
        aside = f"WHEN {_id(entry.answer)} IN ({listed}) THEN '{ANSWERED_NO}' {aside}"
    value_like = f"coalesce(regexp_full_match({entry.source_value}, {like}), false)"
    columns = [
        f"fp_line, {_id('person_id')} AS source_patient_id, {entry.date} AS {table.date}",
        f"CASE chosen WHEN 'm' THEN m_code WHEN 'o' THEN o_code ELSE {entry.source_value} END "
        "AS code",
        "CASE chosen WHEN 'm' THEN m_system WHEN 'o' THEN o_system ELSE chosen END AS code_system",
        f"{literal(practice) if practice else 'NULL::VARCHAR'} AS practice_code",
        f"coalesce(o_code, CASE WHEN {value_like} THEN {entry.source_value} END, source_concept) "
        "AS source_code",
        f"CASE WHEN o_code IS NOT NULL THEN o_vocabulary WHEN {value_like} THEN NULL "
        f"WHEN source_concept IS NOT NULL THEN '{UNNAMED}' END AS source_system",
        f"nullif({_id(entry.kind)}, '0') AS recorded_as",
        f"CASE {aside} END AS aside",
    ]
    if entry.into == "medication":
        columns.append(f"{entry.days} AS days_supply")
    elif entry.operator:
        equal = ", ".join(f"'{id}'" for id in (*cdm.EQUALS, 0))
        columns.append(
            f"CASE WHEN coalesce({_id(entry.operator)}, '0') IN ({equal}) THEN {entry.value} END "
            "AS value"
        )
    else:
        columns.append(f"{entry.value or 'NULL::VARCHAR'} AS value")
    found = ", ".join(
        f"{side}.{column} AS {side}_{column}"
        for side in "mo"
        for column in ("code", "system", "vocabulary")
    )
    return (
        f"SELECT {', '.join(columns)} FROM (SELECT s.*, {found}, {chosen} AS chosen, "
        f"nullif({_id('s.' + entry.source_concept)}, '0') AS source_concept "
        f"FROM {sheet.relation} s LEFT JOIN known m ON m.id = {_id('s.' + entry.concept)} "
        f"LEFT JOIN known o ON o.id = {_id('s.' + entry.source_concept)})"
    )


def _feed(engine: DuckDB, sheet: "Sheet", table: str, sql: str) -> Feed:
    """Return rows made by a query as what feeds a table."""
    described = [name for name, *_ in engine.execute(f"DESCRIBE {sql}")]
    columns = [name for name in described if name not in ("fp_line", "aside")]
    kinds = [
        kind for (kind,) in engine.execute(f"SELECT DISTINCT aside FROM ({sql}) ORDER BY 1") if kind
    ]
    section = Section(
        TABLES[table],
        f"OMOP, {sheet.table}",
        (),
        {column: (column,) for column in columns},
        dates=DATES,
        may_be_unreadable=("value", "days_supply"),
    )
    return Feed(
        section,
        sheet.file,
        f"({sql})",
        {column: (Given(f"s.{column}"),) for column in columns},
        [(Given("s.aside"), sheet.table, tuple(kinds))] if kinds else (),
        sheet.read,
        sheet.blank,
        sheet.broken,
    )


def _origin(engine: DuckDB, sheet: "Sheet", entry: cdm.Entry) -> Counter[str]:
    """Count rows by their type concept, and by the vocabulary of the source's concept."""
    notes = _types(engine, sheet, entry.kind)
    for vocabulary, rows in engine.execute(
        f"SELECT k.vocabulary, count(*) FROM {sheet.relation} s "
        f"JOIN known k ON k.id = {_id('s.' + entry.source_concept)} GROUP BY 1 ORDER BY 1"
    ):
        notes[f"whose source concept is of {vocabulary}"] += rows
    return notes


def _types(engine: DuckDB, sheet: "Sheet", kind: str) -> Counter[str]:
    counted = engine.execute(
        f"SELECT {_id(kind)}, count(*) FROM {sheet.relation} s GROUP BY 1 ORDER BY 1"
    )
    return Counter({f"of type concept {id}": rows for id, rows in counted if id})
