"""Answers as bits: a word of 64 holds those of many dates, or a count of each of three."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

import ibis.expr.types as ir

from fairpractice.record.calendar import MOST_DATES, mask_of


@dataclass(frozen=True)
class Block:
    """Where the bits of one answer are: a column of words, and a shift in it."""

    word: str
    shift: int


class Bits:
    """Packs answers, a block of bits each, as many as fit in a word before the next word."""

    def __init__(self, prefix: str, width: int) -> None:
        self.prefix = prefix
        self.width = width
        self.blocks = 0
        self.words: dict[str, list[ir.IntegerValue]] = {}

    def block(self) -> Block:
        """Return the next free block."""
        word, place = divmod(self.blocks, MOST_DATES // self.width)
        self.blocks += 1
        block = Block(f"{self.prefix}_{word}", place * self.width)
        self.words.setdefault(block.word, [])
        return block

    def add(self, mask: ir.IntegerValue) -> Block:
        """Put a mask in the next free block."""
        block = self.block()
        self.words[block.word].append(mask << block.shift)
        return block

    def packed(self) -> dict[str, ir.IntegerValue]:
        """Return the words, each with all its masks."""
        return {word: reduce(or_, masks) for word, masks in self.words.items()}

    def gathered(self) -> dict[str, ir.IntegerScalar]:
        """Return the words gathered over the rows of a person."""
        return {word: packed.bit_or() for word, packed in self.packed().items()}


COUNTS = 3
COUNT_BITS = 63 // COUNTS
"""How wide a count of somebody's rows is: up to 1,048,575, and a bit to compare it with. Three fit
in a word, so that one sum counts for three dates."""

MOST_COUNTED = 1 << (COUNT_BITS - 1)


@dataclass(frozen=True)
class Place:
    """Where the number of one date is: a column, or a count among those packed in it."""

    column: str
    shift: int | None = None

    def of(self, table: ir.Table) -> ir.FloatingValue:
        """Return the number."""
        return table[self.column] if self.shift is None else self.count(table).cast("float64")

    def count(self, table: ir.Table) -> ir.IntegerValue:
        """Return the count among those packed in a column."""
        return (table[self.column].fill_null(0) >> self.shift) & mask_of((1 << COUNT_BITS) - 1)


def bit(mask: ir.IntegerValue, place: int) -> ir.IntegerValue:
    """Return 1 where a mask has a date's bit, else 0."""
    return (mask >> place) & 1


def at_least(table: ir.Table, places: Sequence[Place], least: int) -> ir.IntegerValue:
    """Return the mask of the dates on which counts are at least so many, from 1 to MOST_COUNTED.

    The counts of a word are compared in one addition: it carries into the highest bit of each that
    is large enough.
    """
    ones = sum(1 << n * COUNT_BITS for n in range(COUNTS))
    found: list[ir.IntegerValue] = []
    for first in range(0, len(places), COUNTS):
        word = table[places[first].column].fill_null(0)
        carried = word + mask_of((MOST_COUNTED - least) * ones)
        spread = (carried >> (COUNT_BITS - 1)) & mask_of(ones)
        together = (spread >> n * (COUNT_BITS - 1) for n in range(1, COUNTS))
        few = reduce(or_, together, spread) & ((1 << COUNTS) - 1)
        found.append(few << first if first else few)
    return reduce(or_, found)


def flip(mask: ir.IntegerValue) -> ir.IntegerValue:
    """Return the mask of the other dates; bits beyond the dates are flipped too.

    Written as a subtraction, which in two's complement is the same as ``~mask``: SQL writers
    get the brackets of that operator wrong.
    """
    return mask_of(-1) - mask
