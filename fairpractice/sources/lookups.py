"""What staged FHIR rows leave to be looked up: people, practices, medicines and registrations.

A reference may call a patient by an identifier or a bundle's own address, and a practice or a
medicine by that of its resource. Where no registration is stated but it is known whose list a
person is on, one is made: from the first entry that was sent about the person (the day of the
import where there is none), until they died. Nobody gets one whose death is known without its
day, or who is no longer active.
"""

import datetime as dt
from collections.abc import Callable, Collection, Sequence

from fairpractice.engines.duckdb import DuckDB
from fairpractice.identifiers import organisation
from fairpractice.interoperability.fhir import arriving
from fairpractice.sources.convert import EARLIEST, Given, literal


NO_PRACTICE = (
    "no practice", "primary care network", "general practitioner", "integrated care board",
    "trust", "site of a trust", "pharmacy", "sub-ICB location", "local authority",
)  # fmt: skip
NOT_REGISTERED = "of no practice with an ODS code"
ASIDE = [(Given("s.aside"), "EpisodeOfCare", (NOT_REGISTERED,))]
DATED = {"event": "date", "medication": "issued_on", "appointment": "start_date"}
PLACES = ("practice_code", "organisation_code")

# For each look-up, the column that holds what is looked up.
BETWEEN = "chr(31)"  # a code and its system
LOOK_UPS = {
    "person_alias": "own",
    "organisation": "ods",
    "drug": f"code || {BETWEEN} || code_system",
}


def look_up(
    engine: DuckDB,
    staged: Callable[[str], str],
    written: Collection[str],
    practice: str,
    today: dt.date,
) -> dict[str, str]:
    """Look up what staged rows refer to.

    Parameters
    ----------
    engine
        Where to work.
    staged
        Returns SQL naming the rows written under a name.
    written
        The names: ``event-0`` for the events of the first group of files, and so on, with the
        tables and look-ups of :mod:`fairpractice.interoperability.fhir.arriving`.
    practice
        Where everybody is registered of whom nothing else is said, if that is known.
    today
        The day of the import.

    Returns
    -------
    dict
        For each table and group (``event-0``) SQL naming its rows.
    """
    for name, meant in LOOK_UPS.items():
        columns = ", ".join(f"NULL::VARCHAR AS {c}" for c in arriving.LOOKED_UP[name])
        source = staged(name) if name in written else f"(SELECT {columns} LIMIT 0)"
        # A name that means two things means nothing.
        engine.execute(
            f"CREATE TEMP TABLE known_{name} AS SELECT alias, "
            f"CASE WHEN count(DISTINCT {meant}) = 1 THEN min({meant}) END AS meant "
            f"FROM {source} GROUP BY alias"
        )
    rows = {
        name: _looked(engine, name.partition("-")[0], staged(name), practice)
        for name in written
        if "-" in name
    }
    listed = {name: sql for name, sql in rows.items() if name.startswith("listed-")}
    found = {name: sql for name, sql in rows.items() if name not in listed}
    _name_practices(engine, [*listed.values(), *_of("registration", found)])
    for name, sql in found.items():
        if name.startswith("registration-"):
            found[name] = (
                f"(SELECT s.*, CASE WHEN n.code IS NULL THEN '{NOT_REGISTERED}' END AS aside "
                f"FROM {sql} s LEFT JOIN practices n ON n.code = s.practice_code)"
            )
    _infer(engine, listed, found, today)
    for (number,) in engine.execute("SELECT DISTINCT number FROM inferred"):
        name = f"registration-{number}"
        made = f"SELECT * EXCLUDE number FROM inferred WHERE number = {number}"
        found[name] = f"({made} UNION ALL FROM {found[name]})" if name in found else f"({made})"
    return found


def _of(table: str, found: dict[str, str]) -> Sequence[str]:
    return [sql for name, sql in found.items() if name.startswith(f"{table}-")]


def _looked(engine: DuckDB, table: str, staged: str, practice: str) -> str:
    """Return SQL for the rows of a table with what they refer to put in the place of its name."""
    columns, joins = ["s.fp_file", "s.fp_line"], ""

    def join(name: str, letter: str, referred: str) -> bool:
        """Join to a look-up by what refers to it (null where nothing does), if any row does."""
        nonlocal joins
        [(some,)] = engine.execute(
            f"SELECT count(*) > 0 FROM {staged} s WHERE {referred} IS NOT NULL"
        )
        if some:
            joins += f" LEFT JOIN known_{name} {letter} ON {letter}.alias = {referred}"
        return bool(some)

    for column in arriving.COLUMNS.get(table) or arriving.LOOKED_UP[table]:
        sql = f"s.{column}"
        if column == "source_patient_id":
            named = f"CASE WHEN contains({sql}, '|') OR starts_with({sql}, 'urn:') THEN {sql} END"
            if join("person_alias", "p", named):
                sql = f"CASE WHEN p.alias IS NULL THEN {sql} ELSE p.meant END"
        elif column in PLACES:
            plain = f"regexp_full_match({sql}, '[A-Za-z0-9 ]*')"
            if join("organisation", "o", f"CASE WHEN NOT {plain} THEN {sql} END"):
                sql = f"CASE WHEN {plain} THEN {sql} ELSE o.meant END"
            if practice and table not in ("registration", "urgent_contact"):
                sql = f"coalesce({sql}, {literal(practice)})"
        elif column == "drug" and join("drug", "d", "CASE WHEN s.code IS NULL THEN s.drug END"):
            for n, part in enumerate(("code", "code_system"), 1):
                found = f"coalesce(s.{part}, split_part(d.meant, {BETWEEN}, {n})) AS {part}"
                columns[columns.index(f"s.{part} AS {part}")] = found
        columns.append(f"{sql} AS {column}")
    return f"(SELECT {', '.join(columns)} FROM {staged} s{joins})"


def _name_practices(engine: DuckDB, relations: Sequence[str]) -> None:
    """Keep the codes that people can be registered at: any that is not plainly another kind."""
    engine.execute("CREATE TEMP TABLE practices (code VARCHAR)")
    for relation in relations:
        for (code,) in engine.execute(f"SELECT DISTINCT practice_code FROM {relation}"):
            if code and organisation.kind(organisation.normalise(code)) not in NO_PRACTICE:
                engine.execute("INSERT INTO practices VALUES (?)", [code])
    engine.execute("CREATE OR REPLACE TEMP TABLE practices AS SELECT DISTINCT code FROM practices")


def _infer(engine: DuckDB, listed: dict[str, str], found: dict[str, str], today: dt.date) -> None:
    """Make the registrations of people who are on a practice's list and have none stated."""
    columns = ("fp_file", "fp_line", *arriving.COLUMNS["registration"])
    people = " UNION ALL ".join(
        f"SELECT {name.partition('-')[2]} AS number, s.* FROM {sql} s "
        "SEMI JOIN practices n ON n.code = s.practice_code"
        for name, sql in listed.items()
    )
    if not people:
        made = ", ".join(f"NULL::VARCHAR AS {column}" for column in columns)
        engine.execute(
            f"CREATE TEMP TABLE inferred AS SELECT 0 AS number, {made}, NULL AS aside LIMIT 0"
        )
        return
    stated = " UNION ALL ".join(
        f"SELECT source_patient_id, nhs_number FROM {sql} WHERE aside IS NULL"
        for sql in _of("registration", found)
    )
    dated = " UNION ALL ".join(
        f"SELECT source_patient_id, nhs_number, try_cast({DATED[table]} AS DATE) AS seen FROM {sql}"
        for table in DATED
        for sql in _of(table, found)
    )
    nobody = "SELECT NULL::VARCHAR AS source_patient_id, NULL::VARCHAR AS nhs_number"
    day = f"DATE '{today}'"
    engine.execute(
        f"CREATE TEMP TABLE inferred AS WITH people AS ({people}), "
        f"stated AS ({stated or nobody + ' LIMIT 0'}), "
        f"dated AS (SELECT * FROM ({dated or nobody + ', NULL::DATE AS seen'}) "
        f"WHERE seen BETWEEN DATE '{EARLIEST}' AND {day}), "
        "own AS (SELECT source_patient_id, min(seen) AS first FROM dated GROUP BY ALL), "
        "nhs AS (SELECT nhs_number, min(seen) AS first FROM dated GROUP BY ALL), "
        "once AS (SELECT * FROM people ANTI JOIN stated USING (source_patient_id) "
        "QUALIFY row_number() OVER (PARTITION BY coalesce(source_patient_id, nhs_number) "
        "ORDER BY number, fp_file, fp_line) = 1), "
        "spells AS (SELECT o.*, coalesce(least(own.first, nhs.first), "
        f"{day}) AS start_date, try_cast(died AS DATE) + 1 AS end_date FROM once o "
        "LEFT JOIN own USING (source_patient_id) LEFT JOIN nhs USING (nhs_number) "
        "WHERE nhs_number IS NULL OR nhs_number NOT IN "
        "(SELECT nhs_number FROM stated WHERE nhs_number IS NOT NULL)) "
        "SELECT number, fp_file, fp_line, source_patient_id, nhs_number, practice_code, "
        "start_date::VARCHAR AS start_date, end_date::VARCHAR AS end_date, NULL::VARCHAR AS aside "
        "FROM spells WHERE end_date IS NULL OR start_date < end_date"
    )
