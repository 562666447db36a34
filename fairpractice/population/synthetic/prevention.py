"""Screening, vaccination, and what is measured and reviewed beside the four reviewed conditions."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from fairpractice.population.synthetic.chance import (
    NEVER,
    YEAR,
    Days,
    Flags,
    Ints,
    Numbers,
    expit,
    generator,
    intercept,
    spread,
    weighted,
)
from fairpractice.population.synthetic.conditions import blood_pressure, sugar
from fairpractice.population.synthetic.events import Entries
from fairpractice.population.synthetic.needs import ADULT, Needs
from fairpractice.population.synthetic.parameters import Parameters
from fairpractice.population.synthetic.people import HARDLY_ANY, MOSTLY_URGENT, People


NEVER_SMOKED, SMOKES, SMOKED = 0, 1, 2  # habits
HABITS = ("smoking-never", "smoking-current", "smoking-ex")
ROUNDS = 4
Comes = Callable[[str, Ints], Flags]  # who of some people comes to what
AT_RISK = (
    "diabetes",
    "copd",
    "chronic-kidney-disease",
    "coronary-heart-disease",
    "heart-failure",
    "stroke",
    "learning-disability",
)
MONTH = YEAR / 12
EPOCH = dt.date(1970, 1, 1).toordinal()
FIRST_OF_OCTOBER = np.array([dt.date(y, 10, 1).toordinal() - EPOCH for y in range(2000, 2051)])


@dataclass(frozen=True)
class Programme:
    """Who is called, from and to which age, and how many years lie between two calls."""

    codelist: str
    youngest: int
    oldest: int
    years: float
    women: bool = False


SCREENING = (
    Programme("bowel-screening", 50, 74, 2.0),
    Programme("breast-screening", 50, 70, 3.0, women=True),
)


def _slopes(people: People, parameters: Parameters) -> Numbers:
    return weighted(
        parameters.prevention_slopes,
        fifth=people.deprived,
        young=people.age < 30,
        minority=people.minority,
        poor_english=people.poor_english,
        engagement=people.engagement,
        hardly_any=people.style == HARDLY_ANY,
        mostly_urgent=people.style == MOSTLY_URGENT,
    )


def chances(sample: People, parameters: Parameters) -> Mapping[str, float]:
    """Work out, from a reference sample, the log odds that make each share come out."""
    slopes = _slopes(sample, parameters)
    return {name: intercept(slopes, share) for name, share in parameters.reached}


def habits(seed: int, chunk: int, people: People, parameters: Parameters) -> Ints:
    """Say of everybody whether they smoke, have smoked or never did."""
    random = generator(seed, chunk, "smoking")
    n = len(people)
    chance = np.clip(parameters.smokers * np.exp(0.25 * people.deprived) / 1.3, 0, 1)
    smokes = random.random(n) < chance
    smoked = ~smokes & (random.random(n) < parameters.smoked)
    return np.select([smokes, smoked], [SMOKES, SMOKED], NEVER_SMOKED)


def prevention(
    seed: int,
    chunk: int,
    people: People,
    onset: Days,
    habit: Ints,
    parameters: Parameters,
    known: Mapping[str, float],
    entries: Entries,
) -> None:
    """Enter screening of bowel and breast, vaccinations, and support to stop smoking."""
    random = generator(seed, chunk, "prevention")
    slopes = _slopes(people, parameters)

    def comes(name: str, who: Ints) -> Flags:
        return np.asarray(random.random(len(who)) < expit(slopes[who] + known[name]))

    for programme in SCREENING:
        _screening(random, programme, people, comes, entries)
    _each_autumn(random, people, onset, parameters, comes, entries)
    _measles(random, people, comes, entries)
    smokers = np.flatnonzero((habit == SMOKES) & (people.age >= ADULT))
    who, day = _yearly(random, people, smokers, people.since[smokers])
    helped = comes("support to stop smoking", who)
    entries.add("smoking-cessation-support", who[helped], day[helped])


def _screening(
    random: np.random.Generator, of: Programme, people: People, comes: Comes, entries: Entries
) -> None:
    """Enter up to four rounds, of which some came before the period."""
    at = np.flatnonzero(people.female | (not of.women))
    day = people.until[at] - random.random(len(at)) * of.years * YEAR
    # The history of those who came from abroad begins here.
    known_from = np.where(people.not_english[at], people.start[at], 0)
    for _ in range(ROUNDS):
        age = (day - people.born[at]) / YEAR
        due = (age >= of.youngest) & (age < of.oldest + 1) & (day >= known_from)
        came = np.flatnonzero(due & comes(of.codelist, at))
        taken = day[came] + random.exponential(0.12, len(came)) * YEAR
        entries.add(of.codelist, at[came], taken, history=True)
        day = day - of.years * YEAR


def _each_autumn(
    random: np.random.Generator,
    people: People,
    onset: Days,
    parameters: Parameters,
    comes: Comes,
    entries: Entries,
) -> None:
    """Enter vaccination against influenza and COVID-19 of those who are called for it."""
    first, last = people.since.min(initial=0), people.until.max(initial=0)
    risk = onset[:, [n for n, c in enumerate(parameters.conditions) if c.codelist in AT_RISK]]
    seasons = FIRST_OF_OCTOBER
    for start in seasons[(seasons > first - 365) & (seasons < last)]:
        age = (start - people.born) / YEAR
        old = np.flatnonzero(age >= 65)
        ill = np.flatnonzero((age >= 0.5) & (age < 65) & (risk <= start).any(axis=1))
        for name, codelist, who in (
            ("influenza 65 and over", "influenza-vaccination", old),
            ("influenza at risk", "influenza-vaccination", ill),
            ("COVID-19", "covid-vaccination", np.flatnonzero(age >= 75)),
        ):
            came = who[comes(name, who)]
            entries.add(codelist, came, start + random.exponential(30, len(came)))
        no = old[random.random(len(old)) < parameters.declined / 3]
        entries.add("covid-vaccination-declined", no, start + random.exponential(30, len(no)))


def _measles(random: np.random.Generator, people: People, comes: Comes, entries: Entries) -> None:
    """Enter two doses of the young, soon after the first birthday and after 3 years 4 months."""
    came = np.flatnonzero(people.age < ADULT + 8)
    for name, months in (("measles, first dose", 12.3), ("measles, second dose", 40.3)):
        came = came[comes(name, came)]
        late = random.exponential(months / 12, len(came))
        entries.add(
            "mmr-vaccination", came, people.born[came] + (months + late) * MONTH, history=True
        )


def _yearly(
    random: np.random.Generator, people: People, at: Ints, since: Days
) -> tuple[Ints, Numbers]:
    """Return person and day of something that is due once a year from a day on."""
    begin = np.maximum(people.since[at], since)
    years = np.ceil(np.maximum(people.until[at] - begin, 0) / YEAR).astype(np.int64)
    who = at[spread(random, years)]
    nth = np.arange(len(who)) - np.repeat(np.cumsum(years) - years, years)
    turns = np.repeat(begin + random.random(len(at)) * YEAR, years)
    return who, turns + nth * YEAR + random.normal(0, 30, len(who))


def measured(
    seed: int,
    chunk: int,
    people: People,
    onset: Days,
    habit: Ints,
    reviewed: tuple[Ints, Days],
    parameters: Parameters,
    known: Mapping[str, float],
    entries: Entries,
) -> None:
    """Enter what is measured in reviews, and reviews of what has no appointment of its own."""
    random = generator(seed, chunk, "measured")
    slopes = _slopes(people, parameters)
    at = {condition.codelist: n for n, condition in enumerate(parameters.conditions)}

    def done(name: str, who: Ints) -> Flags:
        return np.asarray(random.random(len(who)) < expit(slopes[who] + known[name]))

    def take(who: Ints, day: Numbers | Days, share: Mapping[str, float]) -> None:
        for name, chance in share.items():
            these = random.random(len(who)) < chance
            if name == "smoking":
                for n, codelist in enumerate(HABITS):
                    said = these & (habit[who] == n)
                    entries.add(codelist, who[said], day[said])
            else:
                value = _value(random, name, int(these.sum()))
                entries.add(name, who[these], day[these], value)

    who, day = reviewed
    diabetic = onset[who, at["diabetes"]] <= day
    take(who[diabetic], day[diabetic], dict(parameters.measured_in_diabetes))
    pressed = ~diabetic & (onset[who, at["hypertension"]] <= day)
    take(who[pressed], day[pressed], dict(parameters.measured_in_hypertension))

    psychotic = np.flatnonzero(onset[:, at["severe-mental-illness"]] != NEVER)
    since = onset[psychotic, at["severe-mental-illness"]]
    who, checked = _yearly(random, people, psychotic, since)
    came = done("check in severe mental illness", who)
    who, checked = who[came], checked[came]
    take(who, checked, dict.fromkeys(("body-mass-index", "cholesterol"), 0.95))
    take(who, checked, {"alcohol-intake": 0.93, "smoking": 0.97})
    blood_pressure(random, people, onset, parameters, who, checked, entries)
    sugar(random, people, onset, parameters, who, checked, entries)
    over = psychotic[random.random(len(psychotic)) < parameters.in_remission]
    later = people.until[over] - random.random(len(over)) * 2 * YEAR
    entries.add("severe-mental-illness-remission", over, later)

    for name in ("heart-failure", "depression"):
        ill = np.flatnonzero(onset[:, at[name]] != NEVER)
        who, seen = _yearly(random, people, ill, onset[ill, at[name]])
        came = done(f"{name} review", who)
        entries.add(f"{name}-review", who[came], seen[came])


def _value(random: np.random.Generator, name: str, n: int) -> Numbers | None:
    """Return values in the unit of what is measured; nothing for what is only said."""
    usual = {
        "body-mass-index": (28.5, 5.0),
        "cholesterol": (4.8, 1.1),
        "creatinine": (82.0, 20.0),
        "urine-albumin": (2.4, 1.6),
        "alcohol-intake": (8.0, 8.0),
    }
    if name not in usual:
        return None
    mean, deviation = usual[name]
    shape = (mean / deviation) ** 2
    return np.asarray(np.round(random.gamma(shape, mean / shape, n), 1))


def signs(
    seed: int,
    chunk: int,
    people: People,
    onset: Days,
    truth: Needs,
    parameters: Parameters,
    entries: Entries,
) -> None:
    """Enter signs of a learning disability, and assessments of the needs of homeless people."""
    random = generator(seed, chunk, "signs")
    names = [condition.codelist for condition in parameters.conditions]
    coded = onset[:, names.index("learning-disability")] != NEVER
    of_coded, of_others = parameters.disability_hint
    who = np.flatnonzero(random.random(len(people)) < np.where(coded, of_coded, of_others))
    span = (people.until - people.since)[who]
    entries.add("learning-disability-hint", who, people.since[who] + random.random(len(who)) * span)

    homeless = [need.topic for need in parameters.needs].index("homelessness")
    has = truth.has[:, homeless] & (random.random(len(people)) < parameters.homeless_assessed)
    who = np.flatnonzero(has)
    begin = np.maximum(truth.start[who, homeless], people.since[who])
    day = begin + random.exponential(YEAR / 3, len(who))
    entries.add("health-and-social-needs-assessment", who, day)
