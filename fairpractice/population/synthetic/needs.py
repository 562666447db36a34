"""True needs, and which of them each route records."""

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
    ndtri,
    weighted,
)
from fairpractice.population.synthetic.kinds import Need
from fairpractice.population.synthetic.parameters import Parameters
from fairpractice.population.synthetic.people import HARDLY_ANY, MOSTLY_URGENT, People, Period


ADULT = 18
FEW = 0.3  # of the mean rate of contact
PRESENT, ABSENT, DECLINED, NO_LONGER = range(4)
REPEATS = 5  # years in which a need is stated again, at most


@dataclass(frozen=True)
class Latent:
    """What is worked out once, from a reference sample, so that shares come out as asked.

    ``threshold[topic]`` of the latent score; ``constant[route, topic]`` of the log odds that an
    existing need is recorded; ``shift[route]`` of the log odds that a route reaches somebody.
    """

    threshold: Numbers
    constant: Numbers
    shift: Numbers


@dataclass(frozen=True)
class Needs:
    """The truth about a chunk of people.

    ``has[person, topic]`` says that a need existed at some time; it did from ``start`` (included)
    to ``end`` (not included; NEVER while it lasts). ``reach[person, route]``.
    """

    has: Flags
    start: Days
    end: Days
    reach: Flags

    @property
    def existing(self) -> Flags:
        """Which needs still exist on the last day written about each person."""
        return np.asarray(self.has & (self.end == NEVER))


@dataclass(frozen=True)
class Statements:
    """What was written down: parallel arrays, one position a statement.

    ``person`` is a position in the chunk, ``topic`` and ``route`` positions in the parameters.
    """

    person: Ints
    topic: Ints
    route: Ints
    status: Ints
    day: Days


def _score(seed: int, chunk: int, people: People, parameters: Parameters) -> Numbers:
    """Return the latent score of every person for every topic; shape (people, topics)."""
    random = generator(seed, chunk, "needs")
    shared = parameters.shared_vulnerability
    own = random.standard_normal((len(people), len(parameters.needs)))
    score = shared * people.vulnerability[:, None] + np.sqrt(1 - shared**2) * own
    traits = np.column_stack(
        [
            people.deprived,
            people.age < 30,
            people.age >= 70,
            people.female,
            people.disabled,
            people.not_english,
            people.minority,
        ]
    ).astype(float)
    return np.asarray(score + traits @ np.array([_slopes(need) for need in parameters.needs]).T)


def _slopes(need: Need) -> tuple[float, ...]:
    return (
        need.deprivation, need.young, need.old, need.female, need.disabled, need.language,
        need.minority,
    )  # fmt: skip


def _reach_slopes(people: People, n: int, parameters: Parameters) -> Numbers:
    """Return the log odds, but for the constant, that route ``n`` could reach each person."""
    slopes = parameters.reach_slopes[n]
    if n == 0:
        return weighted(
            slopes,
            hardly_any=people.style == HARDLY_ANY,
            mostly_urgent=people.style == MOSTLY_URGENT,
            years_to_70=np.minimum(people.age, 70),
            female=people.female,
        )
    if n == 1:
        return weighted(
            slopes,
            no_address=~(people.telephone | people.email),
            years_over_50=np.maximum(people.age - 50, 0),
            poor_english=people.poor_english,
            fifth=people.deprived,
        )
    return weighted(slopes, fifth=people.deprived, disabled=people.disabled, female=people.female)


def _recording_slopes(people: People, parameters: Parameters) -> Numbers:
    return weighted(
        parameters.recording_slopes,
        male=~people.female,
        young=people.age < 30,
        minority=people.minority,
        poor_english=people.poor_english,
        few_contacts=people.activity < FEW,
    )


def latent(seed: int, sample: People, parameters: Parameters, systems: tuple[str, ...]) -> Latent:
    """Work out the constants from a reference sample of people.

    Parameters
    ----------
    seed
        Of the population.
    sample
        Some tens of thousands of its people, made for this alone.
    parameters
        The shares to be met.
    systems
        The system of each practice.
    """
    adult = sample.age >= ADULT
    score = _score(seed, 0, sample, parameters)
    threshold = np.array(
        [
            np.quantile(score[adult, n], 1 - need.prevalence)
            for n, need in enumerate(parameters.needs)
        ]
    )
    shift = np.array(
        [
            intercept(_reach_slopes(sample, n, parameters)[adult], share)
            for n, share in enumerate(parameters.reach)
        ]
    )
    reach = _reach(generator(seed, 0, "reach"), sample, shift, parameters)
    slopes = _recording_slopes(sample, parameters)
    system = np.log(_by_system(sample, parameters, systems))
    constant = np.zeros((len(parameters.reach), len(parameters.needs)))
    for topic, need in enumerate(parameters.needs):
        has = adult & (score[:, topic] > threshold[topic])
        for route, share in enumerate(need.recorded):
            extra = slopes + system * (route == 0)
            known = np.where(reach[:, route], extra, -np.inf)
            constant[route, topic] = intercept(known[has], share) if has.any() else -25.0
    return Latent(threshold, constant, shift)


def _reach(
    random: np.random.Generator, people: People, shift: Numbers, parameters: Parameters
) -> Flags:
    dice = random.random((len(people), len(shift)))
    chance = np.column_stack(
        [expit(_reach_slopes(people, n, parameters) + s) for n, s in enumerate(shift)]
    )
    return np.asarray(dice < chance)


def _by_system(people: People, parameters: Parameters, systems: tuple[str, ...]) -> Numbers:
    factor = dict(parameters.recording_by_system)
    return np.array([factor[system] for system in systems])[people.practice]


def needs(
    seed: int, chunk: int, people: People, period: Period, parameters: Parameters, known: Latent
) -> Needs:
    """Give the people of a chunk their true needs, and say which routes could reach them.

    A need that exists on the person's last day began as long ago as a steady state has it; one
    that is over ended within the period.
    """
    score = _score(seed, chunk, people, parameters)
    random = generator(seed, chunk, "spells")
    shape = score.shape
    adult = (people.age >= ADULT)[:, None]
    now = adult & (score > known.threshold)
    years = np.array([need.years for need in parameters.needs])
    prevalence = np.array([need.prevalence for need in parameters.needs])
    # In a steady state, as many spells end in a year as the share at a time over their length.
    over = np.clip(prevalence * period.years / years, 0, 1)
    # The same people had needs earlier who are near the threshold now.
    lower = known.threshold + ndtri(1 - np.clip(prevalence + over, 0, 0.95)) - ndtri(1 - prevalence)
    past = adult & ~now & (score > lower)
    length = random.exponential(years, shape) * YEAR
    until = people.until[:, None]
    ended = until - random.random(shape) * np.minimum(period.last - period.first, 3650)
    end = np.where(now, NEVER, ended).astype(np.int32)
    grown = people.born[:, None] + ADULT * YEAR
    start = np.maximum(np.where(now, until - 1 - length, ended - 1 - length), grown - 1)
    start = np.floor(start).astype(np.int32)
    has = now | (past & (start < end))
    reach = _reach(generator(seed, chunk, "reach"), people, known.shift, parameters)
    return Needs(has, start, end, reach)


def statements(
    seed: int,
    chunk: int,
    people: People,
    truth: Needs,
    parameters: Parameters,
    known: Latent,
    systems: tuple[str, ...],
) -> Statements:
    """Write down what each route learns, with its gaps, its unfairness and its mistakes.

    That one route knows of a need makes it likelier that another does: the draws of the routes are
    correlated normal scores (a Gaussian copula) with correlation ``route_dependence``, half of it
    the person's and half the need's own.
    """
    random = generator(seed, chunk, "statements")
    routes, topics = known.constant.shape
    n = len(people)
    share = np.sqrt(parameters.route_dependence)
    rest = np.sqrt(1 - parameters.route_dependence)
    common = np.sqrt(0.5) * (random.standard_normal((n, 1)) + random.standard_normal((n, topics)))
    system = np.log(_by_system(people, parameters, systems))
    slopes = _recording_slopes(people, parameters)
    says_no, says_nothing = parameters.said_no
    parts: list[tuple[Numbers, ...]] = []

    def put(at: Ints, topic: int, route: int, status: int, day: Numbers | Ints) -> None:
        parts.append(tuple(np.broadcast_arrays(at, topic, route, status, day.astype(np.int32))))

    def add(who: Flags, topic: int, route: int, status: int, low: Days, high: Days) -> None:
        """State it once, on any day of a time."""
        at = np.flatnonzero(who & (high > low))
        put(at, topic, route, status, low[at] + np.floor(random.random(len(at)) * (high - low)[at]))

    def learn(who: Flags, topic: int, route: int, low: Days, high: Days) -> None:
        """State a need soon after it begins, and in some of the years that it lasts again.

        So it is as likely to be known on any day of the extract as on the last.
        """
        at = np.flatnonzero(who & (high > low))
        soon = random.exponential(parameters.learnt_after * YEAR, len(at))
        whole = (high - low)[at]
        within = np.where(soon < whole, soon, random.random(len(at)) * whole)
        day = np.asarray(low[at] + within, float)
        put(at, topic, route, PRESENT, np.floor(day))
        for _ in range(REPEATS):
            day = day + YEAR + random.normal(0, 45, len(at))
            again = (random.random(len(at)) < parameters.stated_again) & (day < high[at])
            put(at[again], topic, route, PRESENT, np.floor(day[again]))

    for topic, need in enumerate(parameters.needs):
        has, end = truth.has[:, topic], truth.end[:, topic]
        low = np.maximum(truth.start[:, topic], people.start)
        high = np.minimum(end, people.until)
        asked = np.zeros(n, bool)
        for route in range(routes):
            chance = expit(known.constant[route, topic] + slopes + system * (route == 0))
            score = share * common[:, topic] + rest * random.standard_normal(n)
            able = truth.reach[:, route]
            recorded = has & able & (score < ndtri(chance))
            if route == 0:
                asked = recorded
            learn(recorded, topic, route, low, high)
            dice = random.random(n) / people.exposure.clip(1e-9)
            other = ~has & able & (people.age >= ADULT)
            add(other & (dice < parameters.mistaken), topic, route, PRESENT, people.since,
                people.until)  # fmt: skip
            dice -= parameters.mistaken
            # The other organisation sends what it knows of; it does not send what is not so.
            if route < 2:
                add(other & (dice >= 0) & (dice < says_no), topic, route, ABSENT, people.since,
                    people.until)  # fmt: skip
                dice -= says_no
                add(other & (dice >= 0) & (dice < says_nothing), topic, route, DECLINED,
                    people.since, people.until)  # fmt: skip
        if need.ended_by:
            over = asked & (end != NEVER) & (random.random(n) < parameters.ended_coded)
            add(over, topic, 0, NO_LONGER, np.maximum(end, high), people.until)
    joined = [np.concatenate(column) for column in zip(*parts, strict=True)]
    return Statements(*joined)
