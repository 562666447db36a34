"""Long-term conditions, their reviews and measurements, and cervical screening."""

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
from fairpractice.population.synthetic.events import Entries
from fairpractice.population.synthetic.kinds import Condition
from fairpractice.population.synthetic.parameters import Parameters
from fairpractice.population.synthetic.people import HARDLY_ANY, MOSTLY_URGENT, People


MENTAL = ("severe-mental-illness", "depression")
FIRST_SCREEN, MIDDLE_SCREEN, LAST_SCREEN = 25, 50, 65
ROUNDS = 4


@dataclass(frozen=True)
class Chances:
    """Constants worked out once from a reference sample.

    ``ever[condition]`` of the log odds of ever having it, ``reviewed`` of an annual review,
    ``never_screened`` and ``screened[age band]`` of cervical screening.
    """

    ever: Numbers
    reviewed: float
    never_screened: float
    screened: tuple[float, float]


def _ever_slopes(people: People, condition: Condition, parameters: Parameters) -> Numbers:
    return np.asarray(
        condition.deprivation * people.deprived
        + condition.minority * people.minority
        + condition.female * people.female
        + parameters.illness_and_need * people.vulnerability
    )


def _onset(random: np.random.Generator, people: People, condition: Condition,
           parameters: Parameters) -> Numbers:  # fmt: skip
    """Return the age at which each person would be diagnosed."""
    mean = condition.onset - parameters.onset_shift * people.deprived
    return np.maximum(random.normal(mean, condition.spread, len(people)), condition.youngest)


def chances(seed: int, sample: People, parameters: Parameters) -> Chances:
    """Work out the constants from a reference sample of people."""
    ever = np.zeros(len(parameters.conditions))
    has = np.zeros((len(sample), len(parameters.conditions)), bool)
    random = generator(seed, 0, "onset")
    for n, condition in enumerate(parameters.conditions):
        old = _onset(random, sample, condition, parameters) < sample.age
        slopes = _ever_slopes(sample, condition, parameters)
        counted = sample.age >= condition.youngest
        # The share ever to have it which makes the share that has it now.
        ever[n] = intercept(np.where(old, slopes, -np.inf)[counted], condition.prevalence)
        has[:, n] = old & (random.random(len(sample)) < expit(slopes + ever[n]))
    ill_in_mind = mental(has, parameters)
    ill = has[:, :4].any(axis=1)
    women = sample.female & (sample.age >= FIRST_SCREEN) & (sample.age < LAST_SCREEN)
    slopes = _screening_slopes(sample, parameters)
    young = sample.age < MIDDLE_SCREEN
    return Chances(
        ever,
        intercept(_review_slopes(sample, ill_in_mind, parameters)[ill], parameters.reviewed),
        intercept(-2 * slopes[women], parameters.never_screened),
        (
            intercept(slopes[women & young], parameters.screened[0]),
            intercept(slopes[women & ~young], parameters.screened[1]),
        ),
    )


def mental(has: Flags, parameters: Parameters) -> Flags:
    """Say who has a mental illness, of an array (people, conditions)."""
    return np.asarray(
        has[:, [n for n, c in enumerate(parameters.conditions) if c.codelist in MENTAL]].any(axis=1)
    )


def onset_days(
    seed: int, chunk: int, people: People, parameters: Parameters, known: Chances
) -> Days:
    """Return the day each condition was diagnosed, NEVER without it; shape (people, conditions)."""
    random = generator(seed, chunk, "onset")
    days = np.full((len(people), len(parameters.conditions)), NEVER, np.int32)
    for n, condition in enumerate(parameters.conditions):
        onset = _onset(random, people, condition, parameters)
        slopes = _ever_slopes(people, condition, parameters)
        has = random.random(len(people)) < expit(slopes + known.ever[n])
        day = np.floor(people.born + onset * YEAR).astype(np.int64)
        days[:, n] = np.where(has & (day < people.until), day, NEVER)
    return days


def diagnoses(
    seed: int, chunk: int, people: People, onset: Days, parameters: Parameters, entries: Entries
) -> None:
    """Enter each diagnosis, and for a few that it is resolved."""
    random = generator(seed, chunk, "diagnoses")
    for n, condition in enumerate(parameters.conditions):
        at = np.flatnonzero(onset[:, n] != NEVER)
        entries.add(condition.codelist, at, onset[at, n], history=True)
        over = at[random.random(len(at)) < condition.resolved]
        day = onset[over, n] + random.random(len(over)) * (people.until[over] - onset[over, n])
        entries.add(f"{condition.codelist}-resolved", over, day, history=True)


def _review_slopes(people: People, ill_in_mind: Flags, parameters: Parameters) -> Numbers:
    return weighted(
        parameters.review_slopes,
        fifth=people.deprived,
        young=people.age < 45,
        minority=people.minority,
        poor_english=people.poor_english,
        mental_illness=ill_in_mind,
        engagement=people.engagement,
        hardly_any=people.style == HARDLY_ANY,
        mostly_urgent=people.style == MOSTLY_URGENT,
    )


def reviews(
    seed: int,
    chunk: int,
    people: People,
    onset: Days,
    parameters: Parameters,
    known: Chances,
    entries: Entries,
) -> tuple[Ints, Days]:
    """Enter annual reviews with what is measured, invitations, declines and unsuitability.

    Returns
    -------
    (person, day)
        Every review, which is also an appointment with the practice.
    """
    random = generator(seed, chunk, "reviews")
    slopes = _review_slopes(people, mental(onset != NEVER, parameters), parameters)
    chance = expit(slopes + known.reviewed)
    done: list[tuple[Ints, Days]] = []
    for n, condition in enumerate(parameters.conditions):
        if not condition.review:
            continue
        name = condition.review
        at = np.flatnonzero(onset[:, n] != NEVER)
        begin = np.maximum(people.since[at], onset[at, n])
        years = np.ceil(np.maximum(people.until[at] - begin, 0) / YEAR).astype(np.int64)
        who = at[spread(random, years)]
        nth = np.arange(len(who)) - np.repeat(np.cumsum(years) - years, years)
        # Each person's year of reviews turns at the same time of year, give or take a month.
        due = np.repeat(begin, years) + nth * YEAR + np.repeat(random.random(len(at)) * YEAR, years)
        seen = random.random(len(who)) < chance[who]
        day = due + random.normal(0, 30, len(who))
        reviewed, on = who[seen], day[seen]
        if f"{name}-review" in entries.lists:
            entries.add(f"{name}-review", reviewed, on)
        done.append((reviewed, on.astype(np.int32)))
        invited = random.random(len(who)) < parameters.invited
        entries.add(
            f"{name}-invited", who[invited], due[invited] - random.integers(14, 60, invited.sum())
        )
        # A second letter, and sometimes a third, to those who did not come.
        for _ in range(2):
            invited &= ~seen & (random.random(len(who)) < 0.7)
            entries.add(f"{name}-invited", who[invited],
                        due[invited] + random.integers(14, 120, invited.sum()))  # fmt: skip
        dice = random.random(len(who))
        no = ~seen & (dice < parameters.declined)
        entries.add(f"{name}-declined", who[no], due[no])
        no = ~seen & (dice > 1 - parameters.unsuitable)
        entries.add(f"{name}-unsuitable", who[no], due[no])
        if name in ("diabetes", "hypertension"):
            blood_pressure(random, people, onset, parameters, reviewed, on, entries)
        if name == "diabetes":
            sugar(random, people, onset, parameters, reviewed, on, entries)
    return (
        np.concatenate([who for who, _ in done]),
        np.concatenate([day for _, day in done]),
    )


def _has(onset: Days, parameters: Parameters, name: str) -> Days:
    return onset[:, [c.codelist for c in parameters.conditions].index(name)]


def blood_pressure(
    random: np.random.Generator,
    people: People,
    onset: Days,
    parameters: Parameters,
    who: Ints,
    day: Numbers | Days,
    entries: Entries,
) -> None:
    """Enter readings of blood pressure in mmHg, higher with age and deprivation."""
    high = _has(onset, parameters, "hypertension")[who] <= day
    usual = weighted(
        parameters.blood_pressure,
        constant=np.ones(len(who)),
        years_to_80=np.minimum(people.age, 80)[who],
        fifth=people.deprived[who],
        no_hypertension=~high,
        hypertension=high,
        engaged_hypertension=high * np.minimum(people.engagement, 1.5)[who],
        needy_hypertension=high * people.vulnerability[who],
    )
    systolic = np.clip(np.round(usual + random.normal(0, 9, len(who))), 84, 228)
    diastolic = 44 + 0.27 * systolic - 0.1 * (people.age[who] - 50) + random.normal(0, 6, len(who))
    entries.add("systolic-blood-pressure", who, day, systolic)
    entries.add("diastolic-blood-pressure", who, day, np.clip(np.round(diastolic), 40, 130))


def sugar(
    random: np.random.Generator,
    people: People,
    onset: Days,
    parameters: Parameters,
    who: Ints,
    day: Numbers | Days,
    entries: Entries,
) -> None:
    """Enter HbA1c in mmol/mol: skewed and higher with deprivation in diabetes."""
    diabetic = _has(onset, parameters, "diabetes")[who] <= day
    lowest, excess, mean, deviation = parameters.hba1c
    worse = np.exp(
        weighted(
            parameters.hba1c_slopes,
            fifth=people.deprived[who],
            engagement=people.engagement[who],
        )
    )
    value = np.where(
        diabetic,
        lowest + random.gamma(1.5, excess / 1.5, len(who)) * worse,
        random.normal(mean, deviation, len(who)),
    )
    entries.add("hba1c", who, day, np.clip(np.round(value), 20, 150))


def _screening_slopes(people: People, parameters: Parameters) -> Numbers:
    return weighted(
        parameters.screening_slopes,
        fifth=people.deprived,
        young=people.age < 30,
        minority=people.minority,
        poor_english=people.poor_english,
        engagement=people.engagement,
        hardly_any=people.style == HARDLY_ANY,
    )


def screening(
    seed: int,
    chunk: int,
    people: People,
    parameters: Parameters,
    known: Chances,
    entries: Entries,
) -> None:
    """Enter cervical screening: up to four rounds, of which some came before the period."""
    random = generator(seed, chunk, "screening")
    at = np.flatnonzero(people.female & (people.age >= FIRST_SCREEN - 0.5) & (people.age < 80))
    slopes = _screening_slopes(people, parameters)[at]
    never = random.random(len(at)) < expit(known.never_screened - 2 * slopes)
    older = people.age[at] >= MIDDLE_SCREEN
    without = random.random(len(at)) < np.array(parameters.no_cervix)[older.astype(int)]
    day = people.until[at] - random.random(len(at)) * np.where(older, 5.0, 3.0) * YEAR
    born = people.born[at]
    # The history of those who came from abroad begins here.
    known_from = np.where(people.not_english[at], people.start[at], 0)
    for _ in range(ROUNDS):
        age = (day - born) / YEAR
        past = age >= MIDDLE_SCREEN
        constant = np.where(past, known.screened[1], known.screened[0])
        due = (age >= FIRST_SCREEN - 0.5) & (age < LAST_SCREEN) & (day >= known_from)
        came = due & ~never & ~without & (random.random(len(at)) < expit(constant + slopes))
        taken = day + random.exponential(0.25, len(at)) * YEAR
        entries.add("cervical-screening", at[came], taken[came], history=True)
        invited = due & ~without & (random.random(len(at)) < parameters.invited)
        entries.add("cervical-screening-invited", at[invited], day[invited])
        no = due & ~came & ~without & (random.random(len(at)) < parameters.declined)
        entries.add("cervical-screening-declined", at[no], taken[no])
        day = day - np.where(past, 5.0, 3.0) * YEAR
    gone = born[without] + (28 + random.random(without.sum()) * 20) * YEAR
    entries.add("cervical-screening-unsuitable", at[without], gone, history=True)
