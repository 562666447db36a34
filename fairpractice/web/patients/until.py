"""Until when somebody acts for another, which follows from the age of the person.

Of whoever acts for a child, it is looked at again at the eleventh, thirteenth and sixteenth
birthday: from about eleven a young person may be able to decide, at thirteen they can have pages of
their own, and at sixteen they are taken to be able to (NHS England's DAPB3051, section 7.2; RCGP's
guidance on proxy access). What nobody has looked at again is over with that day. Nothing ends it:
it is worked out at each look, from the date of birth that holds then.
"""

import datetime as dt
from dataclasses import dataclass

from fairpractice.record.dates import birthday, completed_years
from fairpractice.web.patients.models import PersonAccount


DECIDES, OWN_PAGES, ADULT = 11, 13, 16  # years of age
AGES = (DECIDES, OWN_PAGES, ADULT)
"""The birthdays with which it ends, unless somebody has looked at it again."""
SOON = dt.timedelta(days=90)


@dataclass(frozen=True)
class End:
    """The first day on which somebody may act no more, and the age that the person is then.

    ``age`` is nothing where the time is over that it was given for.
    """

    on: dt.date
    age: int | None


def grounds(born: dt.date | None, today: dt.date) -> frozenset[str]:
    """Return why somebody may act for a person of that age; nothing where the age is not known."""
    if born is None or born > today:
        return frozenset()
    years = completed_years(born, today)
    if years < DECIDES:
        return frozenset({"parent"})
    return frozenset({"asked", "not_able"} if years < ADULT else {"asked", "attorney"})


def next_birthday(born: dt.date | None, after: dt.date) -> End | None:
    """Return the first birthday after a day at which it is looked at again, if there is one.

    At thirteen nobody else decides than before: to have looked shortly before is enough. At eleven
    and sixteen it can only be decided from that day on.
    """
    if born is None or born > after:
        return None
    found = [End(birthday(born, age), age) for age in AGES]
    near = after + SOON
    due = [each for each in found if each.on > (near if each.age == OWN_PAGES else after)]
    return due[0] if due else None


def end(account: PersonAccount) -> End | None:
    """Return when somebody may act no more, unless it is looked at again."""
    given = End(account.ends_on, None) if account.ends_on else None
    by_age = next_birthday(account.patient.born_on, account.looked_on)
    found = [each for each in (by_age, given) if each]
    return min(found, key=lambda each: each.on) if found else None


def is_over(account: PersonAccount, today: dt.date) -> bool:
    """Tell whether somebody may act no more: their time is over, or the reason they had.

    Who has no reason that the person's age allows may not, whatever is written down: the date of
    birth may have been put right since.
    """
    ends = end(account)
    allowed = grounds(account.patient.born_on, today)
    return account.ground not in allowed or (ends is not None and ends.on <= today)


def ends_soon(account: PersonAccount, today: dt.date) -> End | None:
    """Return when somebody may act no more, if that is near and they still may."""
    ends = end(account)
    near = ends is not None and ends.on <= today + SOON
    return ends if near and not is_over(account, today) else None
