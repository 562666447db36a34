"""Which rows are in force: what each import says, and what later imports of its source took back.

The batches of one source are taken in one after another. A batch takes out of force

1. if it is *full*: the rows of earlier batches in its scope, for the tables it brings. Its scope
   is its practices and period: in a table with a practice, the rows of those practices; in a
   table without, the rows of the people it speaks for; in a table with a date, those from the
   first to the last day of the period, both included.
2. rows of earlier batches with the key of one of its own rows that say something else: they are
   the same statement, and the later version counts.

Its own rows that are wholly alike one still in force are duplicates and do not come into force.
All this is the same whether batches come one by one or are taken in again after a withdrawal, so
a withdrawn batch leaves nothing behind.

The people that a full batch speaks for are those it brings rows about, those it registers at its
practices, and those earlier registered there who are in it no more and are registered by the same
source nowhere else.
"""

from collections.abc import Mapping, Sequence

from fairpractice.errors import FairpracticeError
from fairpractice.record.contract import Table
from fairpractice.record.files import Files, quoted
from fairpractice.record.manifest import Batch
from fairpractice.record.tables import REGISTRATION, TABLES


State = Mapping[tuple[int, str], str]
"""The file in force of each batch and table that has one."""


def take_in(files: Files, state: State, batch: Batch, version: int) -> tuple[State, dict[str, int]]:
    """Take a batch in after the others of its source.

    Parameters
    ----------
    files
        Where to read and write.
    state
        What is in force of the earlier batches of its source.
    batch
        The batch, its ``files`` written.
    version
        The version being made; it names the files written.

    Returns
    -------
    tuple
        What is in force with it, and per table how many of its rows were duplicates.

    Raises
    ------
    FairpracticeError
        When it cannot be told whose rows a full batch replaces.
    """
    after = dict(state)
    duplicates = {}
    spoken_for = _spoken_for(files, state, batch)
    for name, file in batch.files.items():
        table = TABLES[name]
        brought = files.relation(table, file)
        scope = _scope(table, batch, brought, spoken_for)
        standing = []
        for number in [number for number, of in state if of == name]:
            old = after.pop((number, name))
            relation = files.relation(table, old)
            stays = _stays(table, relation, brought, scope)
            left, _ = _reduce(
                files, table, old, relation, stays, _place(number, name, version, batch)
            )
            if left:
                after[number, name] = left
                standing.append(f"SELECT * FROM {files.relation(table, left)}")
        own = f"SELECT n.* FROM {brought} n"
        if standing:
            earlier = " UNION ALL ".join(standing)
            own += f" ANTI JOIN ({earlier}) o ON {_alike('n', 'o', table.column_names)}"
        place = _place(batch.number, name, version, batch)
        mine, duplicates[name] = _reduce(files, table, file, brought, own, place)
        if mine:
            after[batch.number, name] = mine
    return after, duplicates


def _place(number: int, table: str, version: int, taken_in: Batch) -> str:
    """Return where to write what is left of a batch's table once another is taken in."""
    return f"batches/{number}/{table}.{version}-{taken_in.number}.parquet"


def _reduce(
    files: Files, table: Table, file: str, relation: str, stays: str, place: str
) -> tuple[str | None, int]:
    """Write the rows that stay, if not all do; return their file and how many others there were."""
    total, left = files.count(f"FROM {relation}"), files.count(stays)
    if 0 < left < total:
        files.write(table, stays, place)
        file = place
    return (file if left else None), total - left


def _stays(table: Table, old: str, brought: str, scope: str) -> str:
    """Return SQL for the earlier rows that stay in force beside those that a batch brought."""
    stays = f"SELECT o.* FROM (SELECT * FROM {old} WHERE NOT coalesce({scope}, false)) o"
    others = [name for name in table.column_names if name not in table.key]
    if others:
        stays += (
            f" ANTI JOIN {brought} n ON {_alike('o', 'n', table.key)}"
            f" AND {_row('o', others)} IS DISTINCT FROM {_row('n', others)}"
        )
    return stays


def _scope(table: Table, batch: Batch, brought: str, spoken_for: str) -> str:
    """Return an SQL predicate: is an earlier row of the source in the scope of a full batch?"""
    if batch.mode != "full":
        return "false"
    tests = ["true"]
    if batch.practices:
        listed = ", ".join(quoted(practice) for practice in batch.practices)
        tests.append(
            f"{table.practice} IN ({listed})"
            if table.practice
            else f"patient_id IN (SELECT patient_id FROM {brought} UNION {spoken_for})"
        )
    if batch.period and table.date:
        first, last = batch.period
        tests.append(f"{table.date} BETWEEN DATE '{first}' AND DATE '{last}'")
    return " AND ".join(tests)


def _spoken_for(files: Files, state: State, batch: Batch) -> str:
    """Return SQL for the people whose rows a full batch of some practices replaces."""
    if batch.mode != "full" or not batch.practices:
        return ""
    relations = [
        files.relation(REGISTRATION, file)
        for (_, name), file in state.items()
        if name == REGISTRATION.name
    ]
    listed = ", ".join(quoted(practice) for practice in batch.practices)
    here = f"practice_code IN ({listed})"
    earlier = " UNION ALL ".join(f"SELECT patient_id, practice_code FROM {r}" for r in relations)
    people = []
    if relations:
        people.append(
            f"(SELECT patient_id FROM ({earlier}) WHERE {here} EXCEPT "
            f"SELECT patient_id FROM ({earlier}) WHERE NOT {here})"
        )
    if REGISTRATION.name in batch.files:
        now = files.relation(REGISTRATION, batch.files[REGISTRATION.name])
        people.append(f"SELECT patient_id FROM {now} WHERE {here}")
    by_person = [name for name in batch.files if not TABLES[name].practice]
    if by_person and not people:
        raise FairpracticeError(
            "it cannot be told whose rows this import replaces: its source sent no registrations",
            where=f"source {batch.source}, {', '.join(by_person)}",
            fix="Import it as an addition, or as full without practices to replace all that the "
            "source sent.",
        )
    return " UNION ".join(people)


def _alike(one: str, other: str, columns: Sequence[str]) -> str:
    """Return an SQL test that two rows have the same in some columns, empty or not."""
    return " AND ".join(f"{one}.{c} IS NOT DISTINCT FROM {other}.{c}" for c in columns)


def _row(of: str, columns: Sequence[str]) -> str:
    return "row(" + ", ".join(f"{of}.{column}" for column in columns) + ")"
