"""What a file of facts says: a row each, or why a line is none. It knows no database."""

import csv
import datetime as dt
import io
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fairpractice.errors import FairpracticeError
from fairpractice.identifiers import nhs_number as numbers
from fairpractice.record.topics import TOPICS


NEEDED = ("nhs_number", "date_of_birth", "topic", "status", "date")
OPTIONAL = ("family_name",)
MOST_LINES = 5_000
LONGEST_NAME = 100
FORMATS = ("%Y-%m-%d", "%d/%m/%Y")
STATUSES = {"present": "present", "yes": "present", "absent": "absent", "no": "absent"}
SAVE = "Save it as CSV (UTF-8), and send it again."


@dataclass(frozen=True)
class Row:
    """One line of a file: what it says, or what is wrong with it.

    ``number`` is the line that it starts on. ``problem`` never repeats what is in the file.
    """

    number: int
    nhs_number: str = ""
    family_name: str = ""
    born_on: dt.date = dt.date.min
    topic: str = ""
    status: str = ""
    stated_on: dt.date = dt.date.min
    problem: str = ""


def read(
    data: bytes, columns: Mapping[str, str], topics: Collection[str], today: dt.date
) -> list[Row]:
    """Return what the lines of a file say.

    Parameters
    ----------
    data
        The file as it came.
    columns
        The heading of each of :data:`NEEDED`, and of :data:`OPTIONAL` where there is one.
    topics
        The topics that may be sent; a line about another is refused.
    today
        A fact of a later day is refused.

    Raises
    ------
    FairpracticeError
        When it is no CSV file of text, has no line, too many, or not the columns.
    """
    lines = csv.reader(io.StringIO(_text(data), newline=""), strict=True)
    try:
        heading = [each.strip().casefold() for each in next(lines, [])]
        places = _places(heading, columns)
        rows = list(_rows(lines, len(heading), places, topics, today))
    except csv.Error as error:
        raise FairpracticeError(
            f"It stops being CSV at line {lines.line_num}", fix=f"Look at that line. {SAVE}"
        ) from error
    if not rows:
        raise FairpracticeError("It has no line under the headings", fix="Send one that has.")
    return rows


def _text(data: bytes) -> str:
    """A file of another kind is told by its bytes, whatever its name says."""
    if not data.strip():
        raise FairpracticeError("It is empty", fix="Send the file that has the facts.")
    if data.startswith((b"PK", b"%PDF", b"\xd0\xcf")) or b"\0" in data:
        raise FairpracticeError("It is not a CSV file, whatever its name says", fix=SAVE)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FairpracticeError("It is not text in UTF-8", fix=SAVE) from None


def _places(heading: list[str], columns: Mapping[str, str]) -> dict[str, int]:
    wanted = {name: said.strip().casefold() for name, said in columns.items() if said.strip()}
    missing = [columns[name] for name in NEEDED if wanted.get(name) not in heading]
    if missing:
        raise FairpracticeError(
            f"It has no column called {', '.join(missing)}",
            fix="Its first line names the columns, as the agreement has them.",
        )
    if twice := [said for said in wanted.values() if heading.count(said) > 1]:
        raise FairpracticeError(
            f"It has more than one column called {', '.join(twice)}", fix="Leave one of them out."
        )
    return {name: heading.index(said) for name, said in wanted.items() if said in heading}


def _rows(
    lines: Any,
    width: int,
    places: Mapping[str, int],
    topics: Collection[str],
    today: dt.date,
) -> Iterator[Row]:
    names = {TOPICS[topic].label.casefold(): topic for topic in topics} | {
        topic.casefold(): topic for topic in topics
    }
    for count, (number, fields) in enumerate(_numbered(lines), start=1):
        if count > MOST_LINES:
            raise FairpracticeError(
                f"It has more than {MOST_LINES:,} lines", fix="Send it in several files."
            )
        if not any(each.strip() for each in fields):
            continue
        if len(fields) != width:
            yield Row(number, problem="It has not as many fields as the first line.")
            continue
        said = {name: fields[place].strip() for name, place in places.items()}
        yield _row(number, said, names, today)


def _numbered(lines: Any) -> Iterator[tuple[int, list[str]]]:
    """Yield each row with the line that it starts on: a field may go over several."""
    start = lines.line_num + 1
    for fields in lines:
        yield start, fields
        start = lines.line_num + 1


def _row(number: int, said: Mapping[str, str], names: Mapping[str, str], today: dt.date) -> Row:
    plain = "".join(each for each in said["nhs_number"] if each not in " -")
    born, stated = _day(said["date_of_birth"]), _day(said["date"])
    topic = names.get(said["topic"].casefold())
    status = STATUSES.get(said["status"].casefold())
    family = said.get("family_name", "")
    if plain and numbers.problem(plain):
        problem = "The NHS number is none."
    elif not plain and not family:
        problem = "It has no NHS number."
    elif born is None or born > today:
        problem = "The date of birth is no day, or is still to come."
    elif topic is None:
        problem = "The topic is not one of the agreement."
    elif status is None:
        problem = "The status is neither present nor absent."
    elif stated is None or stated > today or stated < born:
        problem = "The date is no day, is still to come, or is before the date of birth."
    elif len(family) > LONGEST_NAME:
        problem = "The family name is too long to be one."
    else:
        return Row(number, plain, family, born, topic, status, stated)
    return Row(number, problem=problem)


def _day(said: str) -> dt.date | None:
    for form in FORMATS:
        try:
            found = dt.datetime.strptime(said, form).date()
        except ValueError:
            continue
        return found if found.year >= 1880 else None
    return None
