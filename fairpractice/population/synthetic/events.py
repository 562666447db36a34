"""Coded entries being gathered for one chunk of people, then laid in order."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fairpractice.codelists import Code, Codelists
from fairpractice.population.synthetic.chance import Days, Ints, Numbers
from fairpractice.population.synthetic.people import People


# A practice uses a few codes of a list for nearly everything.
USE = np.array([0.62, 0.20, 0.10, 0.05, 0.03])


@dataclass(frozen=True)
class CodeBook:
    """The codes in use, by position, and which positions each list and ethnic group has."""

    codes: tuple[str, ...]
    lists: Mapping[str, Ints]
    categories: Mapping[str, Ints]


def code_book(codelists: Codelists) -> CodeBook:
    """Take the first few SNOMED CT codes of every list, and of each group of ``ethnicity``."""
    codes: dict[str, int] = {}
    lists: dict[str, Ints] = {}
    categories: dict[str, Ints] = {}

    def positions(found: Iterable[Code]) -> Ints:
        some = [code.code for code in found if code.system == "snomed"][: len(USE)]
        return np.array([codes.setdefault(code, len(codes)) for code in some], np.int64)

    for name, codelist in codelists.items():
        lists[name] = positions(codelist.codes)
    for group in dict.fromkeys(code.category for code in codelists["ethnicity"].codes):
        categories[group] = positions(
            code for code in codelists["ethnicity"].codes if code.category == group
        )
    return CodeBook(tuple(codes), lists, categories)


class Entries:
    """What is entered about a chunk of people.

    A list that is empty, or not shipped, brings no entries. Nothing is entered of a time at which
    the person was not with the network, but for the ``history`` that came with the record.
    """

    def __init__(self, people: People, book: CodeBook, random: np.random.Generator) -> None:
        self.people = people
        self.codes = book.codes
        self.lists = {name: found for name, found in book.lists.items() if len(found)}
        self.random = random
        self.parts: list[tuple[Ints, Days, npt.NDArray[np.int32], npt.NDArray[np.float32]]] = []

    def add(
        self,
        codelist: str,
        who: Ints,
        day: Numbers | Days,
        value: Numbers | None = None,
        *,
        history: bool = False,
    ) -> None:
        """Enter a code of a list on a day for some people, by their positions in the chunk."""
        if codelist in self.lists:
            self.add_codes(self.lists[codelist], who, day, value, history=history)

    def add_codes(
        self,
        codes: Ints,
        who: Ints,
        day: Numbers | Days,
        value: Numbers | None = None,
        *,
        history: bool = False,
    ) -> None:
        """Enter one of some codes, the first of them most often."""
        day = np.floor(day).astype(np.int32)
        people = self.people
        kept = day < people.until[who]
        kept &= day >= (people.born if history else people.since)[who]
        who, day = who[kept], day[kept]
        use = np.cumsum(USE[: len(codes)])
        chosen = np.searchsorted(use / use[-1], self.random.random(len(who)), side="right")
        code = codes[np.minimum(chosen, len(codes) - 1)].astype(np.int32)
        number = np.full(len(who), np.nan, np.float32) if value is None else (
            value[kept].astype(np.float32)
        )  # fmt: skip
        self.parts.append((who, day, code, number))

    def in_order(self) -> tuple[Ints, Days, npt.NDArray[np.int32], npt.NDArray[np.float32]]:
        """Return person, day, code and value (NaN without one) by person, day and code.

        A code is entered once a day; of several, the entry made first stays.
        """
        who, day, code, value = (np.concatenate(column) for column in zip(*self.parts, strict=True))
        order = in_order(who, day, code)
        who, day, code, value = who[order], day[order], code[order], value[order]
        new = np.ones(len(who), bool)
        new[1:] = (np.diff(who) != 0) | (np.diff(day) != 0) | (np.diff(code) != 0)
        return who[new], day[new], code[new], value[new]


def in_order(*columns: Ints | Days | npt.NDArray[np.int32]) -> Ints:
    """Return the positions of rows by some columns of whole numbers, then as they were.

    One whole number holds all of it, so that the fastest sort gives one order only. Columns of a
    chunk of people leave room: 15 bits for people, 16 for days, 9 for codes, 22 for the position.
    """
    rows = len(columns[0])
    if not rows:
        return np.arange(0)
    key = np.zeros(rows, np.int64)
    bits = 0
    for column in (*columns, np.arange(rows)):
        low = int(column.min())
        width = (int(column.max()) - low).bit_length()
        bits += width
        key = key << width | (column.astype(np.int64) - low)
    if bits > 63:
        raise OverflowError(f"{bits} bits are more than a whole number has")
    key.sort()
    return np.asarray(key & ((1 << width) - 1))
