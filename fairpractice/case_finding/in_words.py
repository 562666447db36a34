"""A priority in words: who gets which points, and which places are kept for whom."""

import datetime as dt
from collections.abc import Iterator

from fairpractice.case_finding.priority import Priority
from fairpractice.criteria.english import english
from fairpractice.criteria.explain import Codelists, Part, explain
from fairpractice.criteria.tree import Criterion
from fairpractice.population.groups import grouping


def explain_priority(priority: Priority, codelists: Codelists, *, today: dt.date) -> list[Part]:
    """Return a priority in words: as any definition, with its points and its limits.

    Parameters
    ----------
    priority
        The definition.
    codelists
        The lists in force.
    today
        The day on which it is read: whether its review is overdue.
    """
    parts = explain(priority, codelists, today=today)
    told = {*(each.label for each in priority.points), *priority.set_aside}
    found: list[Part] = []
    for part in parts:
        if part.heading.startswith("What finds them"):
            found.append(Part("Points, added up", list(_points(priority, codelists))))
            found.append(Part("Who gets a place", list(_places(priority, codelists))))
        elif part.heading == "What else is shown":
            rest = [line for line in part.lines if line.partition(":")[0] not in told]
            found += [Part(part.heading, rest)] if rest else []
        else:
            found.append(part)
    return found


def _points(priority: Priority, codelists: Codelists) -> Iterator[str]:
    for each in priority.points:
        if isinstance(each.of, Criterion):
            yield f"{each.points:+g} {each.label}: {english(each.of, codelists)}"


def _places(priority: Priority, codelists: Codelists) -> Iterator[str]:
    yield f"Those with the most points, from {priority.least:g}."
    if priority.by_practice:
        yield (
            "Practices share the places in proportion to their people who could be listed; what a "
            "practice has no people for goes to the others."
        )
    for kept in priority.minima:
        who = (
            f"each group ({grouping(kept.of).title.lower()})"
            if isinstance(kept.of, str)
            else f"{kept.name} ({english(kept.of, codelists)})"
        )
        yield (
            f"At least {kept.parity:.0%} of the places that would be theirs by numbers are kept "
            f"for {who}."
        )
    ties = [f"the {tie.order} of {english(tie.of, codelists)}" for tie in priority.ties]
    yield f"Of people with as many points, first {', then '.join([*ties, 'the lower pseudonym'])}."
