"""What else a record holds of people: ethnicity, language, weak signs of caring, objections."""

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
    logit,
    weighted,
)
from fairpractice.population.synthetic.events import CodeBook, Entries
from fairpractice.population.synthetic.needs import NO_LONGER, PRESENT, Needs, Statements
from fairpractice.population.synthetic.parameters import Parameters
from fairpractice.population.synthetic.people import HARDLY_ANY, People, Period


LANGUAGE, INTERPRETER = "english-not-main-language", "interpreter-needed"
HINT = "carer-support-hint"
LATELY = 1.5  # years


def ethnicity_slopes(people: People, parameters: Parameters) -> Numbers:
    """Return the log odds, but for the constant, of having ethnicity recorded: not at random."""
    return weighted(
        parameters.ethnicity_slopes,
        age_16_to_33=(people.age >= 16) & (people.age < 33),
        joined_lately=people.exposure < LATELY,
        male=~people.female,
        minority=people.minority,
        poor_english=people.poor_english,
        hardly_any=people.style == HARDLY_ANY,
        log_activity=np.log(people.activity + 0.1),
    )


def ethnicity_constant(sample: People, parameters: Parameters) -> float:
    """Work out the constant from a reference sample of people."""
    return intercept(ethnicity_slopes(sample, parameters), parameters.ethnicity_recorded)


def background(
    seed: int,
    chunk: int,
    people: People,
    period: Period,
    parameters: Parameters,
    constant: float,
    book: CodeBook,
    entries: Entries,
) -> None:
    """Enter ethnic group, main language and need for an interpreter, each with its gaps."""
    random = generator(seed, chunk, "background")
    n = len(people)

    def some_day(who: Ints) -> Numbers:
        """Most of it is written down on registering, the rest at any time."""
        soon = random.random(len(who)) < parameters.on_registering
        late = random.random(len(who)) * (people.until - people.start)[who]
        return np.asarray(people.start[who] + np.where(soon, np.minimum(late, 14), late), float)

    recorded = random.random(n) < expit(ethnicity_slopes(people, parameters) + constant)
    for position, group in enumerate(parameters.ethnic_groups):
        who = np.flatnonzero(recorded & (people.ethnic_group == position))
        codes = book.categories.get(group.id, np.array([], np.int64))
        if len(codes):
            entries.add_codes(codes, who, some_day(who), history=True)
            again = who[random.random(len(who)) < 0.25]
            entries.add_codes(codes, again, some_day(again), history=True)
    refused = np.flatnonzero(~recorded & (random.random(n) < 0.06))
    if len(codes := book.categories.get("not_stated", np.array([], np.int64))):
        entries.add_codes(codes, refused, some_day(refused), history=True)

    slopes = weighted(
        parameters.language_slopes,
        log_activity=np.log(people.activity + 0.1),
        joined=people.start > period.first,
    )
    known = random.random(n) < expit(slopes + logit(parameters.language_recorded))
    who = np.flatnonzero(people.not_english & known)
    entries.add(LANGUAGE, who, some_day(who), history=True)
    who = np.flatnonzero(~people.not_english & known & (random.random(n) < 0.8))
    english = np.setdiff1d(book.lists.get("main-language-recorded", who[:0]), book.lists[LANGUAGE])
    if len(english):
        entries.add_codes(english, who, some_day(who), history=True)
    flagged = random.random(n) < np.where(known, 1.35, 0.55) * parameters.interpreter_recorded
    who = np.flatnonzero(people.poor_english & flagged)
    entries.add(INTERPRETER, who, some_day(who), history=True)


def needs_coded(
    seed: int,
    chunk: int,
    people: People,
    truth: Needs,
    stated: Statements,
    parameters: Parameters,
    entries: Entries,
) -> Flags:
    """Enter what is learnt by asking as codes where a list has them, and weak signs of caring.

    Returns
    -------
    numpy.ndarray
        Which statements became codes; the others are social facts.
    """
    random = generator(seed, chunk, "codes of needs")
    coded = np.zeros(len(stated.person), bool)
    for topic, need in enumerate(parameters.needs):
        asked = (stated.topic == topic) & (stated.route == 0)
        for status, codelist in ((0, need.codelist), (NO_LONGER, need.ended_by)):
            these = asked & (stated.status == status)
            if codelist in entries.lists:
                coded |= these
                entries.add(codelist, stated.person[these], stated.day[these], history=True)
        if need.topic == "carer":
            of_carer, of_other = parameters.carer_hint
            cares = truth.has[:, topic] & (truth.end[:, topic] == NEVER)
            adult = people.age >= 18
            sign = adult & (random.random(len(people)) < np.where(cares, of_carer, of_other))
            who = np.flatnonzero(sign)
            # It shows soon after the caring begins: for others, that is any day.
            since = np.where(cares, np.maximum(truth.start[:, topic], people.start), people.since)
            whole = (people.until - since)[who]
            soon = np.where(cares[who], random.exponential(YEAR, len(who)), np.inf)
            day = since[who] + np.where(soon < whole, soon, random.random(len(who)) * whole)
            entries.add(HINT, who, day, history=True)
    return coded


def standing(
    seed: int, chunk: int, people: People, truth: Needs, parameters: Parameters
) -> Statements:
    """State what holds for life and is no need, such as having been in care.

    Each is known by one route, of those whom it reaches. Topics are counted on after the needs.
    """
    random = generator(seed, chunk, "standing")
    parts = []
    for n, (_, share, youngest, oldest, route) in enumerate(parameters.standing):
        meant = (people.age >= youngest) & (people.age < oldest + 1)
        known = meant & truth.reach[:, route] & (random.random(len(people)) < share)
        who = np.flatnonzero(known)
        span = (people.until - people.since)[who]
        day = np.floor(people.since[who] + random.random(len(who)) * span).astype(np.int32)
        topic = np.full(len(who), len(parameters.needs) + n)
        parts.append((who, topic, np.full(len(who), route), np.full(len(who), PRESENT), day))
    return Statements(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def objections(
    seed: int, chunk: int, people: People, period: Period, parameters: Parameters
) -> tuple[Ints, Ints, Days, Days]:
    """Return person, kind, and the days from and to which objections hold (NEVER: still)."""
    random = generator(seed, chunk, "objections")
    shares = (parameters.national_opt_out, parameters.type_1_opt_out, parameters.objections)
    who, kind = np.nonzero(random.random((len(people), len(shares))) < np.array(shares))
    earliest = np.maximum(people.start, period.first - 1_000)[who]
    day = earliest + random.random(len(who)) * (people.until[who] - earliest)
    withdrawn = day + random.exponential(1_500, len(who))
    stays = (random.random(len(who)) < 0.95) | (withdrawn >= period.last)
    return (
        who,
        kind,
        np.floor(day).astype(np.int32),
        np.where(stays, NEVER, np.ceil(withdrawn)).astype(np.int32),
    )
