"""The language: what can be asked of a record. One tree gives result, evidence, English and plan.

::

    from fairpractice.criteria import age, on_register, registered, within

    diabetes = on_register("diabetes", ended_by="diabetes-resolved")
    overdue = registered() & age(17) & diabetes & ~within("diabetes-review", months=15)
"""

from typing import Literal

from fairpractice.criteria.tree import (
    AddressKnown,
    Age,
    Circumstance,
    CircumstanceRecorded,
    Contactable,
    Count,
    Criterion,
    Exists,
    InForce,
    Known,
    Latest,
    Number,
    Or,
    PerGroup,
    Registered,
    Rows,
    Sex,
    Total,
)
from fairpractice.record.dates import EVER, Window


__all__ = [
    "Criterion",
    "Number",
    "address_known",
    "age",
    "any_of",
    "appointment_minutes",
    "appointments",
    "bice_boxerman",
    "circumstance",
    "circumstance_recorded",
    "coded_entries",
    "contactable",
    "ever",
    "issued",
    "known",
    "latest",
    "on_register",
    "registered",
    "sex",
    "urgent_contacts",
    "usual_provider_of_care",
    "within",
]


def registered(*, months: int = 0) -> Criterion:
    """Registered at a practice, alive, and registered there for at least so many months."""
    return Registered(months)


def age(youngest: int, oldest: int | None = None) -> Criterion:
    """Aged between two completed years, both included; unknown without a month of birth."""
    return Age(youngest, oldest)


def sex(value: Literal["female", "male"]) -> Criterion:
    """Registered as female or male; unknown when the record says neither."""
    return Sex(value)


def address_known() -> Criterion:
    """A small area of residence is recorded for the day."""
    return AddressKnown()


def contactable() -> Criterion:
    """A telephone number or e-mail address is held; unknown where the source did not say."""
    return Contactable()


def ever(codelist: str) -> Criterion:
    """An entry of a codelist, at any time up to the day."""
    return Exists(Rows("event", EVER, codelist))


def within(codelist: str, *, months: int, until: int = 0) -> Criterion:
    """An entry of a codelist in the last so many months (up to ``until`` months ago)."""
    return Exists(Rows("event", Window(months, until), codelist))


def coded_entries(codelist: str = "", *, months: int | None = None) -> Number:
    """How many entries (of a codelist) in the last so many months, or ever."""
    return Count(Rows("event", Window(months), codelist))


def latest(codelist: str, *, months: int | None = None) -> Number:
    """The latest value of an entry of a codelist, in the last so many months or ever."""
    return Latest(Rows("event", Window(months), codelist))


def on_register(codelist: str, *, ended_by: str) -> Criterion:
    """Coded, and no code of ``ended_by`` on a later day than the last such entry."""
    return InForce(codelist, ended_by)


def issued(codelist: str = "", *, months: int | None = None) -> Number:
    """How many issues of a medication in the last so many months, or ever."""
    return Count(Rows("medication", Window(months), codelist))


def _appointment_rows(
    months: int | None, statuses: tuple[str, ...], known: tuple[str, ...] = ()
) -> Rows:
    where = (("status", statuses),) if statuses else ()
    return Rows("appointment", Window(months), where=where, known=known)


def appointments(*statuses: str, months: int | None = None) -> Number:
    """How many appointments in the last so many months, of some statuses or of any."""
    return Count(_appointment_rows(months, statuses))


def appointment_minutes(*, months: int | None = None) -> Number:
    """Minutes of attended appointments in the last so many months."""
    return Total(_appointment_rows(months, ("attended",)), "minutes")


def urgent_contacts(*kinds: str, months: int | None = None) -> Number:
    """How many contacts with urgent care outside the practice, of some kinds or of any."""
    where = (("kind", kinds),) if kinds else ()
    return Count(Rows("urgent_contact", Window(months), where=where))


def usual_provider_of_care(*, months: int, at_least: int = 3) -> Number:
    """The usual provider of care index: the share of visits made to the clinician seen most.

    Between 0 and 1; unknown with fewer than ``at_least`` attended appointments with a known
    clinician. Breslau and Reeb 1975, Medical Care 13:1.
    """
    rows = _appointment_rows(months, ("attended",), ("clinician_id",))
    visits = Count(rows)
    return (PerGroup(rows, "clinician_id", "largest") / visits).where(visits >= at_least)


def bice_boxerman(*, months: int, at_least: int = 3) -> Number:
    """The Bice-Boxerman continuity of care index: (sum of squared visits - n) / (n (n - 1)).

    Between 0 (every visit to another clinician) and 1 (all to one); unknown with fewer than
    ``at_least`` visits. Bice and Boxerman 1977, Medical Care 15:347. Written as
    (squares / n - 1) / (n - 1).
    """
    rows = _appointment_rows(months, ("attended",), ("clinician_id",))
    visits = Count(rows)
    squares = PerGroup(rows, "clinician_id", "sum_of_squares")
    return ((squares / visits - 1) / (visits - 1)).where(visits >= max(at_least, 2))


def circumstance(topic: str) -> Criterion:
    """A social circumstance is present now: unknown unless somebody recorded it lately."""
    return Circumstance(topic)


def circumstance_recorded(
    topic: str,
    *,
    months: int | None = None,
    route: Literal["", "asked", "self_reported", "external"] = "",
) -> Criterion:
    """Somebody recorded the topic, whatever the answer, in the last so many months or ever.

    With a ``route``, only what was ``asked`` by the team (or coded), ``self_reported`` by the
    person, or sent by another organisation (``external``).
    """
    return CircumstanceRecorded(topic, Window(months), route)


def known(criterion: Criterion) -> Criterion:
    """It can be told whether a criterion is true."""
    return Known(criterion)


def any_of(*criteria: Criterion) -> Criterion:
    """Tell whether at least one of some criteria is true: ``a | b | c`` for a longer list."""
    return Or(criteria)
