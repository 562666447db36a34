"""What is truly so of people in a synthetic population, to judge lists and estimates by.

A truth is a table with a row an adult and topic, as ``fairpractice synthetic`` writes it:
``topic``, ``need``, ``true_from``, ``true_until`` (empty while it lasts), ``fifth``, ``female``,
``birth_month``, ``ethnic_group``, ``english_main``. Any population of which as much is known can
be judged by: its people need only be those of the record.
"""

import datetime as dt
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from fairpractice.codelists.ethnic_groups import BROAD, GROUPS
from fairpractice.errors import FairpracticeError
from fairpractice.record.dates import completed_years
from fairpractice.record.topics import SENSITIVE


COLUMNS = (
    "topic", "need", "true_from", "true_until", "fifth", "female", "birth_month", "ethnic_group",
    "english_main",
)  # fmt: skip
NEEDS = (
    "homelessness", "temporary_housing", "housing_problem", "financial_hardship", "debt",
    "food_insecurity", "fuel_poverty", "unemployment", "social_isolation", "carer", "transport",
    "digital_exclusion",
)  # fmt: skip
"""The topics that help is offered for; sensitive ones are not among them."""
AGES = (18, 30, 45, 65, 80)
BY = {
    "fifth": "Deprivation of the area",
    "ethnic_group": "Ethnic group",
    "sex": "Sex",
    "age": "Age",
    "language": "Main language",
    "disability": "Disability",
}
"""How people are grouped by what is truly so of them."""


@dataclass(frozen=True)
class Truth:
    """Who was truly in need at some time in a period.

    ``people`` has one row an adult: ``patient_id``; ``needs``, how many topics of need there
    were; and a column for each grouping of :data:`BY`. ``topics`` has one row an adult in the
    same order, and a column of flags for each topic that is told of and not sensitive.
    """

    people: pd.DataFrame
    topics: pd.DataFrame


def read_truth(file: Path) -> pa.Table:
    """Read a truth as it was written.

    Raises
    ------
    FairpracticeError
        When the file cannot be read or lacks a column.
    """
    try:
        table = pq.read_table(file)
    except (OSError, pa.ArrowInvalid) as error:
        raise FairpracticeError(
            "The truth cannot be read",
            where=str(file),
            fix="Give truth/truth.parquet of a folder that `fairpractice synthetic` wrote.",
        ) from error
    missing = [name for name in ("source_patient_id", *COLUMNS) if name not in table.column_names]
    if missing:
        raise FairpracticeError(
            f"The truth has no column {missing[0]}",
            where=str(file),
            fix="Give truth/truth.parquet of a folder that `fairpractice synthetic` wrote.",
        )
    return table


def linked(told: pa.Table, identity: pa.Table) -> pa.Table:
    """Return a truth with the pseudonyms of a record; people who are not in it are left out.

    Parameters
    ----------
    told
        As :func:`read_truth` returns it.
    identity
        ``patient_id`` and ``source_patient_id`` of the record's people.
    """
    known = identity.select(["patient_id", "source_patient_id"]).to_pandas().dropna()
    own = known.drop_duplicates("source_patient_id").set_index("source_patient_id")["patient_id"]
    source = told["source_patient_id"].cast(pa.string()).to_pandas()
    # Beside somebody missing, pandas would make pseudonyms floats, which are too long for that.
    ids = source[source.isin(own.index)]
    here = told.take(pa.array(ids.index))
    return here.append_column("patient_id", pa.array(ids.map(own).astype("int64")))


def truth(told: pa.Table, first: dt.date, last: dt.date) -> Truth:
    """Return who was in need between two days.

    Parameters
    ----------
    told
        A truth with ``patient_id``.
    first, last
        Somebody is in need who was so on any day after the first and up to the last.
    """
    rows = told.select(["patient_id", *COLUMNS]).to_pandas(date_as_object=False)
    until, since = rows["true_until"], rows["true_from"]
    during = (since <= pd.Timestamp(last)) & (until.isna() | (until > pd.Timestamp(first)))
    now = (rows["need"] & during).to_numpy()
    topic, names = pd.factorize(rows["topic"])
    person, people = pd.factorize(rows["patient_id"])
    flags = np.zeros((len(people), len(names)), bool)
    flags[person, topic] = now
    by_topic = pd.DataFrame(flags, columns=[str(name) for name in names])
    needs = [name for name in NEEDS if name in by_topic]
    one = rows.drop_duplicates("patient_id").reset_index(drop=True)
    frame = pd.DataFrame({"patient_id": people, "needs": by_topic[needs].sum(axis=1)})
    broad = {name: BROAD[group.broad] for name, group in GROUPS.items()}
    frame["fifth"] = one["fifth"].astype(str)
    frame["ethnic_group"] = one["ethnic_group"].astype(str).map(broad)
    frame["sex"] = np.where(one["female"], "Female", "Male")
    frame["age"] = _ages(one["birth_month"], first)
    frame["language"] = np.where(one["english_main"], "English", "Another")
    disabled = by_topic.get("disability", pd.Series(False, index=by_topic.index))
    frame["disability"] = np.where(disabled, "Disabled", "Not disabled")
    return Truth(frame, by_topic.drop(columns=[n for n in by_topic if n in SENSITIVE]))


def _ages(born: Any, on: dt.date) -> Any:
    """Return the band of ages that each month of birth is in."""
    months = {month: completed_years(month.date(), on) for month in born.unique()}
    years = born.map(months).to_numpy()
    bands = [f"{low}-{high - 1}" for low, high in pairwise(AGES)]
    return np.array([*bands, f"{AGES[-1]}+"])[np.digitize(years, AGES[1:])]
