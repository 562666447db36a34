"""Publishers' tables kept among the local definitions, each with the hash of its original.

``DIR/deprivation/NAME.parquet`` holds the rows and, within the same file, where they came from;
``NAME.json`` beside it repeats the latter for people. One file is renamed into place, so that a
reader finds the old table or the new one.
"""

import datetime as dt
import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from fairpractice.errors import FairpracticeError
from fairpractice.local import definitions_folder
from fairpractice.population.published import Published


FOLDER = "deprivation"
PROVENANCE = b"fairpractice"


class NotLoaded(FairpracticeError):  # noqa: N818 (it reads as what is the matter)
    """A publisher's table is needed that has not been added; the fix is the command to run."""


def keep(
    name: str, table: pa.Table, source: Published, definitions: Path | str | None, **more: Any
) -> dict[str, Any]:
    """Keep a table under a name, in place of any before it.

    Returns
    -------
    dict
        Its provenance: name, file, SHA-256 of the file as given, rows, time read, and ``more``.

    Raises
    ------
    FairpracticeError
        When it cannot be written; what was there before is still there.
    """
    folder = definitions_folder(definitions) / FOLDER
    provenance = {
        "name": name,
        "file": source.file.name,
        "sha256": source.sha256,
        "rows": table.num_rows,
        "read_at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        **more,
    }
    unfinished = folder / f".{name}.{os.getpid()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for suffix in (".parquet", ".json"):
            if suffix == ".parquet":
                metadata = {PROVENANCE: json.dumps(provenance).encode()}
                pq.write_table(table.replace_schema_metadata(metadata), unfinished)
            else:
                unfinished.write_text(json.dumps(provenance, indent=2) + "\n", encoding="utf-8")
            unfinished.replace(folder / f"{name}{suffix}")
    except OSError as error:
        with suppress(OSError):
            unfinished.unlink()
        raise FairpracticeError(
            f"{name} cannot be kept: {error.strerror or error}",
            where=str(folder),
            fix="Make room or choose another folder with --definitions. Nothing was changed.",
        ) from error
    return provenance


def find(name: str, definitions: Path | str | None) -> tuple[pa.Table, dict[str, Any]] | None:
    """Return a kept table and its provenance, or nothing when there is none of that name.

    Raises
    ------
    FairpracticeError
        When the file is damaged.
    """
    file = _file(name, definitions)
    if not file.exists():
        return None
    try:
        table = pq.read_table(file)
        provenance = json.loads(table.schema.metadata[PROVENANCE])
    except (OSError, pa.ArrowInvalid, KeyError, TypeError, ValueError) as error:
        raise _damaged(file) from error
    return table, provenance


def provenance(name: str, definitions: Path | str | None) -> dict[str, Any] | None:
    """Return where a kept table came from, without reading its rows; nothing when not kept."""
    file = _file(name, definitions)
    if not file.exists():
        return None
    try:
        found: dict[str, Any] = json.loads(pq.read_schema(file).metadata[PROVENANCE])
    except (OSError, pa.ArrowInvalid, KeyError, TypeError, ValueError) as error:
        raise _damaged(file) from error
    return found


def _file(name: str, definitions: Path | str | None) -> Path:
    return definitions_folder(definitions) / FOLDER / f"{name}.parquet"


def _damaged(file: Path) -> FairpracticeError:
    return FairpracticeError(
        "the kept table is damaged", where=str(file), fix="Delete it and add the file again."
    )
