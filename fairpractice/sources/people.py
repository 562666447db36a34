"""Whose row it is: from what a source writes to the record's pseudonym.

A source may give the NHS number in one file and only its own identifier in the others, so what
ties the two is gathered from all files, and from what the same source sent before, first. Then
each distinct pair of identifiers gets its pseudonym once, and rows are joined to those.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from fairpractice.engines.duckdb import DuckDB
from fairpractice.identifiers import SHAPES
from fairpractice.record import pseudonyms
from fairpractice.sources.convert import Given, joined, literal, text


NHS = SHAPES["nhs_number"]


@dataclass(frozen=True)
class Linkage:
    """What a file gives to tell people by.

    ``relation`` names its rows; ``nhs`` and ``own`` are its columns, either of which it may lack.
    """

    relation: str
    nhs: Given | None
    own: tuple[Given, ...]
    empty: Sequence[str] = ()

    @property
    def native(self) -> dict[str, str]:
        """The expressions that rows are joined by, in the types that the file has."""
        made = {}
        if self.nhs:
            made["k_nhs"] = self.nhs.sql
        if self.own:
            one = len(self.own) == 1
            made["k_own"] = self.own[0].sql if one else joined(self.own, self.empty)
        return made


def keys(
    engine: DuckDB,
    linkages: Sequence[Linkage],
    *,
    source: str,
    secret: str,
    erased: str,
    earlier: str = "",
) -> list[str]:
    """Give everybody a pseudonym.

    Parameters
    ----------
    engine
        Where the relations live.
    linkages
        One a file and table.
    source
        Who sent the extract: its own identifiers mean something only beside its name.
    secret
        The record's.
    erased
        A predicate over ``patient_id``: has the person been erased from the record?
    earlier
        SQL for pairs (``own``, ``nhs``) of the source's own identifier and NHS number from
        earlier imports, if there are any.

    Returns
    -------
    list of str
        For each linkage the name of a table, one row a distinct pair of identifiers as the file
        has them (``k_nhs``, ``k_own``): ``patient_id``, null with a ``fault`` (``field:kind``);
        ``nhs_ignored``: the number is wrong and another identifier took its place; ``erased``.
    """
    for n, linkage in enumerate(linkages):
        native = linkage.native
        columns = ", ".join(f"{sql} AS {alias}" for alias, sql in native.items())
        engine.execute(
            f"CREATE TEMP TABLE given_{n} AS SELECT DISTINCT {columns} FROM {linkage.relation} s"
        )
        engine.execute(
            f"CREATE TEMP TABLE shaped_{n} AS SELECT *, "
            f"{_good(linkage)} AS good FROM ("
            f"SELECT *, {_nhs(linkage)} AS nhs, {_own(linkage)} AS own FROM given_{n})"
        )
        engine.execute(f"DROP TABLE given_{n}")
    engine.execute("CREATE TEMP TABLE pairs (own VARCHAR, nhs VARCHAR)")
    for n, linkage in enumerate(linkages):
        if linkage.nhs and linkage.own:
            engine.execute(
                f"INSERT INTO pairs SELECT DISTINCT own, nhs FROM shaped_{n} "
                "WHERE good AND own IS NOT NULL"
            )
    if earlier:
        # What the source says now counts: an NHS number may have been corrected.
        engine.execute(
            f"INSERT INTO pairs SELECT * FROM ({earlier}) WHERE own NOT IN (SELECT own FROM pairs)"
        )
    engine.execute(
        "CREATE TEMP TABLE links AS SELECT own, min(nhs) AS nhs, "
        "count(DISTINCT nhs) > 1 AS several FROM pairs GROUP BY own"
    )
    engine.execute("DROP TABLE pairs")
    return [_keys(engine, n, linkage, source, secret, erased) for n, linkage in enumerate(linkages)]


def _good(linkage: Linkage) -> str:
    return f"coalesce({NHS.sql('nhs')}, false)" if linkage.nhs else "false"


def _nhs(linkage: Linkage) -> str:
    if not linkage.nhs:
        return "NULL::VARCHAR"
    as_text = text(Given("k_nhs", linkage.nhs.type), linkage.empty)
    return f"nullif({NHS.normalise_sql(as_text)}, '')"


def _own(linkage: Linkage) -> str:
    if not linkage.own:
        return "NULL::VARCHAR"
    one = len(linkage.own) == 1
    return text(Given("k_own", linkage.own[0].type if one else "VARCHAR"), linkage.empty)


def _keys(engine: DuckDB, n: int, linkage: Linkage, source: str, secret: str, erased: str) -> str:
    native = ", ".join(linkage.native)
    field = "nhs_number" if linkage.nhs else "source_patient_id"
    key = (
        "CASE WHEN g.good THEN 'nhs:' || g.nhs WHEN l.nhs IS NOT NULL THEN 'nhs:' || l.nhs "
        f"ELSE {literal(source + ':')} || g.own END"
    )
    fault = (
        "CASE WHEN l.several THEN 'source_patient_id:two_numbers' "
        f"WHEN g.good OR g.own IS NOT NULL THEN NULL "
        f"WHEN g.nhs IS NOT NULL THEN '{field}:bad_nhs_number' ELSE '{field}:nobody' END"
    )
    engine.execute(
        f"CREATE TEMP TABLE keys_{n} AS SELECT *, coalesce({erased}, false) AS erased FROM ("
        f"SELECT {native}, linkage_key, fault, nhs_ignored, "
        f"CASE WHEN fault IS NULL THEN {pseudonyms.patient_id_sql('linkage_key', secret)} END "
        "AS patient_id FROM ("
        f"SELECT {', '.join('g.' + alias for alias in linkage.native)}, {key} AS linkage_key, "
        f"{fault} AS fault, g.nhs IS NOT NULL AND NOT g.good AND g.own IS NOT NULL AS nhs_ignored "
        f"FROM shaped_{n} g LEFT JOIN links l ON l.own = g.own))"
    )
    engine.execute(f"DROP TABLE shaped_{n}")
    return f"keys_{n}"
