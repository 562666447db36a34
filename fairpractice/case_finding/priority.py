"""A priority: whom a team with few places sees first, by points that everybody can read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from fairpractice.criteria import any_of
from fairpractice.criteria.definition import Definition, Folders, not_a_criterion
from fairpractice.criteria.tree import Criterion, Expression, Number


@dataclass(frozen=True)
class InGroup:
    """Somebody is in one of some groups of a grouping, such as the most deprived fifth."""

    grouping: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Points:
    """A reason, and how many points it gives; fewer than none for what makes it less pressing."""

    label: str
    of: Criterion | InGroup
    points: float


@dataclass(frozen=True)
class AtLeast:
    """Some people get at least a share of the places that would be theirs by numbers.

    ``of`` is who: those of whom a criterion is true, or each group of a grouping by its id (but
    for those of whom it is not recorded). Theirs by numbers is their share of everybody the list
    is about; ``parity`` 0.8 keeps four fifths of that for them. ``name`` is what it is called;
    for a grouping, the group's own label is added.
    """

    name: str
    of: Criterion | str
    parity: float


@dataclass(frozen=True)
class Tie:
    """Of people with as many points, those with the ``fewest`` or ``most`` come first."""

    of: Number
    order: Literal["fewest", "most"]


@dataclass(frozen=True, kw_only=True)
class Scheme:
    """All that a list with few places is made by.

    Attributes
    ----------
    population
        Whom it is about.
    set_aside
        Who is not listed now although they could be, by the name of the reason.
    points
        The reasons and their points, which are added up.
    least
        The fewest points that somebody is listed with.
    by_practice
        Whether practices share the places in proportion to their people who could be listed.
    minima
        Places kept for some people; where not all can be kept, the earlier are kept first.
    ties
        Who comes first of people with as many points; at the last, the lower pseudonym.
    """

    population: Criterion
    points: tuple[Points, ...]
    set_aside: Mapping[str, Criterion] = field(default_factory=dict)
    least: float = 1.0
    by_practice: bool = False
    minima: tuple[AtLeast, ...] = ()
    ties: tuple[Tie, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Priority(Definition, Scheme):
    """Orders people who could be offered something of which there is little.

    ``action`` says what to do first. The spec shows of everybody drawn which reasons for points,
    and which for being set aside, hold.
    """

    action: str

    def __post_init__(self) -> None:
        for each in self.points:
            if not isinstance(each.of, Criterion):
                raise TypeError(not_a_criterion(each.label, each.of))
        shown = {each.label: each.of for each in self.points} | dict(self.set_aside)
        object.__setattr__(self, "outcomes", shown | dict(self.outcomes))
        if self.set_aside:
            object.__setattr__(self, "unless", any_of(*self.set_aside.values()))
        super().__post_init__()

    @property
    def counted(self) -> Mapping[str, Expression]:
        """What makes somebody worth listing: any reason that gives points."""
        gives = [each.of for each in self.points if each.points > 0]
        return {"finds": any_of(*(of for of in gives if isinstance(of, Criterion)))}


PRIORITIES = Folders(Priority, "PRIORITY", Path(__file__).parent / "priorities", "priorities")
