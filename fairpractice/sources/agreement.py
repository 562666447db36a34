"""Rows that repeat or contradict one another, within one import and table.

What is wholly alike is a duplicate and set aside. What contradicts is quarantined, and no side is
chosen silently: all rows of a person with two dates of birth, both of two rows about the same
thing. Of overlapping registrations the one read first stays. Files are read in the order of
their names.

In the long tables (events, medication) rows cannot contradict: each is the whole of its own key.
Their duplicates are left to the record, which drops them as it writes.
"""

from pathlib import Path

from fairpractice.engines.duckdb import DuckDB
from fairpractice.record.contract import Table, unwritten
from fairpractice.sources.convert import literal
from fairpractice.sources.reconciliation import DUPLICATE


READ_FIRST = "source_file, source_row, place"
ONE_A_PERSON = ("patient", "identity")
SAME_PERSON = "another row of the same person, which agrees"
SAME_OBJECTION = "another row of the same objection, which is withdrawn earlier"
CONTRADICTS = {  # what all rows of one person must agree on, where they state it
    "patient": (
        ("birth_month", "two_birth_dates"),
        ("death_month", "two_deaths"),
        ("sex", "two_sexes"),
    ),
    "identity": (("date_of_birth", "two_birth_dates"),),
}


def agreed(engine: DuckDB, table: Table, sound: Path) -> tuple[Path, str]:
    """Leave out rows that repeat or contradict others.

    Parameters
    ----------
    engine
        Where to look.
    table
        The contract; rows that share its key are about the same thing.
    sound
        Rows that are sound one by one. A person's dates are whole, not yet months.

    Returns
    -------
    tuple
        The file of the rows to store (one a person, where that is what a row is), and the name of
        a table of the rows left out: ``source_file``, ``source_row``, and ``fault``
        (``field:kind``) or ``aside`` (why it is set aside).
    """
    out = f"left_out_{table.name}"
    engine.execute(
        f"CREATE TEMP TABLE {out} (place BIGINT, source_file VARCHAR, source_row BIGINT, "
        "fault VARCHAR, aside VARCHAR)"
    )
    if set(table.key) == set(table.column_names):
        return sound, out
    _find(engine, table, sound, out)
    [(some,)] = engine.execute(f"SELECT count(*) > 0 FROM {out}")
    if not some and table.name != "patient":
        return sound, out
    agreeing = sound.with_name(f"{table.name}-agreed.parquet")
    engine.copy_to_parquet(_agreeing_sql(table, sound, out), agreeing, passing=True)
    return agreeing, out


def _rows(sound: Path) -> str:
    """Return SQL naming the rows of a file, each with its place in it."""
    return (
        "(SELECT * RENAME (file_row_number AS place) FROM "
        f"read_parquet({literal(str(sound))}, file_row_number = true))"
    )


def _find(engine: DuckDB, table: Table, sound: Path, out: str) -> None:
    suspects = f"suspects_{table.name}"
    _suspects(engine, table, sound, suspects)
    own = ", ".join(table.column_names)
    _leave_out(
        engine,
        out,
        f"SELECT *, NULL AS fault, '{DUPLICATE}' AS aside FROM {suspects} "
        f"QUALIFY row_number() OVER (PARTITION BY {own} ORDER BY {READ_FIRST}) > 1",
    )
    left = f"(SELECT * FROM {suspects} ANTI JOIN {out} USING (place))"
    if table.name in ONE_A_PERSON:
        for column, kind in CONTRADICTS[table.name]:
            _leave_out(
                engine,
                out,
                f"SELECT *, '{column}:{kind}' AS fault, NULL AS aside FROM {left} "
                f"WHERE patient_id IN (SELECT patient_id FROM {left} GROUP BY 1 "
                f"HAVING count(DISTINCT {column}) > 1)",
            )
        _leave_out(
            engine,
            out,
            f"SELECT *, NULL AS fault, '{SAME_PERSON}' AS aside FROM {left} "
            f"QUALIFY row_number() OVER (PARTITION BY patient_id ORDER BY {READ_FIRST}) > 1",
        )
    elif table.name == "objection":
        _leave_out(
            engine,
            out,
            f"SELECT *, NULL AS fault, '{SAME_OBJECTION}' AS aside FROM {left} "
            f"QUALIFY row_number() OVER (PARTITION BY {', '.join(table.key)} "
            f"ORDER BY withdrawn_on DESC NULLS FIRST, {READ_FIRST}) > 1",
        )
    elif table.name == "registration":
        _leave_out(engine, out, _overlaps(_rows(sound), out))
    elif set(table.key) != set(table.column_names):
        _leave_out(
            engine,
            out,
            f"SELECT *, '{table.date or table.key[-1]}:contradiction' AS fault, NULL AS aside "
            f"FROM {left} QUALIFY count(*) OVER (PARTITION BY {', '.join(table.key)}) > 1",
        )
    engine.execute(f"DROP TABLE {suspects}")


def _suspects(engine: DuckDB, table: Table, sound: Path, name: str) -> None:
    """Keep the rows whose key may not be theirs alone: the hashes of all keys, then those rows.

    Two keys with one hash only make more suspects.
    """
    source = _rows(sound)
    key = f"hash({', '.join(table.key)})"
    engine.execute(
        f"CREATE TEMP TABLE shared AS SELECT {key} AS h FROM {source} "
        "GROUP BY h HAVING count(*) > 1"
    )
    [(shared,)] = engine.execute("SELECT count(*) FROM shared")
    found = f"WHERE {key} IN (SELECT h FROM shared)" if shared else "LIMIT 0"
    engine.execute(f"CREATE TEMP TABLE {name} AS SELECT * FROM {source} {found}")
    engine.execute("DROP TABLE shared")


def _leave_out(engine: DuckDB, out: str, found: str) -> None:
    engine.execute(
        f"INSERT INTO {out} SELECT place, source_file, source_row, fault, aside FROM ({found})"
    )


def _overlaps(source: str, out: str) -> str:
    """Return SQL for registrations in a spell of the same person that was read before."""
    spells = (
        f"(SELECT *, coalesce(end_date, DATE '9999-12-31') AS until, row_number() OVER ("
        f"ORDER BY {READ_FIRST}) AS turn FROM {source} "
        f"ANTI JOIN {out} USING (place) WHERE patient_id IN "
        f"(SELECT patient_id FROM {source} GROUP BY 1 HAVING count(*) > 1))"
    )
    return (
        f"WITH spells AS MATERIALIZED {spells} SELECT later.*, CASE WHEN "
        "bool_or(later.practice_code = earlier.practice_code) "
        "THEN 'start_date:overlap_same_practice' ELSE 'start_date:overlap_other_practice' END "
        "AS fault, NULL AS aside FROM spells later JOIN spells earlier "
        "ON later.patient_id = earlier.patient_id AND earlier.turn < later.turn AND ("
        "(later.start_date < earlier.until AND earlier.start_date < later.until) OR "
        "(later.practice_code = earlier.practice_code AND "
        "later.start_date = earlier.start_date)) GROUP BY ALL"
    )


def _agreeing_sql(table: Table, sound: Path, out: str) -> str:
    kept = f"(SELECT * FROM {_rows(sound)} ANTI JOIN {out} USING (place))"
    columns = ", ".join(unwritten(table))
    if table.name not in ONE_A_PERSON:
        return f"SELECT {columns} FROM {kept}"
    # What a row of the person that was set aside states, and the row kept leaves empty, counts.
    agreeing = (
        f"(SELECT * FROM {_rows(sound)} WHERE place NOT IN "
        f"(SELECT place FROM {out} WHERE fault IS NOT NULL OR aside = '{DUPLICATE}'))"
    )
    merged = ", ".join(
        f"{_merged(table, name)} AS {name}" for name in unwritten(table) if name != "patient_id"
    )
    return f"SELECT patient_id, {merged} FROM {agreeing} GROUP BY patient_id"


def _merged(table: Table, name: str) -> str:
    if name in ("source_file", "source_row"):
        return f"first({name} ORDER BY {READ_FIRST})"
    if name == "contact_details":
        either = {way: f"bool_or({name} IN ('{way}', 'both'))" for way in ("telephone", "email")}
        return (
            f"CASE WHEN {either['telephone']} AND {either['email']} THEN 'both' "
            f"WHEN {either['telephone']} THEN 'telephone' WHEN {either['email']} THEN 'email' "
            f"ELSE max({name}) END"
        )
    if name in ("birth_month", "death_month"):
        return f"date_trunc('month', max({name}))::DATE"
    # Names and contact details may change: the last that was read is the latest.
    return f"last({name} ORDER BY {READ_FIRST}) FILTER ({name} IS NOT NULL)"
