"""What may be shown: the one place where the threshold, the rounding and the rest are set."""

import math
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Rule:
    """What a release must keep to.

    The defaults are NHS England's rule for hospital statistics below national level (1 to 7
    hidden, others to the nearest 5), and the two dominance rules as they are commonly set
    (Hundepool and others 2012, *Statistical Disclosure Control*, section 4.2).

    Attributes
    ----------
    hidden_up_to
        Counts from 1 up to this are small: they are hidden.
    rounded_to
        Others are rounded to the nearest multiple of this, halves up; 1 leaves them as they are.
    possible
        How many different numbers must remain possible for a hidden one, for somebody who knows
        everything that is shown. By default as many as for a number that is shown.
    zeros
        Whether a count of nobody is ``shown``, or ``hidden`` as a small one is.
    largest, share
        The n-k rule: a sum is dominated when its ``largest`` values make more than ``share`` of it.
    p
        The p % rule: a sum is dominated when what is left of it without its two largest values is
        less than this share of the largest, so that the second could work the first out.
    degrees_of_freedom
        The fewest that a measure of spread, or a model, must have.
    """

    hidden_up_to: int = 7
    rounded_to: int = 5
    possible: int = 5
    zeros: Literal["shown", "hidden"] = "shown"
    largest: int = 2
    share: float = 0.9
    p: float = 0.1
    degrees_of_freedom: int = 10

    @property
    def smallest(self) -> int:
        """The smallest count that is hidden."""
        return 1 if self.zeros == "shown" else 0

    def small(self, count: float | None) -> bool:
        """Tell whether a count is small."""
        return count is not None and self.smallest <= abs(count) <= self.hidden_up_to

    def rounded(self, count: float) -> int | float:
        """Return a count as it is shown."""
        if self.rounded_to == 1:
            return count
        return self.rounded_to * math.floor(count / self.rounded_to + 0.5)

    def known(self, shown: float) -> tuple[float, float]:
        """Return the least and the most that a count can be when it is shown as this."""
        if self.rounded_to == 1:
            return shown, shown
        half = self.rounded_to / 2
        return self.not_small(math.ceil(shown - half), math.ceil(shown + half) - 1)

    def not_small(self, low: float, high: float) -> tuple[float, float]:
        """Narrow a range to the numbers in it that are not small, which are all that is shown."""
        above = self.hidden_up_to + 1
        none = self.zeros == "shown" and low <= 0 <= high
        return (0 if none else max(low, above)), (high if high >= above else 0)


RULE = Rule()
"""The rule that every release of the project keeps to, unless it is told another."""

HIDDEN_UP_TO = RULE.hidden_up_to
ROUNDED_TO = RULE.rounded_to
