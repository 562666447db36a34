"""The tree in plain English."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Literal

from fairpractice.codelists import Codelist
from fairpractice.criteria.tree import (
    AddressKnown,
    Age,
    And,
    Arithmetic,
    Circumstance,
    CircumstanceRecorded,
    Compare,
    Constant,
    Contactable,
    Count,
    Criterion,
    Exists,
    Expression,
    InForce,
    Known,
    Latest,
    Not,
    Number,
    Operator,
    Or,
    PerGroup,
    Registered,
    Rows,
    Sex,
    Total,
    Where,
)
from fairpractice.record.dates import Window
from fairpractice.record.social_facts import TOPICS


Codelists = Mapping[str, Codelist]

COMPARED = {
    "<": "less than",
    "<=": "at most",
    ">": "more than",
    ">=": "at least",
    "==": "exactly",
}
COUNTED = COMPARED | {"<": "fewer than"}
OTHERWISE: dict[str, Operator] = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}
VALUES = {"did_not_attend": "did-not-attend", "nhs_111": "NHS 111"}
ARITHMETIC = {"+": "plus", "-": "less", "/": "divided by"}
NOUNS = {
    "event": ("coded entry", "coded entries"),
    "medication": ("issue of medication", "issues of medication"),
    "appointment": ("appointment", "appointments"),
    "urgent_contact": ("urgent care contact", "urgent care contacts"),
}
LISTED = {"event": ("entry", "entries"), "medication": ("issue", "issues")}
ANY = "…"  # stands for the topics that are named together
COLUMNS = {"days_supply": "days’ supply", "minutes": "minutes", "value": "values"}
FIGURES = {
    "largest": "the number of {rows} with the {by} seen most",
    "groups": "the number of different {by}s among {rows}",
    "sum_of_squares": "the sum over each {by} of the square of {rows}",
}


def english(expression: Expression, codelists: Codelists) -> str:
    """Return an expression as an English phrase, without a full stop."""
    return (
        _criterion(expression, codelists)
        if isinstance(expression, Criterion)
        else _number(expression, codelists)
    )


def conditions(criterion: Criterion, codelists: Codelists) -> list[str]:
    """Return the conditions that must all hold, a phrase each."""
    parts = criterion.of if isinstance(criterion, And) else (criterion,)
    return [english(part, codelists) for part in parts]


def _criterion(criterion: Expression, codelists: Codelists) -> str:
    def say(part: Expression) -> str:
        phrase = english(part, codelists)
        return f"({phrase})" if isinstance(part, And | Or) else phrase

    match criterion:
        case And(of):
            return ", and ".join(say(part) for part in of)
        case Or(of):
            return _either(of, say)
        case Not(Exists(rows)):
            return f"no {_singular(rows, codelists)}{_when(rows.window)}"
        case Not(InForce(codelist, _)):
            return f"not on the register of “{codelists[codelist].title}”"
        case Not(Circumstance(topic)):
            return f"recorded as having no {_topic(topic)}"
        case Not(CircumstanceRecorded(topic, window, route)):
            return f"nothing {_recorded(route)} about {_topic(topic)}{_when(window)}"
        case Not(Known(Circumstance(topic))):
            return f"no fresh answer recorded about {_topic(topic)}"
        case Not(Known(of)):
            return f"not known whether {say(of)}"
        case Not(Registered()):
            return "not registered"
        case Not(Compare(left, sign, right)) if sign in OTHERWISE:
            return _compared(left, OTHERWISE[sign], right, codelists)
        case Not(And(_) | Or(_) as of):
            return f"not {say(of)}"
        case Not(of):
            return f"not: {say(of)}"
        case Known(Circumstance(topic)):
            return f"a fresh answer recorded about {_topic(topic)}"
        case Known(of):
            return f"known whether {say(of)}"
        case Compare(left, sign, right):
            return _compared(left, sign, right, codelists)
        case Registered(0):
            return "registered"
        case Registered(months):
            return f"registered for at least {_months(months)}"
        case Age(youngest, None):
            return f"aged {youngest} or over"
        case Age(0, oldest):
            return f"aged {oldest} or under"
        case Age(youngest, oldest):
            return f"aged {youngest} to {oldest}"
        case Sex(sex):
            return f"registered as {sex}"
        case AddressKnown():
            return "area of residence recorded"
        case Contactable():
            return "a telephone number or e-mail address held"
        case Exists(rows):
            return f"{_article(_singular(rows, codelists))}{_when(rows.window)}"
        case InForce(codelist, ended_by):
            return (
                f"on the register of “{codelists[codelist].title}” "
                f"(not ended by “{codelists[ended_by].title}” since)"
            )
        case Circumstance(topic):
            return f"{_topic(topic)} recorded as present and still fresh"
        case CircumstanceRecorded(topic, window, route):
            return f"something {_recorded(route)} about {_topic(topic)}{_when(window)}"
        case _:
            raise TypeError(f"not a criterion: {criterion!r}")


def _either(of: Sequence[Criterion], say: Callable[[Expression], str]) -> str:
    """Say which of several; circumstances asked about in the same way are named together."""
    alike: dict[Criterion, list[str]] = {}
    for part in of:
        match part:
            case Circumstance(topic) | CircumstanceRecorded(topic):
                alike.setdefault(replace(part, topic=ANY), []).append(_topic(topic))
            case _:
                alike[part] = []
    phrases = []
    for part, topics in alike.items():
        named = " or ".join(filter(None, [", ".join(topics[:-1]), *topics[-1:]]))
        phrases.append(say(part).replace(ANY, named) if topics else say(part))
    return ", or ".join(phrases)


def _compared(left: Number, sign: str, right: Number, codelists: Codelists) -> str:
    match left, right:
        case Where(Count(rows), condition), Constant(_):
            those = f", for those with {english(condition, codelists)}"
            return _compared(Count(rows), sign, right, codelists) + those
        case Count(rows), Constant(value):
            counted = _plural(rows, codelists)
            if (sign, value) in ((">=", 1), (">", 0)):
                counted = _article(_singular(rows, codelists))
            elif (sign, value) in (("<", 1), ("<=", 0), ("==", 0)):
                counted = f"no {_singular(rows, codelists)}"
            elif value == 1:
                counted = f"{COUNTED[sign]} 1 {_singular(rows, codelists)}"
            else:
                counted = f"{COUNTED[sign]} {value:g} {counted}"
            return f"{counted}{_when(rows.window)}"
        case _:
            return f"{english(left, codelists)} is {COMPARED[sign]} {english(right, codelists)}"


def _number(number: Expression, codelists: Codelists) -> str:
    def say(part: Expression) -> str:
        phrase = english(part, codelists)
        return f"({phrase})" if isinstance(part, Arithmetic | Where) else phrase

    match number:
        case Constant(value):
            return f"{value:g}"
        case Count(rows):
            return f"the number of {_plural(rows, codelists)}{_when(rows.window)}"
        case Total(rows, column):
            what = COLUMNS.get(column, column)
            return f"the sum of the {what} of {_plural(rows, codelists)}{_when(rows.window)}"
        case Latest(rows):
            return f"the latest value of “{codelists[rows.codelist].title}”{_when(rows.window)}"
        case PerGroup(rows, by, figure):
            if rows.known == (by,):  # a group is of one that is known
                rows = replace(rows, known=())
            counted = f"{_plural(rows, codelists)}{_when(rows.window)}"
            return FIGURES[figure].format(rows=counted, by=_by(by))
        case Arithmetic(left, sign, right):
            return f"{say(left)} {ARITHMETIC[sign]} {say(right)}"
        case Where(inner, condition):
            return f"{say(inner)}, for those with {english(condition, codelists)}"
        case _:
            raise TypeError(f"not a number: {number!r}")


def _singular(rows: Rows, codelists: Codelists) -> str:
    return _noun(rows, codelists, 0)


def _plural(rows: Rows, codelists: Codelists) -> str:
    return _noun(rows, codelists, 1)


def _noun(rows: Rows, codelists: Codelists, number: Literal[0, 1]) -> str:
    known = "".join(f" with a known {_by(column)}" for column in rows.known)
    if rows.codelist:
        return f"“{codelists[rows.codelist].title}” {LISTED[rows.table][number]}{known}"
    return f"{_which(rows)}{NOUNS[rows.table][number]}{known}"


def _by(column: str) -> str:
    return column.removesuffix("_id").replace("_", " ")


def _which(rows: Rows) -> str:
    words = [
        " or ".join(VALUES.get(value, value.replace("_", " ")) for value in values)
        for _, values in rows.where
    ]
    return "".join(f"{word} " for word in words)


def _article(phrase: str) -> str:
    return f"{'an' if phrase.lstrip('“')[0].lower() in 'aeiou' else 'a'} {phrase}"


def _recorded(route: str) -> str:
    return {
        "": "recorded",
        "asked": "recorded because the team asked",
        "self_reported": "entered by the person",
        "external": "sent by another organisation",
    }[route]


def _topic(topic: str) -> str:
    if topic == ANY:
        return ANY
    label = TOPICS[topic].label
    return label[0].lower() + label[1:]


def _when(window: Window) -> str:
    if window.months is None:
        return " ever" if not window.until else f" up to {_months(window.until)} ago"
    if window.until:
        return f" between {_months(window.months)} and {_months(window.until)} ago"
    return f" in the last {_months(window.months)}"


def _months(months: int) -> str:
    years, rest = divmod(months, 12)
    if not rest and years > 1:
        return f"{years} years"
    return f"{months} months" if months != 1 else "month"
