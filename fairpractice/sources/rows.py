"""The rows of a table: converted, each looked at by itself, and parted.

One pass of the engine writes the sound rows. Only when some are missing does a second one ask
which, and why.
"""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from fairpractice.engines.duckdb import DuckDB
from fairpractice.identifiers import SHAPES
from fairpractice.record.contract import unwritten
from fairpractice.sources.convert import (
    CHECKED_CODE_SYSTEMS,
    Field,
    Setting,
    fields,
    literal,
    text,
)
from fairpractice.sources.files import Feed
from fairpractice.sources.people import Linkage
from fairpractice.sources.quarantine import SHOWN
from fairpractice.sources.reconciliation import Tally, counted_in


BLANK = "blank row"
ERASED = "person erased from the record"
NHS_IGNORED = "people with a wrong NHS number: the source's own identifier tells who they are"


def linkage(feed: Feed) -> Linkage:
    """Return what a file gives to tell people by."""
    return Linkage(
        feed.relation,
        next(iter(feed.given.get("nhs_number", ())), None),
        feed.given.get("source_patient_id", ()),
        feed.section.empty,
    )


def convert(
    engine: DuckDB,
    fed: Sequence[tuple[Feed, str, Tally]],
    setting: Setting,
    path: Path,
    rejected: str,
) -> bool:
    """Convert the rows of a table, write the sound ones to a Parquet file and count the others.

    Parameters
    ----------
    engine
        Where to work. It has a table ``persons`` with when people were born.
    fed
        Each file that feeds the table, with the table of its pseudonyms from
        :func:`fairpractice.sources.people.keys` and the tally that its rows are counted in.
    setting
        What the import shares.
    path
        The Parquet file to write. A person's dates are whole in it, not yet months.
    rejected
        The engine's table that gets a row for each row that is wrong.

    Returns
    -------
    bool
        Whether any row may be about somebody of whom ``persons`` does not know.
    """
    judged, strangers = [], False
    for feed, keys, tally in fed:
        tally.read += feed.read
        tally.notes += feed.notes
        made = fields(feed.section, feed.given, setting)
        if any(one.column.name == "code" for one in made):
            bad_codes = _bad_codes(engine, feed, made, f"bad_codes_{keys}")
            made = fields(feed.section, feed.given, setting, bad_codes)
        engine.execute(
            f"CREATE TEMP TABLE born_{keys} AS SELECT k.*, p.born, "
            f"p.patient_id IS NULL AND k.patient_id IS NOT NULL AS stranger FROM {keys} k "
            "LEFT JOIN persons p USING (patient_id)"
        )
        [(some,)] = engine.execute(f"SELECT coalesce(bool_or(stranger), false) FROM born_{keys}")
        strangers = strangers or bool(some)
        judged.append(_judged(feed, made, f"born_{keys}"))
        _remark(engine, feed, made, keys, tally)
        _broken(engine, feed, tally, rejected)
    columns = ", ".join(unwritten(fed[0][0].section.table))
    sound = " UNION ALL ".join(
        f"SELECT {columns} FROM ({rows}) WHERE fault IS NULL AND aside IS NULL" for rows in judged
    )
    engine.copy_to_parquet(sound, path, passing=True)
    names = {feed.file for feed, _, _ in fed}
    stored: Counter[str] = Counter()
    for file, n in engine.execute(
        f"SELECT source_file, count(*) FROM read_parquet({literal(str(path))}) GROUP BY ALL"
    ):
        stored[counted_in(file, names)] += n
    read: Counter[str] = Counter()
    for feed, _, _ in fed:
        read[feed.file] += feed.read - feed.blank - len(feed.broken)
    for rows, (feed, keys, tally) in zip(judged, fed, strict=True):
        if stored[feed.file] < read[feed.file]:
            _others(engine, feed, rows, tally, rejected)
        engine.execute(f"DROP TABLE born_{keys}")
        engine.execute(f"DROP TABLE {keys}")
    return strangers


def _others(engine: DuckDB, feed: Feed, judged: str, tally: Tally, rejected: str) -> None:
    """Count the rows of a file that are set aside, and list those that are wrong."""
    engine.execute(
        "CREATE OR REPLACE TEMP TABLE others AS "
        "SELECT source_file, source_row, fault, aside, shown "
        f"FROM ({judged}) WHERE fault IS NOT NULL OR aside IS NOT NULL"
    )
    engine.execute(
        f"INSERT INTO {rejected} SELECT {literal(feed.section.table.name)}, source_file, "
        "source_row, split_part(fault, ':', 1), split_part(fault, ':', 2), shown "
        "FROM others WHERE aside IS NULL"
    )
    for aside, n in engine.execute(
        "SELECT aside, count(*) FROM others WHERE aside IS NOT NULL GROUP BY ALL ORDER BY 1"
    ):
        tally.set_aside[aside] += n


def _broken(engine: DuckDB, feed: Feed, tally: Tally, rejected: str) -> None:
    """Count what is no row at all."""
    if feed.blank:
        tally.set_aside[BLANK] += feed.blank
    if not feed.broken:
        return
    import pyarrow as pa

    lines, why = zip(*feed.broken, strict=True)
    broken = engine.table(pa.table({"line": pa.array(lines, pa.int64()), "why": list(why)}))
    engine.execute(
        f"INSERT INTO {rejected} SELECT {literal(feed.section.table.name)}, "
        f"{literal(feed.file)}, line, 'line', why, NULL FROM {broken.get_name()}"
    )
    engine.release(broken)


def _remark(engine: DuckDB, feed: Feed, made: list[Field], keys: str, tally: Tally) -> None:
    """Count what does not stop a row from being stored and should be known."""
    [(ignored,)] = engine.execute(f"SELECT count(*) FROM {keys} WHERE nhs_ignored")
    if ignored:
        tally.notes[NHS_IGNORED] += ignored
    for one in made:
        if one.lenient and one.faults:
            [(emptied,)] = engine.execute(
                f"SELECT count(*) FROM ({_values(feed, made)}) s, (SELECT NULL::DATE AS born) "
                f"WHERE {one.faulty}"
            )
            if emptied:
                tally.notes[f"whose {one.column.name} cannot be read and is left empty"] += emptied


def _values(feed: Feed, made: list[Field]) -> str:
    """Return SQL for the rows of a file with what the source wrote and what it is to us."""
    native = [f"{sql} AS {alias}" for alias, sql in linkage(feed).native.items()]
    raws = [f"{one.raw} AS r_{one.column.name}" for one in made]
    # What is set aside is set aside by the source's own words, whatever else is wrong with it.
    asides = [
        f"WHEN coalesce(lower({text(given)}), '') IN "
        f"({', '.join(literal(kind.strip().lower()) for kind in kinds)}) "
        f"THEN {literal(str(heading) + ': ')} || coalesce({text(given)}, 'empty')"
        for given, heading, kinds in feed.aside
    ]
    aside = f"CASE {' '.join(asides)} END" if asides else "NULL::VARCHAR"
    places = [f"{'fp_file' if feed.together else _word(feed.file)} AS source_file"]
    places.append("fp_line AS source_row")
    inner = ", ".join([*native, *raws, f"{aside} AS aside_by_kind", *places])
    values = ", ".join(f"{one.value} AS v_{one.column.name}" for one in made)
    return f"SELECT *, {values} FROM (SELECT {inner} FROM {feed.relation} s)"


def _judged(feed: Feed, made: list[Field], keyed: str) -> str:
    """Return SQL for the converted rows of a file, each with its fault or why it is set aside."""
    joins = " AND ".join(f"s.{k} IS NOT DISTINCT FROM k.{k}" for k in linkage(feed).native)
    faults = " ".join(
        f"WHEN {condition} THEN '{one.column.name}:{kind}'"
        for one in made
        if not one.lenient
        for kind, condition in one.faults
    )
    shown = " ".join(
        f"WHEN starts_with(fault, '{one.column.name}:') THEN r_{one.column.name}::VARCHAR"
        for one in made
        if one.column.name in SHOWN
    )
    finals = ", ".join(f"{_final(feed, one)} AS {one.column.name}" for one in made)
    columns = ", ".join(
        name for name in unwritten(feed.section.table) if name not in ("source_file", "source_row")
    )
    judged = (
        f"SELECT s.*, k.patient_id, k.born, "
        f"CASE WHEN k.fault IS NOT NULL THEN k.fault {faults} END AS fault, "
        f"CASE WHEN aside_by_kind IS NOT NULL THEN aside_by_kind "
        f"WHEN k.erased THEN '{ERASED}' END AS aside "
        f"FROM ({_values(feed, made)}) s LEFT JOIN {keyed} k ON {joins}"
    )
    return (
        f"SELECT {columns}, source_file, source_row, fault, aside, "
        f"CASE WHEN fault IS NULL THEN NULL {shown} END AS shown "
        f"FROM (SELECT *, {finals} FROM ({judged}))"
    )


def _final(feed: Feed, one: Field) -> str:
    """Return SQL for what is stored of a field, when nothing forbids the row."""
    name = one.column.name
    if one.lenient and one.faults:
        return f"CASE WHEN {one.faulty} THEN NULL ELSE v_{name} END"
    if name not in feed.given and one.column.kind == "string":
        if name in feed.section.constants and not one.column.shape:
            return _word(feed.section.constants[name])
        if name == "code_system" and one.column.required:
            return _word(CHECKED_CODE_SYSTEMS[0])
    return f"v_{name}"


def _word(text: str) -> str:
    """Return a text that all rows have, as a list of one word: written sooner, and read as text."""
    return f"{literal(text)}::ENUM({literal(text)})"


def _bad_codes(engine: DuckDB, feed: Feed, made: list[Field], name: str) -> str:
    """Keep the codes of a file that are none of SNOMED CT; a file has few, so each once.

    Which system a row's code is from is for the row to say.
    """
    [code] = [one for one in made if one.column.name == "code"]
    stated = feed.section.constants.get("code_system", CHECKED_CODE_SYSTEMS[0])
    if "code_system" not in feed.given and stated not in CHECKED_CODE_SYSTEMS:
        return ""
    # In two statements: in one, the engine would put every row to the test before telling the
    # codes apart.
    engine.execute(
        f"CREATE TEMP TABLE all_{name} AS SELECT DISTINCT {code.value} AS code "
        f"FROM (SELECT {code.raw} AS r_code FROM {feed.relation} s)"
    )
    engine.execute(
        f"CREATE TEMP TABLE {name} AS SELECT code FROM all_{name} "
        f"WHERE NOT {SHAPES['snomed_ct'].sql('code')}"
    )
    engine.execute(f"DROP TABLE all_{name}")
    [(bad,)] = engine.execute(f"SELECT count(*) FROM {name}")
    return name if bad else ""
