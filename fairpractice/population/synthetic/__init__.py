"""A population whose true needs are known, written as its practices would send it.

The people, practices and areas are fictional, and so are the numbers; how they are shaped, and
what that is not good for, is in ``docs/explanation/synthetic-population.md``.
"""

import datetime as dt
import os
import shutil
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Literal

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from fairpractice import codelists
from fairpractice.errors import FairpracticeError
from fairpractice.population.synthetic import extract
from fairpractice.population.synthetic.parameters import Parameters
from fairpractice.population.synthetic.people import Period
from fairpractice.population.synthetic.population import CHUNK, Population
from fairpractice.record.dates import months_before


Format = Literal["csv", "parquet"]

TRUTH = "truth"
DEPRIVATION = "deprivation.csv"
MAPPING = "mapping.toml"
DAY_0 = dt.date(1970, 1, 1)

__all__ = ["Parameters", "Population", "population", "write"]


def population(
    people: int = 50_000,
    practices: int = 5,
    years: int = 5,
    seed: int = 1,
    on: dt.date = dt.date(2026, 10, 31),
    parameters: Parameters | None = None,
) -> Population:
    """Return a synthetic population, which is made only as its chunks are asked for.

    Parameters
    ----------
    people
        How many people the extract holds, those who left or died among them: about seven in ten
        are registered on the last day.
    practices
        At how many practices of one network.
    years
        How long the extract reaches back; diagnoses and screening reach further.
    seed
        Which population; the same seed gives the same one.
    on
        The last day of the extract.
    parameters
        Its shape; the published one when left out.

    Raises
    ------
    FairpracticeError
        When a number is one that no population can have.
    """
    if not 1 <= years <= 20:
        raise FairpracticeError(f"There cannot be {years} years", fix="Give 1 to 20.")
    if seed < 0:
        raise FairpracticeError(f"The seed cannot be {seed}", fix="Give a whole number from 0 up.")
    first = months_before(on, 12 * years) + dt.timedelta(days=1)
    period = Period((first - DAY_0).days, (on - DAY_0).days)
    made = Population(people, practices, seed, period, parameters or Parameters(), codelists.load())
    made.places  # noqa: B018  it refuses numbers that cannot be
    return made


def write(
    folder: Path | str,
    made: Population,
    form: Format = "csv",
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> dict[str, int]:
    """Write a population's extract, with its mapping, its areas and, apart, the truth.

    Parameters
    ----------
    folder
        Where; it is made, or replaced if it holds an earlier synthetic extract.
    made
        The population.
    form
        ``"csv"`` with the habits and faults of real exports, or ``"parquet"`` for size.
    progress
        Told after each chunk how many people are done, of how many.

    Returns
    -------
    dict
        Rows written to each table, wrong ones among them, and to ``truth``.

    Raises
    ------
    FairpracticeError
        When the folder holds anything else.
    """
    folder = Path(folder).resolve()
    _refuse_others(folder)
    beside = folder.with_name(f".{folder.name}.{os.getpid()}")
    shutil.rmtree(beside, ignore_errors=True)
    try:
        (beside / TRUTH).mkdir(parents=True)
        rows = _write(beside, made, form, progress)
        text = extract.mapping(csv=form == "csv")
        (beside / MAPPING).write_text(text, encoding="utf-8", newline="\n")
        pacsv.write_csv(made.places.deprivation(), beside / DEPRIVATION)
        shutil.rmtree(folder, ignore_errors=True)
        beside.replace(folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return rows


def _refuse_others(folder: Path) -> None:
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    start = f'source = "{extract.SOURCE}"'
    mapping = folder / MAPPING
    if not mapping.is_file() or start not in mapping.read_text(encoding="utf-8", errors="replace"):
        raise FairpracticeError(
            "There is something else in the folder",
            where=str(folder),
            fix="Give a folder that is new or empty.",
        )


def _write(
    folder: Path, made: Population, form: Format, progress: Callable[[int, int], None]
) -> dict[str, int]:
    rows = dict.fromkeys((*(file.table for file in extract.CSV_FILES), TRUTH), 0)
    wrong: dict[str, pa.Table] = {}
    with ExitStack() as open_files:
        writers: dict[str, _Csv | pq.ParquetWriter] = {}

        def put(name: str, table: pa.Table, path: Path, encoding: str = "") -> None:
            if name not in writers:
                opened = _Csv(path, encoding) if encoding else pq.ParquetWriter(path, table.schema)
                writers[name] = open_files.enter_context(opened)
            writers[name].write_table(table)
            rows[name] += table.num_rows

        for number, tables in enumerate(_chunks(made)):
            for file in extract.CSV_FILES:
                table = tables[file.table]
                if form == "csv":
                    written = extract.as_csv(file, table)
                    put(file.table, written, folder / file.name, file.encoding)
                    if number == 0:
                        wrong[file.table] = extract.spoilt(file, written)
                else:
                    table = table.select(extract.parquet_columns(file))
                    put(file.table, table, folder / extract.parquet_name(file.table))
            put(TRUTH, tables[TRUTH], folder / TRUTH / "truth.parquet")
            progress(min(made.count, (number + 1) * CHUNK), made.count)
        for file in extract.CSV_FILES:
            if wrong.get(file.table):
                put(file.table, wrong[file.table], folder / file.name, file.encoding)
    return rows


def _chunks(made: Population) -> Iterator[dict[str, pa.Table]]:
    """Make chunks ahead in other threads, which share the cores, and give them in order."""
    threads = len(os.sched_getaffinity(0))
    made.prepare()
    with ThreadPoolExecutor(threads) as pool:
        ahead: deque[Future[dict[str, pa.Table]]] = deque()
        for number in range(made.chunks):
            ahead.append(pool.submit(made.chunk, number))
            if len(ahead) > threads:
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()


class _Csv:
    """A CSV file in an encoding, written a table at a time."""

    def __init__(self, path: Path, encoding: str) -> None:
        self.file = path.open("wb")
        self.encoding = encoding
        self.begun = False

    def __enter__(self) -> "_Csv":
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()

    def write_table(self, table: pa.Table) -> None:
        options = pacsv.WriteOptions(
            include_header=not self.begun, quoting_style="none", batch_size=65_536
        )
        self.begun = True
        if self.encoding == "utf-8":
            pacsv.write_csv(table, self.file, options)
        else:
            buffer = pa.BufferOutputStream()
            pacsv.write_csv(table, buffer, options)
            text = buffer.getvalue().to_pybytes().decode("utf-8")
            self.file.write(text.encode(self.encoding))
