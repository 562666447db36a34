"""Reference populations for direct standardisation."""

import pyarrow as pa

from fairpractice.errors import FairpracticeError


EUROPEAN_STANDARD_POPULATION_2013 = {
    "0": 1_000,
    "1-4": 4_000,
    "5-9": 5_500,
    "10-14": 5_500,
    "15-19": 5_500,
    "20-24": 6_000,
    "25-29": 6_000,
    "30-34": 6_500,
    "35-39": 7_000,
    "40-44": 7_000,
    "45-49": 7_000,
    "50-54": 7_000,
    "55-59": 6_500,
    "60-64": 6_000,
    "65-69": 5_500,
    "70-74": 5_000,
    "75-79": 4_000,
    "80-84": 2_500,
    "85-89": 1_500,
    "90-94": 800,
    "95+": 200,
}
"""Eurostat, Revision of the European Standard Population, 2013 edition (EU-27 and EFTA, projected
2011 to 2030). Coarser bands join these too: each takes the sum of those inside it."""


def european_standard_population_2013(from_age: int = 0, to_age: int | None = None) -> pa.Table:
    """Return the European Standard Population 2013, or its part for a range of ages.

    Parameters
    ----------
    from_age
        The youngest age, the first of a band.
    to_age
        The oldest age, the last of a band; open-ended when left out.

    Returns
    -------
    ``age_band`` (``0``, ``1-4``, ``5-9`` … ``95+``) and ``population``, 100,000 in all.

    Raises
    ------
    FairpracticeError
        When an age is inside a band.
    """
    starts = [int(band.replace("+", "-").split("-")[0]) for band in _BANDS]
    last = len(starts) if to_age is None else _position(starts, to_age + 1)
    chosen = _BANDS[_position(starts, from_age) : last]
    return pa.table(
        {
            "age_band": list(chosen),
            "population": [EUROPEAN_STANDARD_POPULATION_2013[band] for band in chosen],
        }
    )


_BANDS = tuple(EUROPEAN_STANDARD_POPULATION_2013)


def _position(starts: list[int], age: int) -> int:
    if age not in starts:
        raise FairpracticeError(
            f"The European Standard Population has no band that starts at {age}",
            fix="Cut it at 0, 1 or a multiple of 5, up to 95.",
        )
    return starts.index(age)
