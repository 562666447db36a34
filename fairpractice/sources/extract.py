"""An extract, CSV or Parquet with a mapping, into the record."""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

from fairpractice.engines.duckdb import DuckDB
from fairpractice.sources import files
from fairpractice.sources.convert import Areas
from fairpractice.sources.files import Found, Progress
from fairpractice.sources.importing import Arrival, Outcome, bring_in, fingerprint
from fairpractice.sources.mapping import Mode
from fairpractice.sources.mapping_file import FILE, load


def import_extract(
    folder: Path | str,
    record: Path | str,
    *,
    mapping: Path | str | None = None,
    source: str | None = None,
    mode: Mode | None = None,
    today: dt.date | None = None,
    areas: Mapping[str, Areas] | None = None,
    strict: bool = False,
    progress: Progress = lambda step, done, total: None,
) -> Outcome:
    """Import the files of a folder into a record, which is made if there is none.

    Parameters
    ----------
    folder
        Where the files are.
    record
        The record's folder.
    mapping
        The mapping file; ``mapping.toml`` in the folder when left out.
    source, mode
        Who sent it, and whether it is full or an addition, where the mapping is not to say.
    today
        The day after which every date is in the future; the machine's when left out.
    areas
        Per vintage of small areas, the codes it can hold; not looked at when left out.
    strict
        Store nothing if a single row is wrong.
    progress
        Called with what is being done, how much of it is done, and how much there is.

    Raises
    ------
    FairpracticeError
        When the folder, a file or the mapping is wrong, when more than half of a table's rows
        are, or an objection cannot be read. The record is as it was.
    """
    folder = Path(folder)
    extract = load(Path(mapping) if mapping else folder / FILE, source=source, mode=mode)
    present = files.contents(folder, extract.path)

    def gather(engine: DuckDB, work: Path, progress: Progress) -> Found:
        return files.gather(engine, folder, extract, work, progress)

    arrival = Arrival(
        extract.source,
        extract.mode,
        extract.sections,
        gather,
        fingerprint([extract.source, extract.mode], (extract.path, *present)),
        extract.practices,
        extract.period,
    )
    return bring_in(record, arrival, today=today, areas=areas, strict=strict, progress=progress)
