"""Numbers in plain English: how much, how sure, and what it does not show.

Every function takes rows as :mod:`fairpractice.measures.results` makes them, after disclosure
control, and says nothing that is not in them. In brackets after a value are its 95 % limits. A
space that must not break a line is a no-break space.
"""

import datetime as dt
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from fairpractice.measures.measure import Measure
from fairpractice.statistics.disclosure import HIDDEN_UP_TO


Row = Mapping[str, Any]

NOT_ADJUSTED = "Age and illness are not taken into account."
CANNOT_TELL = "which the data cannot tell from none"
HIDDEN = "hidden"
NOBODY = "nobody"
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
MOST, LEAST = "most deprived", "least deprived"
WHY_HIDDEN = f"it would show a number from 1 to {HIDDEN_UP_TO}, or let one be worked out"


def date(day: dt.date) -> str:
    """Return a day as 31 October 2026, whatever the locale."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def people(number: float) -> str:
    """Return a number of people: 1,250 people, 1 person, nobody."""
    if not number:
        return NOBODY
    return f"{number:,.0f} {'person' if number == 1 else 'people'}"


def several(words: Sequence[str], last: str = "and") -> str:
    """Return a list in a sentence: a, b and c."""
    return f" {last} ".join([", ".join(words[:-1]), words[-1]] if words[1:] else list(words))


def places(unit: str, rows: Iterable[Row | None]) -> int:
    """Return how many decimal places values need, so that what is shown is not all the same.

    One for percentages, two where one is under 1 % (leave gaps out of ``rows``); otherwise enough
    for the narrowest limits.
    """
    there = [row for row in rows if row is not None and row["value"] is not None]
    if unit == "%":
        return 2 if any(0 < abs(row["value"]) < 1 for row in there) else 1
    widths = [
        width
        for row in there
        if row["lower"] is not None and (width := row["upper"] - row["lower"]) > 0
    ]
    return min(4, max(0, math.ceil(math.log10(5 / min(widths))))) if widths else 2


def amount(value: float, unit: str, digits: int) -> str:
    """Return a value: 61.2 %, 0.423."""
    return f"{value:,.{digits}f}\N{NO-BREAK SPACE}%" if unit == "%" else f"{value:,.{digits}f}"


def limits(row: Row, unit: str, digits: int) -> str:
    """Return the limits of a value: 59.8 % to 62.6 %; nothing where it has none."""
    if row["lower"] is None:
        return ""
    return " to ".join(amount(row[end], unit, digits) for end in ("lower", "upper"))


def value(row: Row | None, unit: str, digits: int | None = None) -> str:
    """Return a value with its limits in brackets, or why there is none."""
    if row is None or row["status"] == "zero_denominator":
        return NOBODY
    if row["value"] is None:
        return HIDDEN
    digits = places(unit, [row]) if digits is None else digits
    said = limits(row, unit, digits)
    return amount(row["value"], unit, digits) + (f" ({said})" if said else "")


def brief(row: Row | None, unit: str, digits: int | None = None) -> str:
    """Return a value as a cell of a table has it: 61.2 % (59.8 to 62.6)."""
    if row is None or row["value"] is None or row["lower"] is None:
        return value(row, unit, digits)
    digits = places(unit, [row]) if digits is None else digits
    low, high = (f"{row[end]:,.{digits}f}" for end in ("lower", "upper"))
    return f"{amount(row['value'], unit, digits)} ({low} to {high})"


def share(row: Row | None) -> str:
    """Return a share without its limits, which stand elsewhere."""
    if row is None or row["value"] is None:
        return value(row, "%")
    return amount(row["value"], "%", places("%", [row]))


def signed(between: Row | None, digits: int) -> str:
    """Return a gap as a cell of a table has it: +12.8 (+10.4 to +15.2)."""
    if between is None or between["value"] is None:
        return "not given"
    least = 0.5 * 10**-digits  # what rounds to nought has no sign
    said = [
        f"{between[end]:+,.{digits}f}" if abs(between[end]) >= least else f"{0:.{digits}f}"
        for end in ("value", "lower", "upper")
        if between[end] is not None
    ]
    said = [number.replace("-", "\N{MINUS SIGN}") for number in said]
    return f"{said[0]} ({said[1]} to {said[2]})" if said[2:] else said[0]


def told_from_none(gap: Row | None) -> bool:
    """Tell whether the limits of a gap leave out zero."""
    return bool(gap and gap["lower"] is not None and gap["lower"] * gap["upper"] > 0)


def size(gap: Row, unit: str, digits: int) -> str:
    """Return how large a gap is, whichever way it goes: 12.8 percentage points (10.4 to 15.2)."""
    sign = -1 if gap["value"] < 0 else 1
    low, high = sorted(sign * (gap[end] or 0.0) for end in ("lower", "upper"))
    finer = digits
    # Limits that leave out zero should not look as if they did not.
    while low > 0 and round(low, finer) == 0 and finer < digits + 3:
        finer += 1
    far, near = f"{high:,.{digits}f}", f"{abs(low):,.{finer}f}"
    points = " percentage points" if unit == "%" else ""
    written = f"{abs(gap['value']):,.{digits}f}{points}"
    if gap["lower"] is None:
        return written
    if low >= 0:
        return f"{written} ({near} to {far})"
    return f"{written} (from {near} the other way to {far})"


def gap(
    measure: Measure, most: Row | None, least: Row | None, between: Row | None, told: Row | None
) -> str:
    """Say how the most and the least deprived fifth compare by a measure.

    Parameters
    ----------
    most, least
        The figures of the two ends.
    between
        The gap: least less most.
    told
        For how many of those it is about it can be told.
    """
    unit = measure.unit
    if told is not None and told["value"] == 0:
        return "It cannot be told for anybody."
    if most is None or least is None or between is None or between["value"] is None:
        sentences = [_no_gap(most, least)]
    else:
        digits = places(unit, [most, least])
        verb = "the mean is" if measure.kind == "mean" else "it is"
        ends = (
            f"In the {MOST} fifth {verb} {value(most, unit, digits)}, against "
            f"{value(least, unit, digits)} in the {LEAST}"
        )
        sentences = [f"{ends}: {_difference(between, unit, digits)}.", _worse(measure, between)]
    if unit != "%":
        sentences.append(f"Unit: {unit}.")
    return _joined(*sentences, cannot_be_told(told), NOT_ADJUSTED)


def found(
    total: Row | None,
    fifths: Sequence[Row],
    between: Row | None,
    told: Row | None,
) -> str:
    """Say how many people a rule finds, and where.

    Parameters
    ----------
    total
        The figure of everybody: of those the rule is about, the share found.
    fifths
        The figures by deprivation, ``group`` from 1, the most deprived, to 5.
    between
        The gap between the ends.
    told
        For how many of those it is about it can be told.
    """
    if total is not None and total["numerator"] == 0:
        unknown = cannot_be_told(told, "whether they are missing out, so there may be some")
        return _joined(how_many(total, fifths), unknown)
    ends = {row["group"]: row for row in fifths}
    most, least = ends.get("1"), ends.get("5")
    if most is None or least is None or between is None or between["value"] is None:
        compared = _no_gap(most, least)
    else:
        digits = places("%", [most, least])
        at_most, at_least = value(most, "%", digits), value(least, "%", digits)
        difference = _difference(between, "%", digits)
        if told_from_none(between):
            more = "More" if between["value"] < 0 else "Less"
            compared = (
                f"{more} common in the {MOST} fifth, {at_most}, than in the {LEAST}, "
                f"{at_least}: {difference}."
            )
        else:
            compared = (
                f"It is {at_most} in the {MOST} fifth and {at_least} in the {LEAST}: {difference}."
            )
    unknown = cannot_be_told(told, "whether they are missing out too, so there may be more")
    return _joined(how_many(total, fifths), compared, unknown, NOT_ADJUSTED)


def how_many(total: Row | None, fifths: Sequence[Row]) -> str:
    """Say how many people a rule finds in all: at least those in the fifths that are shown."""
    if total is None or total["status"] == "zero_denominator":
        return "It is about nobody here."
    if total["value"] is not None:
        if not total["numerator"]:
            return f"Nobody is found, of {people(total['denominator'])} it is about."
        digits = places("%", [total])
        share = amount(total["value"], "%", digits)
        certain = f" ({said})" if (said := limits(total, "%", digits)) else ""
        return f"{people(total['numerator'])}, {share} of those it is about{certain}."
    if shown := at_least(total, fifths):
        return (
            f"At least {people(shown)}, in the fifths that are shown: how many in all is hidden, "
            f"because {WHY_HIDDEN}."
        )
    return f"How many are found is hidden, because {WHY_HIDDEN}."


def at_least(total: Row | None, fifths: Sequence[Row]) -> int:
    """Return how many people a rule is seen to find: all, or those in the fifths shown."""
    if total is not None and total["numerator"] is not None:
        return int(total["numerator"])
    return sum(row["numerator"] or 0 for row in fifths)


def cannot_be_told(told: Row | None, what: str = "") -> str:
    """Say for how many it cannot be told; nothing where it can for all."""
    if told is None or told["status"] == "zero_denominator" or told["value"] == 100:
        return ""
    if told["value"] is None:
        return f"For a few people it cannot be told{f' {what}' if what else ''}."
    unknown = 100 - told["value"]
    share = amount(unknown, "%", 1) if unknown >= 0.1 else f"less than {amount(0.1, '%', 1)}"
    rest = what or "and they are left out"
    return f"For {share} of those it is about it cannot be told{'' if what else ','} {rest}."


def across_all(slope: Row | None, unit: str) -> str:
    """Say the slope index of inequality: the gap along a line through all fifths."""
    if slope is None or slope["value"] is None:
        return ""
    digits = 1 if unit == "%" else places(unit, [slope])
    certain = "" if told_from_none(slope) else f", {CANNOT_TELL}"
    return (
        "Along a line through all fifths, the difference from one end to the other (slope index "
        f"of inequality) is {size(slope, unit, digits)}{certain}."
    )


def since(first: Row | None, last: Row | None, unit: str) -> str:
    """Say what the gap was at the beginning of a trend, and what cannot be read from it."""
    if first is None or last is None or first["value"] is None or last["value"] is None:
        return ""
    digits = 1 if unit == "%" else places(unit, [first, last])
    way = ", the other way" if first["value"] * last["value"] < 0 else ""
    return (
        f"On {date(first['on'])} the gap was {size(first, unit, digits)}{way}; on "
        f"{date(last['on'])} it is {size(last, unit, digits)}. Whether it has changed by more than "
        "chance is not tested: dates near each other look back over the same months."
    )


def spread(rows: Sequence[tuple[str, Row]], unit: str) -> str:
    """Say between which groups a value runs, by the label and figure of each."""
    shown = [(label, row) for label, row in rows if row["value"] is not None]
    if len(shown) < 2:
        return ""
    digits = places(unit, [row for _, row in shown])
    (low_label, low), (high_label, high) = (
        pick(shown, key=lambda item: item[1]["value"]) for pick in (min, max)
    )
    if low["value"] == high["value"]:
        return "It is the same in all groups."
    chance = " The highest and lowest of several groups are partly so by chance."
    return (
        f"Lowest: {low_label}, {value(low, unit, digits)}. Highest: {high_label}, "
        f"{value(high, unit, digits)}.{chance if len(shown) > 2 else ''}"
    )


def recorded(title: str, total: Row | None) -> str:
    """Say for how many people something is recorded."""
    if total is None or total["value"] is None:
        return f"{title}: for how many people it is recorded is hidden, because {WHY_HIDDEN}."
    if not total["numerator"]:
        return f"{title} is recorded for nobody."
    return f"{title} is recorded for {value(total, '%')} of people."


def topics(rows: Sequence[tuple[str, Row]]) -> str:
    """Say how far social topics are recorded, by the title and figure of each."""
    shown = [(title, row) for title, row in rows if row["value"] is not None]
    nobody = [title for title, row in shown if not row["numerator"]]
    some = sorted(
        ((title, row) for title, row in shown if row["numerator"]),
        key=lambda item: item[1]["value"],
    )
    said = []
    if some:
        (least, low), (most, high) = some[0], some[-1]
        said.append(
            f"Of {len(rows)} social topics, the one recorded most is {_small(most)}, for "
            f"{value(high, '%')} of people"
            + (f"; {_small(least)} is for {value(low, '%')}." if some[1:] else ".")
        )
    if nobody:
        said.append(f"Recorded for nobody: {several([_small(title) for title in nobody])}.")
    said.append("What is not recorded is not known: it does not mean that there is no need.")
    return _joined(*said)


def _no_gap(most: Row | None, least: Row | None) -> str:
    """Say why there is no gap."""
    ends = ((MOST, most), (LEAST, least))
    if empty := [end for end, row in ends if row is None or row["status"] == "zero_denominator"]:
        return (
            f"There is nobody to tell of in the {several(empty, 'or')} fifth of areas, so the two "
            "ends cannot be compared."
        )
    if hidden := [end for end, row in ends if row is not None and row["value"] is None]:
        which = f"{hidden[0]} fifth is" if len(hidden) == 1 else "two end fifths are"
        return f"The {which} too small to be shown ({WHY_HIDDEN}), so no gap is given."
    return "No gap can be given."


def _difference(between: Row, unit: str, digits: int) -> str:
    if told_from_none(between):
        return f"a gap of {size(between, unit, digits)}"
    if between["lower"] is None:
        return f"a difference of {size(between, unit, digits)}"
    return f"a difference of {size(between, unit, digits)}, {CANNOT_TELL}"


def _worse(measure: Measure, between: Row) -> str:
    """Say who is worse off."""
    if not told_from_none(between) or measure.better == "neither":
        return ""
    least_worse = (between["value"] > 0) == (measure.better == "lower")
    return (
        f"{measure.better.capitalize()} is better: the {LEAST if least_worse else MOST} are worse "
        "off."
    )


def _small(title: str) -> str:
    return title[0].lower() + title[1:]


def _joined(*sentences: str) -> str:
    return " ".join(sentence for sentence in sentences if sentence)
