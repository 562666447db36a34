"""People: who they are, where they live, at which practice and for how long."""

from dataclasses import dataclass

import numpy as np

from fairpractice.population.synthetic.chance import (
    NEVER,
    YEAR,
    Days,
    Flags,
    Ints,
    Numbers,
    draw,
    expit,
    generator,
    intercept,
    weighted,
)
from fairpractice.population.synthetic.kinds import WHITE
from fairpractice.population.synthetic.parameters import Parameters
from fairpractice.population.synthetic.places import Places


USUAL, MOSTLY_URGENT, HARDLY_ANY = 0, 1, 2  # styles of contact


@dataclass(frozen=True)
class Period:
    """The days that the extract is about, as days since 1970-01-01, both included."""

    first: int
    last: int

    @property
    def years(self) -> float:
        """Its length."""
        return (self.last - self.first + 1) / YEAR


@dataclass(frozen=True)
class People:
    """A chunk of people, one position of each array a person.

    ``number`` counts people from 0 through the whole population. ``start`` and ``end`` bound the
    time with the network, half-open; ``until`` is the first day on which nothing more is written
    about the person; ``since`` the first day within the period. ``before_*`` is where somebody was
    who changed on ``changed`` (practice) or ``moved`` (area), which is NEVER for those who did not.
    ``fifth`` is of the latest area, 1 = most deprived. ``vulnerability`` and ``engagement`` are
    standard normal, ``activity`` a rate of contact with mean 1.
    """

    number: Ints
    born: Days
    died: Days
    start: Days
    end: Days
    since: Days
    until: Days
    female: Flags
    ethnic_group: Ints
    minority: Flags
    not_english: Flags
    poor_english: Flags
    disabled: Flags
    practice: Ints
    before_practice: Ints
    changed: Days
    area: Ints
    before_area: Ints
    moved: Days
    fifth: Ints
    telephone: Flags
    email: Flags
    style: Ints
    vulnerability: Numbers
    engagement: Numbers
    activity: Numbers

    def __len__(self) -> int:
        return len(self.number)

    @property
    def age(self) -> Numbers:
        """Age in years on the last day that anything is written about the person."""
        return (self.until - self.born) / YEAR

    @property
    def exposure(self) -> Numbers:
        """Years within the period in which the person was with the network."""
        return np.asarray(np.maximum(self.until - self.since, 0) / YEAR)

    @property
    def deprived(self) -> Numbers:
        """Fifths away from the middle one: 2 in the most deprived, -2 in the least."""
        return 3.0 - self.fifth


def people(
    seed: int,
    chunk: int,
    first: int,
    count: int,
    places: Places,
    period: Period,
    parameters: Parameters,
) -> People:
    """Make the people of one chunk.

    Parameters
    ----------
    seed, chunk
        What the draws depend on.
    first, count
        The number of the first of them and how many there are.
    places
        Where they live and register.
    period
        The days of the extract; everybody is with the network on at least one of them.
    parameters
        The shape of the population.
    """
    random = generator(seed, chunk, "people")
    grid = _grid(parameters)
    here = draw(random, places.share, n=count)
    fifth = places.fifth[here]
    deprived = 3.0 - fifth
    born = _born(random, fifth, period, parameters)
    age = (period.last - born) / YEAR
    female = random.random(count) < 0.5
    ethnic_group = draw(random, _mix(parameters), fifth - 1)
    groups = parameters.ethnic_groups
    not_english = random.random(count) < np.array([g.not_english for g in groups])[ethnic_group]
    share_poor = parameters.poor_english / _not_english_share(parameters)
    poor_english = not_english & (
        random.random(count)
        < np.clip(share_poor * np.exp(parameters.poor_english_slope * (deprived - 1)), 0, 1)
    )
    slopes, adults = parameters.disability_slopes, grid.weight * (grid.age >= 18)
    usual = weighted(slopes, years=grid.age, fifth=grid.deprived)
    constant = intercept(usual, parameters.disabled, adults)
    disabled = random.random(count) < expit(weighted(slopes, years=age, fifth=deprived) + constant)

    # Coming and going. A steady list: whoever is there at the start has been there a while.
    leaving = parameters.turnover * _ratio(
        _leaving(parameters, grid.age, grid.deprived),
        grid.weight,
        _leaving(parameters, age, deprived),
    )
    there_before = random.random(count) < 1 / (1 + leaving * period.years)
    ago = random.exponential(1 / leaving) * YEAR
    joined = period.first + random.integers(0, period.last - period.first, count)
    start = np.where(there_before, period.first - ago, joined).astype(np.int32)
    registered_at = born + random.integers(3, 45, count)
    start = np.minimum(np.maximum(start, registered_at), period.last - 1).astype(np.int32)
    start = np.maximum(start, born)
    since = np.maximum(start, period.first).astype(np.int32)
    left = since + 1 + random.exponential(1 / leaving) * YEAR
    died = since + 1 + _years_to_death(random, (since - born) / YEAR, deprived, parameters) * YEAR
    left, died = np.floor(left), np.floor(died)
    death = (died <= left) & (died <= period.last)
    gone = death | (left <= period.last)
    until = np.where(death, died + 1, np.minimum(left, period.last + 1)).astype(np.int32)
    # A practice hears of a death some days later.
    told = np.minimum(died + random.integers(1, 15, count), period.last)
    end = np.where(gone, np.where(death, np.maximum(told, died), left), NEVER).astype(np.int32)

    practice = draw(random, places.choice, here)
    exposure = (until - since) / YEAR
    other = (practice + 1 + random.integers(0, max(len(places.practices) - 1, 1), count)) % len(
        places.practices
    )
    changed = _some_day(random, parameters.change_of_practice, exposure, since, until)
    changed = np.where(other == practice, NEVER, changed)
    moved = _some_day(random, parameters.change_of_address, exposure, since, until)
    before = draw(random, places.share, n=count)
    moved = np.where(before == here, NEVER, moved)

    telephone, email = (random.random(count) < share for share in parameters.contact_held)
    urgent = parameters.mostly_urgent * _likelier(0, grid, age, deprived, female, parameters)
    hardly = parameters.hardly_any * _likelier(1, grid, age, deprived, female, parameters)
    dice = random.random(count)
    style = np.select([dice < urgent, dice < urgent + hardly], [MOSTLY_URGENT, HARDLY_ANY], USUAL)
    return People(
        number=first + np.arange(count),
        born=born,
        died=np.where(death, died, NEVER).astype(np.int32),
        start=start,
        end=end,
        since=since,
        until=until,
        female=female,
        ethnic_group=ethnic_group,
        minority=~np.isin(ethnic_group, [n for n, g in enumerate(groups) if g.id in WHITE]),
        not_english=not_english,
        poor_english=poor_english,
        disabled=disabled,
        practice=practice,
        before_practice=other,
        changed=changed.astype(np.int32),
        area=here,
        before_area=before,
        moved=moved.astype(np.int32),
        fifth=fifth,
        telephone=telephone,
        email=email,
        style=style,
        vulnerability=random.standard_normal(count),
        engagement=random.standard_normal(count),
        activity=random.gamma(parameters.unlike, 1 / parameters.unlike, count),
    )


@dataclass(frozen=True)
class _Grid:
    """Ages and fifths, and how many people are at each: enough to find the mean of a slope."""

    age: Numbers
    deprived: Numbers
    weight: Numbers


def _ratio(usual: Numbers, weight: Numbers, these: Numbers) -> Numbers:
    """Return how many times the mean rate people have, of log rates."""
    return np.asarray(np.exp(these) / np.average(np.exp(usual), weights=weight))


def _ages(parameters: Parameters) -> Numbers:
    """Return the share of each five years of age within each fifth."""
    bands = np.arange(len(parameters.ages))
    older = (bands[None, :] * 5 - 40) / 10
    tilt = -parameters.younger_when_deprived * older * (3 - np.arange(1, 6))[:, None]
    shares = np.array(parameters.ages)[None, :] * np.exp(tilt)
    return np.asarray(shares / shares.sum(axis=1, keepdims=True))


def _grid(parameters: Parameters) -> _Grid:
    fifths = np.array(parameters.area_fifths) / sum(parameters.area_fifths)
    weight = (_ages(parameters) * fifths[:, None])[:, :, None].repeat(5, axis=2)
    fifth, band, year = np.indices(weight.shape)
    return _Grid((band * 5 + year + 0.5).ravel(), (2.0 - fifth).ravel(), weight.ravel())


def _born(random: np.random.Generator, fifth: Ints, period: Period, parameters: Parameters) -> Days:
    band = draw(random, np.cumsum(_ages(parameters), axis=1), fifth - 1)
    age = (band + random.random(len(fifth))) * 5
    return np.floor(period.last - 1 - age * YEAR).astype(np.int32)


def _mix(parameters: Parameters) -> Numbers:
    groups = parameters.ethnic_groups
    share = np.array([group.share for group in groups])
    tilt = np.array([group.deprived for group in groups])
    mix = share[None, :] * np.exp(tilt[None, :] * (3 - np.arange(1, 6))[:, None])
    return np.cumsum(mix / mix.sum(axis=1, keepdims=True), axis=1)


def _not_english_share(parameters: Parameters) -> float:
    mix = np.diff(_mix(parameters), axis=1, prepend=0)
    of_group = np.array([group.not_english for group in parameters.ethnic_groups])
    fifths = np.array(parameters.area_fifths)
    return float((mix * of_group).sum(axis=1) @ (fifths / fifths.sum()))


def _leaving(parameters: Parameters, age: Numbers, deprived: Numbers) -> Numbers:
    return weighted(
        parameters.leaving_slopes,
        age_18_to_33=(age > 18) & (age < 33),
        age_over_60=age > 60,
        fifth=deprived,
    )


def _likelier(
    style: int,
    grid: _Grid,
    age: Numbers,
    deprived: Numbers,
    female: Flags,
    parameters: Parameters,
) -> Numbers:
    """Return how many times as likely as the mean a style of contact is."""
    slopes = parameters.style_slopes[style]
    half = np.full(len(grid.age), 0.5)
    usual, these = (
        weighted(slopes, fifth=fifth, age_18_to_45=(years > 18) & (years < 45), male=male)
        for years, fifth, male in ((grid.age, grid.deprived, half), (age, deprived, ~female))
    )
    return _ratio(usual, grid.weight, these)


def _years_to_death(
    random: np.random.Generator, age: Numbers, deprived: Numbers, parameters: Parameters
) -> Numbers:
    """Draw the time to death of a Gompertz hazard ``a * exp(b * (age - 40))``."""
    at_40, slope = parameters.mortality
    now = at_40 * np.exp(slope * (age - 40) + parameters.mortality_slope * deprived)
    return np.asarray(np.log1p(random.exponential(1.0, len(age)) * slope / now) / slope)


def _some_day(
    random: np.random.Generator, rate: float, exposure: Numbers, since: Days, until: Days
) -> Days:
    """Return a day strictly inside the time of those to whom something happens, else NEVER."""
    happens = random.random(len(since)) < -np.expm1(-rate * exposure)
    day = since + 1 + np.floor(random.random(len(since)) * (until - since - 1)).astype(np.int32)
    return np.where(happens & (day < until) & (until - since > 2), day, NEVER).astype(np.int32)
