"""What hand-written SQL needs: the Parquet files of a record, codes, and a count of cells."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import duckdb
import pyarrow as pa

from fairpractice.codelists import Codelist
from fairpractice.record.dates import months_before
from fairpractice.record.opened import Record


FIGURES = ("people", "met", "unknown", "excepted", "population_unknown")
SUMS = ("numerator", "denominator", "numerator_squared", "denominator_squared", "product")

Counts = dict[tuple[str, str, str], dict[str, float]]
"""By definition, grouping and group, what was counted and is not nought."""


class Hand:
    """A connection on which to write SQL over the files of a record, as it is read for research.

    The people who object, the codelists and the areas are tables of it before the clock starts,
    as they are kept by the record and the library too.
    """

    def __init__(
        self, record: Record, codelists: Mapping[str, Codelist], areas: pa.Table, on: dt.date
    ) -> None:
        self.record = record
        self.on = on
        self.connection = duckdb.connect(config={"threads": 2, "preserve_insertion_order": False})
        self.give("objector", pa.table({"patient_id": pa.array(record.objectors, pa.int64())}))
        self.give("area", areas)
        self.lists = list(codelists)
        codes = [
            (c.code, number)
            for number, name in enumerate(self.lists)
            for c in codelists[name].codes
        ]
        self.give(
            "codes",
            pa.table(
                {
                    "code": pa.array([code for code, _ in codes], pa.string()),
                    "list": pa.array([number for _, number in codes], pa.uint16()),
                }
            ),
        )

    def give(self, name: str, table: pa.Table) -> None:
        """Make a small table."""
        self.connection.register("given", table)
        self.connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS FROM given")
        self.connection.unregister("given")

    def rows(self, table: str) -> str:
        """Return what stands in SQL for a table of the record, objectors and all."""
        files = ", ".join(f"'{self.record.path / file}'" for file in self.record.files(table))
        return f"read_parquet([{files}])"

    def number(self, name: str) -> int:
        """Return the number of a codelist."""
        return self.lists.index(name)

    def ago(self, months: int) -> str:
        """Return the last day before a window of so many months."""
        return f"DATE '{months_before(self.on, months)}'"

    def filled(self, sql: str) -> str:
        """Fill in days (``{m12}``) and ages (``aged(18, null)``)."""
        sql = re.sub(r"\{m(\d+)\}", lambda found: self.ago(int(found[1])), sql)
        return re.sub(r"aged\((\d+), (\d+|null)\)", self._aged, sql)

    def _aged(self, found: re.Match[str]) -> str:
        youngest = f"birth_month <= {self.ago(12 * int(found[1]))}"
        if found[2] == "null":
            return f"({youngest})"
        return f"({youngest} AND birth_month > {self.ago(12 * (int(found[2]) + 1))})"

    def run(self, statements: Iterable[str]) -> list[dict[str, Any]]:
        """Run statements and return the rows of the last one; temporary tables go."""
        made = []
        for statement in statements:
            made += re.findall(r"CREATE TEMP TABLE (\w+)", statement)
            result = self.connection.execute(statement)
        found: list[dict[str, Any]] = result.to_arrow_table().to_pylist()
        for name in made:
            self.connection.execute(f"DROP TABLE {name}")
        return found

    def people(self, months: Sequence[int] = (0,)) -> str:
        """Return SQL for one row a person: who they are, and the fifth they live in.

        ``registered_12`` is registered for twelve months and alive, and so on.
        """
        registered = ", ".join(
            f"coalesce(since <= {self.ago(m)} AND NOT coalesce(death_month <= {self.ago(0)},"
            f" false), false) AS registered_{m}"
            for m in months
        )
        today = self.ago(0)
        return f"""
            SELECT patient_id, sex,
                CASE sex WHEN 'female' THEN true WHEN 'male' THEN false END AS female,
                birth_month, {registered}, quintile
            FROM {self.rows("patient")} FULL JOIN (
                SELECT patient_id, min(coalesce(start_date, DATE '1880-01-01'))
                    FILTER (end_date IS NULL OR end_date > {today}) AS since
                FROM {self.rows("registration")} GROUP BY patient_id
            ) USING (patient_id)
            LEFT JOIN (
                SELECT patient_id,
                    arg_max(coalesce(quintile, 0), (coalesce(start_date, DATE '1880-01-01'), area_code))
                        AS quintile
                FROM {self.rows("address")} LEFT JOIN area USING (area_vintage, area_code)
                WHERE coalesce(start_date <= {today}, true)
                    AND (end_date IS NULL OR end_date > {today})
                GROUP BY patient_id
            ) USING (patient_id)
            ANTI JOIN objector USING (patient_id)"""

    def counted(
        self,
        people: str,
        definitions: Mapping[str, tuple[str, str, str]],
        numbers: Mapping[str, tuple[str, str, str]] = {},
    ) -> str:
        """Return SQL that counts people by sex and fifth: a column a definition and figure."""
        columns = []
        for place, (population, unless, true) in enumerate(definitions.values()):
            population, unless, true = (self.filled(part) for part in (population, unless, true))
            meant = f"({population}) AND NOT ({unless})"
            columns += [
                f"count(*) FILTER ({meant}) AS people_{place}",
                f"count(*) FILTER ({meant} AND ({true})) AS met_{place}",
                f"count(*) FILTER ({meant} AND ({true}) IS NULL) AS unknown_{place}",
                f"count(*) FILTER (({population}) AND ({unless})) AS excepted_{place}",
                f"count(*) FILTER (({population}) IS NULL) AS population_unknown_{place}",
            ]
        for place, (y, x, known) in enumerate(numbers.values(), start=len(definitions)):
            meant = f"FILTER (registered_0 AND ({known}))"
            columns += [
                f"count(*) FILTER (registered_0) AS people_{place}",
                f"count(*) {meant} AS met_{place}",
                f"count(*) FILTER (registered_0 AND NOT ({known})) AS unknown_{place}",
                f"coalesce(sum({y}) {meant}, 0) AS numerator_{place}",
                f"coalesce(sum({x}) {meant}, 0) AS denominator_{place}",
                f"coalesce(sum(({y}) * ({y})) {meant}, 0) AS numerator_squared_{place}",
                f"coalesce(sum(({x}) * ({x})) {meant}, 0) AS denominator_squared_{place}",
                f"coalesce(sum(({x}) * ({y})) {meant}, 0) AS product_{place}",
            ]
        cells = ", ".join(columns)
        return f"SELECT sex, quintile, {cells} FROM ({people}) GROUP BY sex, quintile"


def by_group(cells: Sequence[Mapping[str, Any]], definitions: Sequence[str]) -> Counts:
    """Add up cells by sex and fifth to groups."""
    counts: Counts = {}
    for cell in cells:
        groups = {"all": "all", "sex": cell["sex"] or "", "imd_quintile": cell["quintile"] or ""}
        for place, definition in enumerate(definitions):
            for figure in (*FIGURES, *SUMS):
                if amount := cell.get(f"{figure}_{place}"):
                    for grouping, group in groups.items():
                        here = counts.setdefault((definition, grouping, str(group)), {})
                        here[figure] = here.get(figure, 0) + float(amount)
    return counts
