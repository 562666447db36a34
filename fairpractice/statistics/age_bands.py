"""Age bands as people write them, and the parts of a reference that each takes in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from fairpractice.errors import FairpracticeError
from fairpractice.statistics.any_table import as_arrow, on_any_table
from fairpractice.statistics.tables import number, real, require, total


OLDEST = 999
"""The last age of a band without an end."""

BITS = 60


def ages(band: ir.StringValue) -> dict[str, ir.Value]:
    """Return the first and last age of a band; both null where it cannot be read."""
    text = band.lower()

    def age(pattern: str) -> ir.Value:
        return text.re_extract(pattern, 1).nullif("").cast("int64")

    first, last = age(r"(\d{1,3})"), age(r"\d{1,3}\D+(\d{1,3})")
    under = text.re_search("<|under|less")
    onwards = text.re_search(r"\+|over|plus|older|above|more")
    return {
        "first_age": under.ifelse(0, first),
        "last_age": ibis.coalesce(
            last, under.ifelse(first - 1, ibis.null("int64")), onwards.ifelse(OLDEST, first)
        ),
    }


@dataclass(frozen=True)
class Reference:
    """A reference population or rate, whose bands have been read and do not overlap."""

    parts: pa.Table
    measures: tuple[str, ...]
    masks: tuple[int, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """What :func:`matched` says of each band beside the measures."""
        return ("parts", *(f"mask_{n}" for n in range(len(self.masks))))

    def covered_by(self, sums: ir.Table) -> ir.BooleanValue:
        """Return whether bands cover the reference, each part once, of ``parts`` and masks."""
        whole = sums.parts == len(self.parts)
        for name, mask in zip(self.columns[1:], self.masks, strict=True):
            whole &= sums[name] == mask
        return whole

    def sums(self, rows: ir.Table) -> dict[str, ir.Value]:
        """Return the aggregates of bands that :meth:`covered_by` wants."""
        parts, *masks = self.columns
        return {parts: rows.parts.sum(), **{name: rows[name].bit_or() for name in masks}}


def read_reference(table: Any, measures: Mapping[str, str]) -> Reference:
    """Read a table of ``age_band`` and some numbers of each.

    Parameters
    ----------
    table
        An Ibis, pandas, polars or pyarrow table.
    measures
        New name to the column of the table.

    Raises
    ------
    FairpracticeError
        For a column that is not there or not numeric, a band that cannot be read as ages, or two
        that overlap.
    """
    arrow = as_arrow(table)
    read = _read(arrow, dict(measures)).sort_by("first_age")
    reached = -1
    for band, first, last in zip(
        *(read[name].to_pylist() for name in ("band", "first_age", "last_age")), strict=True
    ):
        if first is None:
            raise FairpracticeError(
                f"The band {band!r} of the reference cannot be read as ages",
                fix="Write it as 0-4, under 5, 90+ or 90 and over.",
            )
        if first <= reached:
            raise FairpracticeError(
                f"The band {band!r} of the reference overlaps another",
                fix="Give each age once; standardise men and women with a reference each.",
            )
        reached = last
    masks: list[int] = []
    places = np.arange(len(read))
    for start in range(0, len(read), BITS):
        bits = np.where(places // BITS == start // BITS, 1 << (places % BITS), 0)
        read = read.append_column(f"mask_{len(masks)}", pa.array(bits, pa.int64()))
        masks.append(int(bits.sum()))
    parts = read.drop_columns(["band", "same_band"])
    parts = parts.rename_columns({"first_age": "part_first", "last_age": "part_last"})
    return Reference(parts, tuple(measures), tuple(masks))


def band_of(data: ir.Table, column: str) -> ir.Value:
    """Return a column of bands as text, or of the ages at which they start as whole numbers."""
    require(data, [column])
    if not data[column].type().is_numeric():
        return data[column].cast("string")
    age = real(number(data[column]))
    whole = (age == age.floor()) & (age.abs() <= OLDEST)
    return whole.ifelse(age, ibis.null("float64")).cast("int64")


def with_ages(rows: ir.Table) -> ir.Table:
    """Return rows that have a ``band`` with its ``first_age`` and ``last_age``.

    Each way of writing a band is read once, however many rows have it. Where bands are numbers,
    each starts a band that ends before the next of all rows; the last has no end.
    """
    return _with_what_is_said(rows, _bands(rows))


def matched(rows: ir.Table, to: Reference) -> ir.Table:
    """Return what :func:`with_ages` does, and what each band takes of a reference.

    That is the sum of each measure of the parts that lie wholly inside it, ``parts`` (how many),
    and which ones as bits. A band that takes nothing has no parts.
    """
    bands = _bands(rows)
    parts = ibis.memtable(to.parts)
    pairs = bands.left_join(
        parts, [bands.first_age <= parts.part_first, parts.part_last <= bands.last_age]
    )
    count = pairs.part_first.count()
    bands = pairs.group_by(["same_band", "first_age", "last_age"]).aggregate(
        parts=count,
        # A band that takes nothing of the reference is no missing number: its group does not tile.
        **{name: (count == 0).ifelse(0.0, total(pairs[name])) for name in to.measures},
        **{name: ibis.coalesce(pairs[name].sum(), 0) for name in to.columns[1:]},
    )
    return _with_what_is_said(rows, bands)


def _with_what_is_said(rows: ir.Table, bands: ir.Table) -> ir.Table:
    return rows.left_join(bands, rows.band == bands.same_band)


def _bands(rows: ir.Table) -> ir.Table:
    """Return each band of some rows once, with its ages."""
    bands = rows.select(same_band=rows.band).distinct()
    band = bands.same_band
    if not band.type().is_integer():
        return bands.mutate(**ages(band))
    last = ibis.coalesce(band.lead().over(ibis.window(order_by="same_band")) - 1, OLDEST)
    return bands.mutate(first_age=band, last_age=band.isnull().ifelse(ibis.null("int64"), last))


@on_any_table
def _read(data: Any, /, measures: Mapping[str, str]) -> ir.Table:
    require(data, ("age_band", *measures.values()))
    numbers = {new: real(number(data[old])) for new, old in measures.items()}
    return with_ages(data.select(band=band_of(data, "age_band"), **numbers))
