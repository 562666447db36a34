"""A measure: how well, and for whom."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from fairpractice.criteria.definition import Definition, Folders
from fairpractice.criteria.tree import Criterion, Expression, Number


@dataclass(frozen=True, kw_only=True)
class Measure(Definition):
    """How well a population is served; its numerator says of which kind it is.

    * a criterion: the *proportion* of the population for whom it is true, among those for whom it
      can be told;
    * a number, and another as denominator: the *ratio* of their sums over the population, such as
      did-not-attends over booked appointments;
    * a number alone: its *mean* over those for whom it is known.

    ``better`` says which way is better: ``"higher"``, ``"lower"``, or ``"neither"``.
    """

    numerator: Criterion | Number
    denominator: Number | None = None
    better: Literal["higher", "lower", "neither"]
    unit: str = "%"

    def __post_init__(self) -> None:
        super().__post_init__()
        numbers = isinstance(self.numerator, Number), isinstance(self.denominator, Number)
        if not isinstance(self.numerator, Criterion | Number):
            raise TypeError("'numerator' is to be a criterion or a number")
        if self.denominator is not None and numbers != (True, True):
            raise TypeError(
                "a ratio is of two numbers; a proportion has a criterion as its numerator, and its "
                "denominator is the population"
            )

    @property
    def kind(self) -> Literal["proportion", "ratio", "mean"]:
        """Which statistic it is."""
        if isinstance(self.numerator, Criterion):
            return "proportion"
        return "mean" if self.denominator is None else "ratio"

    @property
    def counted(self) -> Mapping[str, Expression]:
        """The numerator, and the denominator of a ratio."""
        counted: dict[str, Expression] = {"numerator": self.numerator}
        if self.denominator is not None:
            counted["denominator"] = self.denominator
        return counted


MEASURES = Folders(Measure, "MEASURE", Path(__file__).parent / "definitions", "measures")
