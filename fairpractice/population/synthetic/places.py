"""The network's practices, the areas around them, and the fictional index that ranks the areas.

Nothing here exists: practice codes begin with Y990 and area codes with E0199, which no practice
and no area has been given.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pyarrow as pa

from fairpractice.errors import FairpracticeError
from fairpractice.population.synthetic.chance import Ints, Numbers, generator
from fairpractice.population.synthetic.parameters import Parameters


EDITION = "fictional2025"
VINTAGE = "lsoa_2021"
PEOPLE_PER_AREA = 1_500
FIRST_AREA, LAST_AREA = 990_001, 999_999
MOST_PRACTICES = 999
AREAS_OF_THE_NATION = 4  # for each area of the network, so that it is only a part of the ranking
FEWEST_AREAS = 1_000
SYSTEMS = ("EMIS", "TPP", "EMIS", "TPP", "Vision")  # by practice, in turn


@dataclass(frozen=True)
class Places:
    """The fictional nation's areas, and which of them and which practices are the network's.

    ``rank`` (1 = most deprived), ``score`` and ``population`` are of every area of the nation, in
    order of code. ``area`` are the positions of the network's areas among them, ``fifth`` their
    national fifths (1 = most deprived) and ``share`` their shares of its people.
    ``choice[area, practice]`` is the running sum of the chances of registering there.
    """

    rank: Ints
    score: Numbers
    population: Ints
    area: Ints
    fifth: Ints
    share: Numbers
    choice: Numbers
    practices: tuple[str, ...]
    systems: tuple[str, ...]

    def area_codes(self) -> list[str]:
        """Return the codes of all areas of the nation, in order."""
        return [f"E01{FIRST_AREA + n:06d}" for n in range(len(self.rank))]

    def deprivation(self) -> pa.Table:
        """Return the index as its publisher would give it: area_code, area_name, score ... ."""
        count = len(self.rank)
        return pa.table(
            {
                "area_code": self.area_codes(),
                "area_name": [f"Fairport {n + 1:04d}" for n in range(count)],
                "score": self.score,
                "rank": pa.array(self.rank, pa.int32()),
                "decile": pa.array(-(-10 * self.rank // count), pa.int32()),
                "population": self.population,
            }
        )


@lru_cache(maxsize=4)
def places(people: int, practices: int, seed: int, parameters: Parameters) -> Places:
    """Lay out the network and the nation around it.

    Parameters
    ----------
    people, practices
        How large the network is: it has one area for about 1,500 people.
    seed
        Of the whole population.
    parameters
        Which fifths the network's areas are in.

    Raises
    ------
    FairpracticeError
        When there are too few people or practices, or more than fictional codes last for.
    """
    if not 1 <= practices <= MOST_PRACTICES:
        raise FairpracticeError(
            f"There cannot be {practices:,} practices", fix=f"Give 1 to {MOST_PRACTICES}."
        )
    wanted = max(25, people // PEOPLE_PER_AREA)
    nation = max(FEWEST_AREAS, AREAS_OF_THE_NATION * wanted)
    most = (LAST_AREA - FIRST_AREA + 1) // AREAS_OF_THE_NATION
    if people < 1 or wanted > most:
        raise FairpracticeError(
            f"There cannot be {people:,} people", fix=f"Give 1 to {most * PEOPLE_PER_AREA:,}."
        )
    random = generator(seed, 0, "places")
    rank = random.permutation(nation).astype(np.int64) + 1
    # The English index has a mean score of 21.8 and a long tail of very deprived areas.
    score = np.round(_gamma_quantile((nation - rank + 0.5) / nation, 2.1, 21.8), 3)
    population = random.integers(1_100, 2_300, nation)
    fifth = -(-5 * rank // nation)
    counts = np.maximum(1, np.round(np.array(parameters.area_fifths) * wanted)).astype(int)
    area = np.concatenate(
        [
            random.choice(np.flatnonzero(fifth == f + 1), n, replace=False)
            for f, n in enumerate(counts)
        ]
    )
    # Practices stand along a line on which the areas lie roughly in order of deprivation.
    where = (rank[area] / nation) ** 0.5 + random.normal(0, 0.12, len(area))
    stand = np.quantile(where, (np.arange(practices) + 0.5) / practices)
    near = np.exp(-0.5 * ((where[:, None] - stand[None, :]) / 0.18) ** 2) + 0.01
    group = np.repeat(np.arange(5), counts)
    of_fifth = np.bincount(group, population[area])
    weight = np.array(parameters.area_fifths)[group] * population[area] / of_fifth[group]
    return Places(
        rank=rank,
        score=score,
        population=population,
        area=area,
        fifth=fifth[area],
        share=np.cumsum(weight / weight.sum()),
        choice=np.cumsum(near / near.sum(axis=1, keepdims=True), axis=1),
        practices=tuple(f"Y99{n:03d}" for n in range(1, practices + 1)),
        systems=tuple(SYSTEMS[n % len(SYSTEMS)] for n in range(practices)),
    )


def _gamma_quantile(chance: Numbers, shape: float, mean: float) -> Numbers:
    from scipy.special import gammaincinv

    return np.asarray(gammaincinv(shape, chance) * mean / shape)
