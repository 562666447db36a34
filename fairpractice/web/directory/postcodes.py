"""Where postcodes are: from a table that whoever publishes postcodes gives out.

Such as the ONS Postcode Directory or the National Statistics Postcode Lookup, as CSV.
"""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from django.db import connection, transaction

from fairpractice.errors import FairpracticeError
from fairpractice.web.core import audit
from fairpractice.web.core.access import CURATE
from fairpractice.web.directory.models import Postcode


COLUMNS = {
    "postcode": ("pcds", "pcd", "pcd7", "pcd8", "postcode"),
    "latitude": ("lat", "latitude"),
    "longitude": ("long", "lon", "longitude"),
}
NOWHERE = 99.0
"""At or beyond this latitude, the publisher says that a postcode has no place."""


@transaction.atomic
def load(file: Path) -> int:
    """Load a table of postcodes in place of the one there was, and return how many it has.

    Raises
    ------
    FairpracticeError
        When a column is missing; then nothing is changed.
    """
    with file.open(encoding="utf-8-sig", newline="") as text, connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE loaded (LIKE directory_postcode) ON COMMIT DROP")
        with cursor.copy("COPY loaded (postcode, latitude, longitude) FROM STDIN") as copy:
            for row in _rows(text, file):
                copy.write_row(row)
        cursor.execute("DELETE FROM directory_postcode")
        cursor.execute(
            "INSERT INTO directory_postcode SELECT DISTINCT ON (postcode) * FROM loaded"
            " ORDER BY postcode, latitude, longitude"
        )
        cursor.execute("DROP TABLE loaded")
    count: int = Postcode.objects.count()
    audit.entry(None, CURATE, detail={"postcodes": count})
    return count


def _rows(text: TextIO, file: Path) -> Iterator[tuple[str, float, float]]:
    reader = csv.DictReader(text)
    heads = {head.strip().lower(): head for head in reader.fieldnames or ()}
    found = {}
    for column, names in COLUMNS.items():
        head = next((heads[name] for name in names if name in heads), None)
        if head is None:
            raise FairpracticeError(
                f"The file has no column for the {column}",
                where=str(file),
                fix=f"Name it one of: {', '.join(names)}.",
            )
        found[column] = head
    for row in reader:
        postcode = "".join((row[found["postcode"]] or "").upper().split())
        try:
            latitude, longitude = float(row[found["latitude"]]), float(row[found["longitude"]])
        except (TypeError, ValueError):
            continue  # it says nowhere where it is
        if 0 < len(postcode) <= 7 and abs(latitude) < NOWHERE and abs(longitude) <= 180:
            yield postcode, latitude, longitude
