"""The register against the census of the same small areas: who lives here and is not on it?

Of people of an age and sex fewer may be registered than live there, as far as the others of those
areas are registered. It cannot say who they are, nor of those who are registered and have left.
"""

import re
from pathlib import Path

import ibis
import pandas as pd

from fairpractice.case_finding.listable import Asked
from fairpractice.criteria import registered
from fairpractice.criteria.bits import bit
from fairpractice.criteria.gather import ID
from fairpractice.criteria.plan import ask
from fairpractice.errors import FairpracticeError
from fairpractice.population.groups import Place, grouping
from fairpractice.record.dates import FIRST_DAY
from fairpractice.statistics import rate
from fairpractice.statistics.disclosure import HIDDEN_UP_TO, ROUNDED_TO


BANDS = ("0-9", "10-19", "20-29", "30-39", "40-49", "50-59", "60-69", "70-79", "80+")
SEXES = {"m": "male", "f": "female", "p": "all"}


def residents(file: Path) -> pd.DataFrame:
    """Read how many people live in small areas, by age and where it is told by sex.

    Parameters
    ----------
    file
        A published table with a column of area codes, and a column an age band: ``m_20_24`` or
        ``f_20_24`` or ``p_20_24``, or ``20_24``; the last ``90plus`` or ``85plus``.

    Returns
    -------
    One row an area, sex (``all`` where it is not told) and band of :data:`BANDS`: ``area_code``,
    ``sex``, ``age_band``, ``residents``.

    Raises
    ------
    FairpracticeError
        When the file has no such columns.
    """
    frame = pd.read_csv(file)
    codes = [name for name in frame.columns if re.fullmatch(r"lsoa\d\d_code|area_code", name)]
    ages = {name: told for name in frame.columns if (told := _age_of(name))}
    if not codes or not ages:
        raise FairpracticeError(
            "The table has no column of area codes, or none of ages",
            where=str(file),
            fix="Name the first area_code, and the others like m_20_24, f_90plus or 20_24.",
        )
    long = frame.melt(codes[0], list(ages), "column", "residents").rename(
        columns={codes[0]: "area_code"}
    )
    long["sex"] = long["column"].map({name: sex for name, (sex, _) in ages.items()})
    long["age_band"] = long["column"].map({name: band for name, (_, band) in ages.items()})
    keys = ["area_code", "sex", "age_band"]
    return long.groupby(keys, as_index=False)[["residents"]].sum()


def _age_of(column: str) -> tuple[str, str] | None:
    found = re.fullmatch(r"(?:([mfp])_)?(\d+)(?:_(\d+|under)|plus)", column)
    if found is None:
        return None
    youngest = 0 if found[3] == "under" else int(found[2])
    return SEXES[found[1] or "p"], BANDS[min(youngest // 10, len(BANDS) - 1)]


def register(asked: Asked) -> pd.DataFrame:
    """Count who is registered, by area of residence, sex and age.

    Returns
    -------
    One row an area, sex and band: ``area_code``, ``area_vintage``, ``sex``, ``age_band``,
    ``registered``. Sex and age that are not recorded are empty.
    """
    record = asked.record
    answers = ask({"here": registered()}, [asked.on], record, asked.codelists)
    place = Place(record, answers.calendar, asked.codelists, asked.edition, asked.definitions)
    rows = answers.table.filter(bit(answers.true("here"), 0) == 1).select(ID)
    for name in ("sex", "age_band"):
        rows = rows.inner_join(grouping(name).of(place).select(ID, **{name: "value"}), ID)
    homes = record.table("address")
    homes = homes.filter(
        (homes.start_date.isnull() | (homes.start_date <= asked.on))
        & (homes.end_date.isnull() | (homes.end_date > asked.on))
    )
    began = ibis.coalesce(homes.start_date, ibis.literal(FIRST_DAY))
    latest = ibis.window(group_by=ID, order_by=[ibis.desc(began), homes.area_code])
    homes = homes.mutate(place=ibis.row_number().over(latest))
    homes = homes.filter(homes.place == 0).select(ID, "area_code", "area_vintage")
    keys = ["area_code", "area_vintage", "sex", "age_band"]
    counted = rows.inner_join(homes, ID).group_by(keys).agg(registered=lambda t: t.count())
    frame: pd.DataFrame = record.engine.to_arrow(counted).to_pandas()
    frame["age_band"] = frame["age_band"].replace({"80-89": "80+", "90+": "80+"})
    return frame.groupby(keys, as_index=False)[["registered"]].sum()


def against_census(
    registered_here: pd.DataFrame,
    living_here: pd.DataFrame,
    *,
    least_share: float = 0.2,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Compare who is registered with who lives in the same areas, by age and sex.

    A network registers only some of an area's residents. So of each area the residents of an age
    and sex times the share of all residents who are registered are expected; a group with fewer
    is missing more than its neighbours are.

    Parameters
    ----------
    registered_here
        As :func:`register` returns it, of one vintage of areas.
    living_here
        As :func:`residents` returns it, of the same vintage.
    least_share
        Areas of whose residents fewer are registered are left out: those who chose the network
        from far away are not like those who live there.
    confidence
        Of the limits.

    Returns
    -------
    One row a sex and band: ``sex``, ``age_band``, ``registered``, ``expected``, ``value`` (their
    ratio) with ``lower`` and ``upper`` (Byar), ``missing`` (expected less registered, where that
    is above nought and the upper limit below 1, else 0), ``status``, ``reason``.

    Raises
    ------
    FairpracticeError
        When no area is in both.
    """
    ours = registered_here[registered_here["age_band"].isin(BANDS)]
    keys = ["sex", "age_band"]
    if set(living_here["sex"]) == {"all"}:
        ours = ours.assign(sex="all")
    ours = ours[ours["sex"].isin(set(living_here["sex"]))]
    both = living_here.merge(
        ours.groupby(["area_code", *keys], as_index=False)["registered"].sum(),
        on=["area_code", *keys],
        how="left",
    ).fillna({"registered": 0})
    areas = both.groupby("area_code")[["registered", "residents"]].sum()
    share = areas["registered"] / areas["residents"].where(areas["residents"] > 0)
    share = share[(share >= least_share) & (areas["registered"] > 0)]
    if share.empty:
        raise FairpracticeError(
            "No area of the register is in the table of residents",
            fix="Give residents of the areas and vintage that addresses are in, and a smaller "
            "least_share where few of them are registered.",
        )
    both = both[both["area_code"].isin(share.index)]
    both = both.assign(expected=both["residents"] * both["area_code"].map(share))
    found = both.groupby(keys, as_index=False)[["registered", "expected"]].sum()
    limits = rate(found, "registered", "expected", by=keys, levels=(confidence,), multiplier=1)[
        [*keys, "value", "lower", "upper", "status", "reason"]
    ]
    found = found.merge(limits, on=keys, how="left", validate="1:1")
    fewer = (found["expected"] - found["registered"]).where(found["upper"] < 1, 0.0)
    return found.assign(missing=fewer.clip(lower=0).round().astype(int))


def released(found: pd.DataFrame) -> pd.DataFrame:
    """Return the comparison as it may leave the team: small counts hidden, others rounded.

    The ratio is worked out again from the rounded count.
    """
    few = (found["registered"] > 0) & (found["registered"] <= HIDDEN_UP_TO)
    rounded = (found["registered"] / ROUNDED_TO + 0.5).astype(int) * ROUNDED_TO
    again = (rounded / found["registered"].where(found["registered"] > 0)).fillna(1.0)
    shown = found.assign(registered=rounded, expected=found["expected"].round())
    for name in ("value", "lower", "upper"):
        shown[name] = shown[name] * again
    shown["missing"] = (shown["missing"] / ROUNDED_TO + 0.5).astype(int) * ROUNDED_TO
    shown.loc[few, "status"] = "hidden"
    shown.loc[few, "reason"] = "too few people"
    numbers = ["registered", "expected", "value", "lower", "upper", "missing"]
    shown[numbers] = shown[numbers].astype(float)
    shown.loc[few, numbers] = None
    return shown
