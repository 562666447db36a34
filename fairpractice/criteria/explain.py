"""A definition in words: for whoever has to trust its numbers, or to change it."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from fairpractice.codelists import Codelist
from fairpractice.criteria.definition import Definition
from fairpractice.criteria.english import conditions, english
from fairpractice.criteria.spec import aligned
from fairpractice.criteria.tree import (
    Criterion,
    Expression,
    Number,
    Or,
    codelists_named,
    topics_named,
)


Codelists = Mapping[str, Codelist]

COUNTED = {
    "finds": "What finds them",
    "numerator": "What is counted",
    "denominator": "Out of what",
}
NOT_AVAILABLE = "not available: list {} is empty"


@dataclass(frozen=True)
class Part:
    """A heading and what stands below it, a line each."""

    heading: str
    lines: Sequence[str]
    drawn: str = ""


def explain(definition: Definition, codelists: Codelists, *, today: dt.date) -> list[Part]:
    """Return a definition in words.

    Parameters
    ----------
    definition
        A measure or a rule.
    codelists
        The lists in force, whose status and hash are told.
    today
        The day on which it is read: whether its review is overdue.
    """
    parts = [
        Part("Why it matters", [definition.why]),
        _asked("Who it is about", definition.population, codelists),
        *(_asked(COUNTED[name], part, codelists) for name, part in definition.counted.items()),
    ]
    if kind := _kind(definition):
        parts.append(Part("What the figure is", [kind]))
    if definition.unless is not None:
        parts.append(_asked("Who is excepted", definition.unless, codelists))
    if definition.outcomes:
        parts.append(Part("What else is shown", list(_outcomes(definition, codelists))))
    if action := getattr(definition, "action", ""):
        parts.append(Part("What to do first", [action]))
    if definition.notes:
        parts.append(Part("What to know", [definition.notes]))
    parts.append(Part("Where it comes from", list(_provenance(definition, today))))
    if lists := list(_lists(definition, codelists)):
        parts.append(Part("Codelists used", lists))
    if definition.sensitive:
        parts.append(
            Part("Purpose", ["It asks about a sensitive topic, so it is for direct care alone."])
        )
    asked = f"Asked on {_day(definition.on)} of these people:"
    parts.append(Part("People that prove it", [asked], aligned(definition.spec)))
    return parts


def _asked(heading: str, expression: Expression, codelists: Codelists) -> Part:
    if not isinstance(expression, Criterion):
        return Part(heading, [english(expression, codelists)])
    lines = conditions(expression, codelists)
    joined = "all"
    if isinstance(expression, Or) and not topics_named(expression):
        lines = [english(part, codelists) for part in expression.of]
        joined = "any"
    return Part(f"{heading} ({joined} of these)" if len(lines) > 1 else heading, lines)


def _kind(definition: Definition) -> str:
    """Say what statistic the figure of a measure is, and which way is better."""
    better = {
        "higher": " Higher is better.",
        "lower": " Lower is better.",
        "neither": " Neither high nor low is better.",
    }.get(getattr(definition, "better", ""), "")
    match list(definition.counted.values()):
        case [Number(), Number()]:
            return f"The sum of the one over the sum of the other, over all people.{better}"
        case [Number()]:
            return f"The mean over the people for whom it is known.{better}"
        case _ if better:
            return (
                "The share of people for whom it is so, of those of whom it can be told; the "
                f"others are counted apart.{better}"
            )
        case _:
            return ""


def _outcomes(definition: Definition, codelists: Codelists) -> Iterator[str]:
    known = definition.outcomes_known(codelists)
    for name, outcome in definition.outcomes.items():
        if name in known:
            yield f"{name}: {english(outcome, codelists)}"
        else:
            empty = [n for n in codelists_named(outcome) if codelists[n].status == "empty"]
            yield f"{name}: {NOT_AVAILABLE.format(', '.join(empty))}"


def _provenance(definition: Definition, today: dt.date) -> Iterator[str]:
    yield f"Source: {definition.source}"
    yield f"Author: {definition.author}"
    yield f"Checked against its source by: {definition.checked_by or 'nobody yet'}"
    overdue = " (overdue)" if definition.review_by < today else ""
    yield f"To be read again by: {_day(definition.review_by)}{overdue}"
    if definition.tags:
        yield f"Tags: {', '.join(definition.tags)}"


def _lists(definition: Definition, codelists: Codelists) -> Iterator[str]:
    parts = (*definition.asked.values(), *definition.outcomes.values())
    for name in dict.fromkeys(name for part in parts for name in codelists_named(part)):
        each = codelists[name]
        codes = f"{len(each.codes)} code{'s' * (len(each.codes) != 1)}"
        yield f"{name}: {each.title}; {each.status}, {codes}, SHA-256 {each.sha256[:12]}"


def _day(day: dt.date) -> str:
    return f"{day.day} {day:%B %Y}"
