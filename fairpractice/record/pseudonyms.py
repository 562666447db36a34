"""Pseudonyms: one number per person per record, which cannot be turned back without its secret.

``patient_id`` is the integer of the first 15 hexadecimal digits (60 bits) of
SHA-256(``secret|linkage key``). Two people share one by chance once in about two million records
of a million people; :func:`check_collisions` finds it.
"""

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from fairpractice.errors import FairpracticeError


if TYPE_CHECKING:
    from fairpractice.engines.duckdb import DuckDB


HEX_DIGITS = 15


def linkage_key(nhs_number: str | None, source: str, source_patient_id: str) -> str:
    """Return what says who a person is: a valid NHS number, else the source's own identifier."""
    return f"nhs:{nhs_number}" if nhs_number else f"{source}:{source_patient_id}"


def patient_id(secret: str, linkage_key: str) -> int:
    """Return the pseudonym of a person in the record that the secret belongs to."""
    digest = hashlib.sha256(f"{secret}|{linkage_key}".encode()).hexdigest()
    return int(digest[:HEX_DIGITS], 16)


def patient_id_sql(column: str, secret: str) -> str:
    """Return a DuckDB expression for the pseudonym of a column of linkage keys (BIGINT).

    A missing linkage key gives a missing pseudonym.
    """
    quoted = secret.replace("'", "''")
    return f"('0x' || left(sha256('{quoted}|' || {column}), {HEX_DIGITS}))::BIGINT"


def check_collisions(
    engine: "DuckDB",
    relation: str,
    *,
    linkage_key: str = "linkage_key",
    pseudonym: str = "patient_id",
) -> None:
    """Refuse people who share a pseudonym without sharing a linkage key.

    Parameters
    ----------
    engine
        Where the relation lives.
    relation
        SQL naming rows with a linkage key and the pseudonym made from it, such as a table's name.
    linkage_key, pseudonym
        Its two columns.

    Raises
    ------
    FairpracticeError
        When two linkage keys have one pseudonym. The message names neither.
    """
    [(clashes,)] = engine.execute(
        f"SELECT count(*) FROM (SELECT {pseudonym} FROM {relation} WHERE {pseudonym} IS NOT NULL "
        f"GROUP BY {pseudonym} HAVING count(DISTINCT {linkage_key}) > 1)"
    )
    if clashes:
        raise FairpracticeError(
            f"{clashes} pseudonyms would each stand for two people",
            fix="Make a new record (it will have another secret) and import into that.",
        )


def erased_mark(secret: str, patient_id: int) -> str:
    """Return the salted mark by which an erased person is known if sent again."""
    return hashlib.sha256(f"{secret}|erased|{patient_id}".encode()).hexdigest()


def erased_sql(column: str, secret: str, marks: Sequence[str]) -> str:
    """Return a DuckDB predicate: is the person in this column of pseudonyms among the erased?"""
    if not marks:
        return "false"
    quoted = secret.replace("'", "''")
    listed = ", ".join(f"'{mark}'" for mark in marks)
    return f"sha256('{quoted}|erased|' || {column}) IN ({listed})"
