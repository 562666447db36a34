"""What is known of a service, and what somebody wants of one: plain data, and its words."""

import datetime as dt
from dataclasses import dataclass


DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
BYDAY = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
ACCESS = {
    "wheelchair": "wheelchair access",
    "step_free": "step-free access",
    "hearing_loop": "a hearing loop",
    "sign_language": "British Sign Language",
    "toilet": "an accessible toilet",
    "parking": "parking for disabled people",
    "from_home": "a way to use it from home",
}
"""What somebody may need to be able to use a service."""

CHECKED_WITHIN = 92
"""For how many days an entry that was checked is taken to hold: three months, as Open Referral UK
asks of ``assured_date``."""
CAPACITY_HOLDS = 31
"""For how many days the number of places that was said is taken to hold."""
EARTH = 6371.0
"""The mean radius of the Earth, in kilometres."""

Point = tuple[float, float]


@dataclass(frozen=True)
class Opening:
    """When a service is open: the day (0 is Monday), and from and to, as ``"09:30"`` if known."""

    day: int
    opens: str = ""
    closes: str = ""


@dataclass(frozen=True)
class Service:
    """What is known of a service.

    Attributes
    ----------
    id, name
        Which.
    status
        HSDS's; empty where it is not said.
    needs
        The topics that it answers to.
    minimum_age, maximum_age
        In years; somebody of the maximum age still may come.
    eligibility
        Who else it is for, in its own words.
    areas
        Where people must live, in its own words, in which postcode districts are found; none where
        it is not said.
    points, postcodes
        Where it is, in degrees north and east, and under which postcodes.
    languages
        In which it is offered, as it names them.
    interpreting
        What it says of interpreters.
    access
        What of :data:`ACCESS` is known to be there, and (``no_access``) known not to be.
    openings
        When it is open; none where it is not said.
    available, said_on
        How many places are free, and when that was said.
    waits
        What it says of waiting.
    assured_on
        When it was last found right.
    """

    id: str
    name: str
    status: str = ""
    needs: frozenset[str] = frozenset()
    minimum_age: float | None = None
    maximum_age: float | None = None
    eligibility: str = ""
    areas: tuple[str, ...] = ()
    points: tuple[Point, ...] = ()
    postcodes: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    interpreting: str = ""
    access: frozenset[str] = frozenset()
    no_access: frozenset[str] = frozenset()
    openings: tuple[Opening, ...] = ()
    available: float | None = None
    said_on: dt.date | None = None
    waits: str = ""
    assured_on: dt.date | None = None


@dataclass(frozen=True)
class Wanted:
    """What a person needs, and what is known of them; nothing where it is not.

    Attributes
    ----------
    on
        The day that is asked about.
    needs
        Topics; with none, services of every kind suit.
    age
        In whole years.
    postcode
        Of where they live, or its beginning.
    point
        Where they live, in degrees north and east.
    languages
        One of which would serve, besides English if that is among them.
    access
        Of :data:`ACCESS`, all of which they need.
    days
        On any of which they can come (0 is Monday); none for every day.
    within
        How far they can go, in kilometres.
    """

    on: dt.date
    needs: frozenset[str] = frozenset()
    age: int | None = None
    postcode: str = ""
    point: Point | None = None
    languages: frozenset[str] = frozenset()
    access: frozenset[str] = frozenset()
    days: frozenset[int] = frozenset()
    within: float | None = None


@dataclass(frozen=True)
class Answer:
    """What one question found: why it suits, what to ask, why it does not."""

    reasons: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
