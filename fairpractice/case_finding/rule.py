"""A rule: who is missing out, and what to do."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from fairpractice.criteria.definition import Definition, Folders, not_a_criterion
from fairpractice.criteria.tree import Criterion, Expression


@dataclass(frozen=True, kw_only=True)
class Rule(Definition):
    """Finds people who are missing out: those in the population of whom ``finds`` is true.

    Those of whom it cannot be told are counted apart: unknown is not no. ``action`` says what to
    do first, for the person who works the list. With ``link_workers``, social prescribing link
    workers are shown the list and take people from it; who declines is offered help again after
    ``asked_again_months``.
    """

    finds: Criterion
    action: str
    link_workers: bool = False
    asked_again_months: int = 12

    def __post_init__(self) -> None:
        super().__post_init__()
        if not isinstance(self.finds, Criterion):
            raise TypeError(not_a_criterion("finds", self.finds))

    @property
    def counted(self) -> Mapping[str, Expression]:
        """What finds people."""
        return {"finds": self.finds}


RULES = Folders(Rule, "RULE", Path(__file__).parent / "rules", "rules")
