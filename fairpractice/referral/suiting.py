"""What is asked of every service, to tell whether it suits: one function for each question.

Unknown is not no: what is not said is to be asked, and leaves nobody out.
"""

import datetime as dt
import math
import re
from collections.abc import Callable, Iterable

from fairpractice.record.topics import TOPICS
from fairpractice.referral.offered import (
    ACCESS,
    CAPACITY_HOLDS,
    CHECKED_WITHIN,
    DAYS,
    EARTH,
    Answer,
    Opening,
    Point,
    Service,
    Wanted,
)


def _status(wanted: Wanted, service: Service) -> Answer:
    if service.status == "active":
        return Answer()
    if not service.status:
        return Answer(asks=("does not say whether it is running: ask",))
    closed = {"temporarily closed": "closed for a time", "defunct": "has ended"}
    return Answer(against=(closed.get(service.status, "not running"),))


def _need(wanted: Wanted, service: Service) -> Answer:
    met = [TOPICS[topic].label for topic in TOPICS if topic in wanted.needs & service.needs]
    if met:
        return Answer(reasons=(f"helps with {_and(met)}",))
    if wanted.needs and not service.needs:
        return Answer(asks=("does not say what it helps with: ask",))
    return Answer()


def _age(wanted: Wanted, service: Service) -> Answer:
    low, high = service.minimum_age, service.maximum_age
    if low is None and high is None:
        return Answer()
    span = _span(low, high)
    if wanted.age is None:
        return Answer(asks=(f"for people {span}: ask how old they are",))
    if (low is not None and wanted.age < low) or (high is not None and wanted.age >= high + 1):
        return Answer(against=(f"not eligible by age: for people {span}",))
    return Answer(reasons=(f"for people {span}",))


def _span(low: float | None, high: float | None) -> str:
    if low is None:
        return f"up to {high:g}"
    return f"of {low:g} and over" if high is None else f"of {low:g} to {high:g}"


def _eligibility(wanted: Wanted, service: Service) -> Answer:
    said = " ".join(service.eligibility.split())
    return Answer(asks=(f"says whom it is for: “{_short(said)}”",)) if said else Answer()


_DISTRICT = re.compile(r"\b[A-Z]{1,2}[0-9][A-Z0-9]?\b(?:\s*[0-9](?:[A-Z]{2})?\b)?", re.IGNORECASE)


def district(postcode: str) -> str:
    """Return the district of a postcode, such as ``FX1`` of ``FX1 2AB``; empty if it has none."""
    text = postcode.upper().strip()
    bare = "".join(text.split())
    if re.fullmatch(r"[A-Z]{1,2}[0-9][A-Z0-9]?[0-9][A-Z]{2}", bare):
        return bare[:-3]
    found = re.match(r"[A-Z]{1,2}[0-9][A-Z0-9]?\b", text)
    return found.group() if found else ""


def _area(wanted: Wanted, service: Service) -> Answer:
    if not service.areas:
        return Answer()
    said = _short("; ".join(service.areas))
    served = {district(each) for area in service.areas for each in _DISTRICT.findall(area)}
    home = district(wanted.postcode)
    if home and home in served:
        return Answer(reasons=(f"serves {home}",))
    only_districts = all(not _DISTRICT.sub("", area).strip(" ,;.&\n") for area in service.areas)
    if home and served and only_districts:
        return Answer(against=(f"area not served: it is for {said}",))
    return Answer(asks=(f"serves “{said}”: ask whether the person lives there",))


def _capacity(wanted: Wanted, service: Service) -> Answer:
    if service.available is None:
        return Answer(asks=(*_waiting(service), "does not say whether it has places: ask"))
    holds = service.said_on and (wanted.on - service.said_on).days <= CAPACITY_HOLDS
    if not holds:
        when = f"{ago(service.said_on, wanted.on)}" if service.said_on else "once"
        said = _places(service.available) if service.available > 0 else "no places"
        return Answer(asks=(*_waiting(service), f"had {said}, said {when}: ask"))
    if service.available <= 0:
        return Answer(against=("full",))
    return Answer(reasons=(f"has {_places(service.available)}",), asks=_waiting(service))


def _waiting(service: Service) -> tuple[str, ...]:
    return (f"says of waiting: “{_short(service.waits)}”",) if service.waits.strip() else ()


def _places(number: float) -> str:
    return f"{number:g} {'place' if number == 1 else 'places'}"


def _language(wanted: Wanted, service: Service) -> Answer:
    if not wanted.languages:
        return Answer()
    offered = shared(wanted, service)
    if offered:
        return Answer(reasons=(f"offers {_and(offered)}",))
    asked = _and(sorted(wanted.languages), "or")
    if service.interpreting.strip():
        said = f"says of interpreters: “{_short(service.interpreting)}”"
        return Answer(asks=(f"{said}: ask for {asked}",))
    if service.languages:
        return Answer(asks=(f"offers {_and(service.languages)}: ask for an interpreter, {asked}",))
    return Answer(asks=(f"does not say whether it offers {asked}: ask",))


def shared(wanted: Wanted, service: Service) -> list[str]:
    """Return the languages, of those wanted, in which a service is offered."""
    asked = {each.casefold() for each in wanted.languages}
    return sorted({each for each in service.languages if each.casefold() in asked})


def _access(wanted: Wanted, service: Service) -> Answer:
    reasons, asks = [], []
    for each, words in ACCESS.items():
        if each not in wanted.access:
            continue
        if each in service.access:
            reasons.append(f"has {words}")
        elif each in service.no_access:
            asks.append(f"says that it has not {words}: ask what can be done")
        else:
            asks.append(f"does not say whether it has {words}: ask")
    return Answer(tuple(reasons), tuple(asks))


def _when(wanted: Wanted, service: Service) -> Answer:
    if not wanted.days:
        return Answer()
    if not service.openings:
        return Answer(asks=("does not say on which days it is open: ask",))
    fitting = [each for each in service.openings if each.day in wanted.days]
    if not fitting:
        days = sorted({each.day for each in service.openings})
        return Answer(against=(f"open only on {_and([f'{DAYS[day]}s' for day in days])}",))
    said = dict.fromkeys(f"{DAYS[each.day]} {_part(each)}" for each in sorted(fitting, key=_day))
    return Answer(reasons=(f"open on {_and(list(said))}",))


def _day(opening: Opening) -> tuple[int, str]:
    return opening.day, opening.opens


def _part(opening: Opening) -> str:
    """Return the part of the day in which it is open: mornings, afternoons, evenings, all day."""
    if not opening.opens:
        return "(ask at what time)"
    if opening.opens >= "17:00":
        return "evenings"
    if not opening.closes:
        return "mornings" if opening.opens < "12:00" else "afternoons"
    if opening.closes <= "13:00":
        return "mornings"
    if opening.opens >= "12:00":
        return "afternoons" if opening.closes <= "18:00" else "afternoons and evenings"
    return "(all day)" if opening.closes <= "18:00" else "(all day and evening)"


def _distance(wanted: Wanted, service: Service) -> Answer:
    far = kilometres(wanted, service)
    if far is None:
        near = in_district(wanted, service)
        reasons = (f"in {district(wanted.postcode)}, where they live",) if near else ()
        if wanted.within is not None and not near:
            return Answer(asks=("how far away it is, is not known: ask",))
        return Answer(reasons=reasons)
    words = "under 100 m away" if far < 0.1 else f"{far:.1f} km away"
    at_home = "from_home" in service.access
    if wanted.within is not None and far > wanted.within and not at_home:
        return Answer(against=(f"{words}, further than {wanted.within:g} km",))
    return Answer(reasons=(words,))


def kilometres(wanted: Wanted, service: Service) -> float | None:
    """Return how far the nearest of a service's places is, as the crow flies; nothing if unknown.

    The haversine formula: R. W. Sinnott, "Virtues of the haversine", Sky and Telescope 68 (1984).
    """
    if wanted.point is None or not service.points:
        return None
    return min(_between(wanted.point, each) for each in service.points)


def _between(one: Point, other: Point) -> float:
    (north, east), (north_2, east_2) = (tuple(map(math.radians, each)) for each in (one, other))
    rise = math.sin((north_2 - north) / 2) ** 2
    run = math.sin((east_2 - east) / 2) ** 2
    part = rise + math.cos(north) * math.cos(north_2) * run
    return 2 * EARTH * math.asin(math.sqrt(min(1.0, part)))


def in_district(wanted: Wanted, service: Service) -> bool:
    """Tell whether a service is in the postcode district where the person lives."""
    home = district(wanted.postcode)
    return bool(home) and home in {district(each) for each in service.postcodes}


def is_fresh(wanted: Wanted, service: Service) -> bool:
    """Tell whether an entry was checked lately enough to be relied upon."""
    assured = service.assured_on
    return assured is not None and (wanted.on - assured).days <= CHECKED_WITHIN


def _freshness(wanted: Wanted, service: Service) -> Answer:
    assured = service.assured_on
    if assured is None:
        return Answer(asks=("nobody says when it was last checked: ring first",))
    said = f"last checked {ago(assured, wanted.on)}"
    if is_fresh(wanted, service):
        return Answer(reasons=(said,))
    return Answer(asks=(f"{said}: ring first",))


def ago(then: dt.date, on: dt.date) -> str:
    """Return how long ago a day was, in words: ``"today"``, ``"3 days ago"``, ``"14 months ago"``.

    Parameters
    ----------
    then, on
        The day, and the one from which it is looked back. A later one is today.
    """
    days = (on - then).days
    if days <= 0:
        return "today"
    months = (on.year - then.year) * 12 + on.month - then.month - (on.day < then.day)
    number, unit = (months, "month") if months >= 2 else (days, "day")
    if months >= 36:
        number, unit = months // 12, "year"
    return f"{number} {unit}{'' if number == 1 else 's'} ago"


QUESTIONS: tuple[Callable[[Wanted, Service], Answer], ...] = (
    _status,
    _need,
    _distance,
    _area,
    _age,
    _when,
    _language,
    _access,
    _capacity,
    _eligibility,
    _freshness,
)
"""What is asked of every service, in the order in which reasons are said."""


def _and(words: Iterable[str], joined: str = "and") -> str:
    *first, last = words
    return f"{', '.join(first)} {joined} {last}" if first else last


def _short(text: str, most: int = 160) -> str:
    said = " ".join(text.split()).rstrip(".")
    return said if len(said) <= most else f"{said[: most - 1].rsplit(' ', 1)[0]}…"
