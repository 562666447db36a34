"""Contacts: appointments, missed ones, continuity, urgent care, and what is written in visits."""

from dataclasses import dataclass

import numpy as np

from fairpractice.population.synthetic.chance import (
    NEVER,
    YEAR,
    Days,
    Flags,
    Ints,
    Numbers,
    at_age,
    draw,
    expit,
    generator,
    intercept,
    logit,
    spread,
    weighted,
)
from fairpractice.population.synthetic.conditions import blood_pressure, sugar
from fairpractice.population.synthetic.events import Entries, in_order
from fairpractice.population.synthetic.needs import ADULT
from fairpractice.population.synthetic.parameters import Parameters
from fairpractice.population.synthetic.people import HARDLY_ANY, MOSTLY_URGENT, People
from fairpractice.population.synthetic.prevention import HABITS


ATTENDED, MISSED, CANCELLED = 0, 1, 2
ROLES = ("gp", "practice_nurse", "health_care_assistant", "pharmacist", "physiotherapist")
INITIALS = ("GP", "PN", "HCA", "CP", "FCP")
ROLE_SHARE = np.cumsum((0.50, 0.24, 0.10, 0.10, 0.06))
PATIENTS_PER_CLINICIAN = (2_000, 4_000, 6_000, 8_000, 10_000)
DELAY_DAYS = ((0, 1), (1, 2), (2, 8), (8, 29))
SLOTS = 62  # ten minutes each from 08:00
DRUG_DAYS, DRUG_YEARS = 84, 2
CAME_EARLY = 0.12  # of the time, by those with hardly any contact
MANY_CONDITIONS = 4


@dataclass(frozen=True)
class Chances:
    """Constants worked out once: ``missed[delay]`` and ``referred`` are log odds."""

    rate: float
    missed: Numbers
    referred: float
    urgent: float


@dataclass(frozen=True)
class Appointments:
    """Booked slots, one position each, by person and day. ``minutes`` is NaN where none passed."""

    person: Ints
    booked: Days
    day: Days
    slot: Ints
    minutes: Numbers
    role: Ints
    clinician: Ints
    status: Ints


def _rate(people: People, conditions: Ints, parameters: Parameters) -> Numbers:
    """Return how many appointments each person books, as a ratio, by age, sex, place and health."""
    age = people.age
    slopes = weighted(
        parameters.appointments_slopes,
        women_15_to_55=people.female & (age > 15) & (age < 55),
        conditions_to_5=np.minimum(conditions, 5),
        fifth=people.deprived,
    )
    style = np.array(parameters.appointments_by_style)[people.style]
    by_age = at_age(parameters.appointments_by_age, age)
    return np.asarray(by_age * np.exp(slopes) * people.activity * style)


def _missed_slopes(people: People, needy: Flags, mental: Flags, parameters: Parameters) -> Numbers:
    age = people.age
    return weighted(
        parameters.missed_slopes,
        fifth=people.deprived,
        age_16_to_30=(age >= 16) & (age <= 30),
        age_over_90=age > 90,
        need=needy,
        poor_english=people.poor_english,
        mental_illness=mental,
        engagement=people.engagement,
    )


def _referral_slopes(people: People, needy: Flags, parameters: Parameters) -> Numbers:
    slopes = weighted(
        parameters.referral_slopes,
        need=needy,
        male=~people.female,
        young=people.age < 30,
        minority=people.minority,
        poor_english=people.poor_english,
    )
    never = (people.age < ADULT) | (people.style == HARDLY_ANY)
    return np.asarray(np.where(never, -np.inf, slopes))


def _urgent_rate(people: People, needy: Flags, parameters: Parameters) -> Numbers:
    # The ratio is between tenths, whose middles are 4.5 fifths apart.
    step = np.log(parameters.urgent_ratio) / 4.5
    slopes = step * people.deprived + parameters.urgent_with_need * needy
    style = np.array(parameters.urgent_by_style)[people.style]
    by_age = at_age(parameters.urgent_by_age, people.age)
    return np.asarray(by_age * np.exp(slopes) * style * people.activity**0.5)


def chances(
    sample: People, conditions: Ints, needy: Flags, mental: Flags, parameters: Parameters
) -> Chances:
    """Work out the constants from a reference sample of people, their illness and their need."""
    rate = _rate(sample, conditions, parameters)
    slopes = _missed_slopes(sample, needy, mental, parameters)
    per_person = rate * sample.exposure
    return Chances(
        parameters.appointments * sample.exposure.sum() / per_person.sum(),
        np.array([intercept(slopes, p, per_person) for p in parameters.missed_by_delay]),
        intercept(_referral_slopes(sample, needy, parameters), parameters.referred),
        float(1 / np.average(_urgent_rate(sample, needy, parameters), weights=sample.exposure)),
    )


def appointments(
    seed: int,
    chunk: int,
    people: People,
    conditions: Ints,
    needy: Flags,
    mental: Flags,
    reviewed: tuple[Ints, Days],
    list_size: Numbers,
    parameters: Parameters,
    known: Chances,
) -> Appointments:
    """Make the appointments of a chunk of people.

    Parameters
    ----------
    conditions, needy, mental
        Number of long-term conditions, any need, a mental illness; one a person.
    reviewed
        Person and day of reviews, each of which was an attended appointment with a nurse.
    list_size
        People of each practice, which its clinicians are shared by.
    """
    random = generator(seed, chunk, "appointments")
    expected = _rate(people, conditions, parameters) * known.rate * people.exposure
    # Reviews are among a person's appointments, not on top of them.
    expected = np.maximum(expected - np.bincount(reviewed[0], minlength=len(people)), 0)
    who = spread(random, random.poisson(expected))
    n = len(who)
    span = people.until - people.since
    # Those with hardly any contact came early on, and then no more.
    span = np.where(people.style == HARDLY_ANY, span * CAME_EARLY, span)
    day = people.since[who] + np.floor(random.random(n) * span[who]).astype(np.int32)
    role = draw(random, ROLE_SHARE, n=n)
    who = np.concatenate([who, reviewed[0]])
    day = np.concatenate([day, reviewed[1]])
    role = np.concatenate([role, np.ones(len(reviewed[0]), np.int64)])
    review = np.arange(len(who)) >= n
    # Practices are shut at weekends; 1 January 1970 was a Thursday.
    weekday = (day + 3) % 7
    day = (day - np.maximum(weekday - 4, 0)).astype(np.int32)
    kept = (day >= people.since[who]) & (day < people.until[who])
    order = np.flatnonzero(kept)
    order = order[in_order(who[order], day[order])]
    # One appointment a day: of several, a review stays.
    last = np.ones(len(order), bool)
    last[:-1] = (np.diff(who[order]) != 0) | (np.diff(day[order]) != 0)
    order = order[last]
    who, day, role, review = who[order], day[order], role[order], review[order]
    n = len(who)

    delay = draw(random, np.cumsum(parameters.delays), n=n)
    first, last = np.array(DELAY_DAYS).T
    ahead = first[delay] + np.floor(random.random(n) * (last - first)[delay]).astype(np.int64)
    booked = np.maximum(day - ahead, people.start[who]).astype(np.int32)
    slopes = _missed_slopes(people, needy, mental, parameters)
    dice = random.random(n)
    # Reviews took place; what is missed is among the others, so that the share of all is right.
    scale = n / max((~review).sum(), 1)
    missed = (dice < expit(known.missed[delay] + slopes[who]) * scale) & ~review
    cancelled = (random.random(n) < parameters.cancelled) & ~review
    status = np.select([cancelled, missed], [CANCELLED, MISSED], ATTENDED)

    minutes = np.full(n, np.nan)
    at = np.flatnonzero(status == ATTENDED)
    mean, deprived, many = parameters.minutes
    usual = mean + deprived * (people.fifth == 1) + many * (conditions >= MANY_CONDITIONS)
    usual = usual - np.mean(usual) + mean
    minutes[at] = np.maximum(1, np.round(random.gamma(4.0, usual[who[at]] / 4.0)))
    practice = practice_on(people, who, day)
    return Appointments(
        who, booked, day, random.integers(0, SLOTS, n), minutes, role,
        _clinician(random, people, who, role, practice, list_size, parameters), status,
    )  # fmt: skip


def practice_on(people: People, who: Ints, day: Days) -> Ints:
    """Return the position of the practice each person was with on each day."""
    return np.where(day < people.changed[who], _first_practice(people)[who], people.practice[who])


def _first_practice(people: People) -> Ints:
    return np.where(people.changed == NEVER, people.practice, people.before_practice)


def _clinician(
    random: np.random.Generator,
    people: People,
    who: Ints,
    role: Ints,
    practice: Ints,
    list_size: Numbers,
    parameters: Parameters,
) -> Ints:
    """Return the number of the clinician seen, counted from 0 in each role of each practice."""
    staff = np.maximum(
        2, np.round(list_size[:, None] / np.array(PATIENTS_PER_CLINICIAN)[None, :])
    ).astype(np.int64)
    there = staff[practice, role]
    usual = random.random(len(people))[who] * there
    # Practices differ in how much they care for continuity, beside what patients are like.
    slopes = weighted(
        parameters.usual_slopes,
        years=people.age[who] - 50,
        fifth=people.deprived[who],
        practice=np.sin(practice * 2.4),
    )
    chance = expit(logit(parameters.usual_doctor) + slopes)
    anybody = random.random(len(who)) * there
    seen = np.where(random.random(len(who)) < chance, usual, anybody)
    return np.asarray(np.floor(seen).astype(np.int64))


def visits(
    seed: int,
    chunk: int,
    people: People,
    onset: Days,
    needy: Flags,
    habit: Ints,
    seen: Appointments,
    parameters: Parameters,
    known: Chances,
    entries: Entries,
) -> None:
    """Enter what is written in and about appointments beside reviews."""
    random = generator(seed, chunk, "visits")
    missed = seen.status == MISSED
    coded = missed & (random.random(len(missed)) < parameters.missed_coded)
    entries.add("did-not-attend", seen.person[coded], seen.day[coded])

    attended = np.flatnonzero(seen.status == ATTENDED)
    at = attended[random.random(len(attended)) < parameters.codes_per_visit]
    who, day = seen.person[at], seen.day[at]
    adult = people.age[who] >= ADULT
    about = random.random(len(at))
    pressure = adult & (about < 0.42)
    blood_pressure(random, people, onset, parameters, who[pressure], day[pressure], entries)
    tested = adult & (about >= 0.42) & (about < 0.52)
    sugar(random, people, onset, parameters, who[tested], day[tested], entries)
    asked = (people.age >= ADULT)[who] & (about >= 0.52) & (about < 0.66)
    for n, name in enumerate(HABITS):
        these = asked & (habit[who] == n)
        entries.add(name, who[these], day[these])
    # The reason for the visit is often a condition already known.
    again = about >= 0.52
    for n, condition in enumerate(parameters.conditions):
        these = again & (onset[who, n] <= day) & (random.random(len(at)) < 0.35)
        entries.add(condition.codelist, who[these], day[these])

    # Ad hoc referral: only in a consultation, and not of everybody alike.
    met = np.zeros(len(people), np.int64)
    met[seen.person[attended]] = attended
    chance = expit(_referral_slopes(people, needy, parameters) + known.referred)
    chance = chance * (met > 0)
    who = np.flatnonzero(random.random(len(people)) < chance)
    day = _one_visit(random, seen, attended, who)
    declines = random.random(len(who)) < parameters.referral_declined
    entries.add("social-prescribing-referral", who[~declines], day[~declines])
    entries.add("social-prescribing-declined", who[declines], day[declines])


def _one_visit(random: np.random.Generator, seen: Appointments, attended: Ints, who: Ints) -> Days:
    """Return the day of one attended appointment of each of some people, who all have one."""
    people = seen.person[attended]
    first = np.searchsorted(people, who, side="left")
    count = np.searchsorted(people, who, side="right") - first
    chosen = first + np.floor(random.random(len(who)) * count).astype(np.int64)
    return np.asarray(seen.day[attended[np.minimum(chosen, len(people) - 1)]])


def fit_notes(
    seed: int, chunk: int, people: People, mental: Flags, parameters: Parameters, entries: Entries
) -> None:
    """Enter fit notes of people of working age, more in the deprived and the mentally ill."""
    random = generator(seed, chunk, "fit notes")
    working = (people.age >= ADULT) & (people.age < 67) & (people.style != HARDLY_ANY)
    slopes = weighted(parameters.fit_note_slopes, fifth=people.deprived, mental_illness=mental)
    rate = parameters.fit_notes * np.exp(slopes) * working
    who = spread(random, random.poisson(rate * people.activity * people.exposure))
    span = (people.until - people.since)[who]
    entries.add("fit-note", who, people.since[who] + random.random(len(who)) * span)


def urgent_contacts(
    seed: int, chunk: int, people: People, needy: Flags, parameters: Parameters, known: Chances
) -> tuple[Ints, Days, Ints]:
    """Return person, day and position of kind (as in the parameters) of urgent contacts."""
    random = generator(seed, chunk, "urgent")
    rates = np.array([rate for _, rate in parameters.urgent])
    rate = _urgent_rate(people, needy, parameters) * known.urgent
    who = spread(random, random.poisson(rate * rates.sum() * people.exposure))
    day = people.since[who] + np.floor(
        random.random(len(who)) * (people.until - people.since)[who]
    ).astype(np.int32)
    kind = draw(random, np.cumsum(rates / rates.sum()), n=len(who))
    order = in_order(who, day, kind)
    who, day, kind = who[order], day[order], kind[order]
    new = np.ones(len(who), bool)
    new[1:] = (np.diff(who) != 0) | (np.diff(day) != 0) | (np.diff(kind) != 0)
    return who[new], day[new], kind[new]


def issues(
    seed: int, chunk: int, people: People, onset: Days, parameters: Parameters
) -> tuple[Ints, Days, Ints]:
    """Return person, day and condition of repeat issues in the last two years.

    Each is for 84 days; somebody with next to no contact collects none. A statin is counted after
    the last condition.
    """
    random = generator(seed, chunk, "issues")
    parts: list[tuple[Ints, Days, Ints]] = []

    def issue(kind: int, takes: Flags, since: Days) -> None:
        at = np.flatnonzero(takes & (since != NEVER) & (people.style != HARDLY_ANY))
        begin = np.maximum(people.since[at], since[at])
        begin = np.maximum(begin, people.until[at] - int(DRUG_YEARS * YEAR))
        begin = begin + np.floor(random.random(len(at)) * DRUG_DAYS).astype(np.int64)
        times = np.maximum(-(-(people.until[at] - begin) // DRUG_DAYS), 0)
        nth = np.arange(times.sum()) - np.repeat(np.cumsum(times) - times, times)
        day = np.repeat(begin, times) + nth * DRUG_DAYS
        parts.append((np.repeat(at, times), day.astype(np.int32), np.full(len(nth), kind)))

    collects = np.where(people.style == MOSTLY_URGENT, 0.3, 0.85)
    for n, condition in enumerate(parameters.conditions):
        takes = random.random(len(people)) < collects
        if condition.drug:
            issue(n, takes, onset[:, n])
    names = [condition.codelist for condition in parameters.conditions]
    since = np.full(len(people), NEVER)
    for name, share in parameters.statins:
        takes = random.random(len(people)) < share
        since = np.minimum(since, np.where(takes, onset[:, names.index(name)], NEVER))
    issue(len(names), random.random(len(people)) < collects / 0.85, since)
    who, day, kind = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = in_order(who, day)
    return who[order], day[order], kind[order]
