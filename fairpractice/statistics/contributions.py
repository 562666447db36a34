"""The pieces of a concentration index that go with some factors, and how they vary together."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from fairpractice.errors import FairpracticeError
from fairpractice.statistics.arrays import Check
from fairpractice.statistics.cells import Cells, Floats, each_row, seen
from fairpractice.statistics.concentration_definitions import ABSOLUTE, RELATIVE, bounds_of
from fairpractice.statistics.concentration_errors import Fitted, area_influence
from fairpractice.statistics.gradient import Ranks, ranked
from fairpractice.statistics.survey import by_cluster, root
from fairpractice.statistics.tables import one_of


Definition = Literal["relative", "absolute", "wagstaff", "erreygers"]
Towards = Literal["towards_least_deprived", "towards_most_deprived"]
End = Literal["most_deprived", "least_deprived"]

INDICES = {
    "relative": RELATIVE["standard"],
    "absolute": ABSOLUTE["standard"],
    "wagstaff": RELATIVE["wagstaff"],
    "erreygers": ABSOLUTE["erreygers"],
}
UNEXPLAINED, TOTAL = "unexplained", "total"
METHOD = "linear regression, Taylor linearised"


@dataclass(frozen=True)
class Parts:
    """The pieces of each group's index, and how they vary together."""

    found: Cells
    beta: Floats
    means: Floats
    areas: Floats
    mean: Floats
    contribution: Floats
    """Groups × (factors, unexplained, total)."""
    error: Floats
    """The standard error of each."""
    spread: Floats
    """The covariance of elasticities, the factors' indices, what is unexplained and the total."""
    sign: float
    checks: list[Check]

    @property
    def elasticities(self) -> Floats:
        """How the value goes with each factor, both as shares of their means."""
        elasticity: Floats = self.beta * self.means / self.mean[:, None]
        return elasticity


def parts_of(
    data: Any,
    value: str,
    rank: str,
    factors: Sequence[str],
    definition: str,
    weight: str | None,
    stratum: str | None,
    cluster: str | None,
    lowest: float | None,
    highest: float | None,
    by: Sequence[str],
    multiplier: float,
    direction: str,
    lowest_rank: str,
    results: Sequence[str],
) -> Parts:
    """Return what each factor contributes to the index of each group.

    Raises
    ------
    FairpracticeError
        For arguments that cannot be meant.
    """
    one_of("definition", definition, tuple(INDICES))
    one_of("direction", direction, ("towards_least_deprived", "towards_most_deprived"))
    one_of("lowest_rank", lowest_rank, ("most_deprived", "least_deprived"))
    if not factors or len({*factors, UNEXPLAINED, TOTAL}) < len(factors) + 2:
        raise FairpracticeError(
            "Factors are columns of different names",
            fix=f"Name one or more in factors=, none of them {UNEXPLAINED!r} or {TOTAL!r}.",
        )
    if not multiplier > 0:
        raise FairpracticeError(
            f"The multiplier {multiplier} is not above zero", fix="Turn the sign with direction=."
        )
    index = INDICES[definition]
    a, b = bounds_of(definition, index.bounds, lowest, highest)
    columns = {
        "place": rank,
        "y": value,
        "w": weight,
        **{f"x{k}": name for k, name in enumerate(factors)},
    }
    found = each_row(data, by, columns, results, {"stratum": stratum, "cluster": cluster})
    if weight is not None:
        found = found.kept(found["w"] != 0)
    y = found["y"]
    w = found.columns.get("w", np.ones(len(y)))
    x = np.stack([found[f"x{k}"] for k in range(len(factors))], axis=1)
    of, checks = found.group, _checks(found, y, w, x, (a, b), definition)
    w = np.where(w > 0, w, 0.0)
    whole = found.total(w)
    mean = found.total(w * y) / whole
    means = np.stack([found.total(w * x[:, k]) / whole for k in range(x.shape[1])], axis=1)
    # Centred, so that the inverse keeps its figures; the intercept then is the mean.
    centred = x - means[of]
    beta, slopes, collinear = _regressed(found, w, y - mean[of], centred)
    residual = y - mean[of] - np.einsum("nk,nk->n", centred, beta[of])
    ranks = ranked(found, w)
    area, area_by = _area(found, ranks, w, y)
    pieces = [_area(found, ranks, w, x[:, k]) for k in range(x.shape[1])]
    areas = np.stack([piece[0] for piece in pieces], axis=1)
    areas_by = np.stack([piece[1] for piece in pieces], axis=1)
    beta_by = (w * residual)[:, None] * np.einsum("nk,nkm->nm", centred, slopes[of])
    mean_by = w * (y - mean[of]) / whole[of]
    means_by = (w / whole[of])[:, None] * centred
    f, g = index.factor(mean, a, b), index.slope(mean, a, b)
    each, all_of_it = f[:, None] * beta * areas, f * area
    each_by = (
        f[of][:, None] * (beta_by * areas[of] + beta[of] * areas_by)
        + (g[:, None] * beta * areas)[of] * mean_by[:, None]
    )
    all_by = f[of] * area_by + (g * area)[of] * mean_by
    rest, rest_by = all_of_it - each.sum(axis=1), all_by - each_by.sum(axis=1)
    contribution = np.concatenate([each, rest[:, None], all_of_it[:, None]], axis=1)
    contribution_by = np.concatenate([each_by, rest_by[:, None], all_by[:, None]], axis=1)
    turned = (lowest_rank == "least_deprived") != (direction == "towards_most_deprived")
    sign = -1.0 if turned else 1.0
    eta = beta * means / mean[:, None]
    eta_by = (beta_by * means[of] + beta[of] * means_by - eta[of] * mean_by[:, None]) / mean[of][
        :, None
    ]
    index_by = areas_by / means[of] - (areas / means**2)[of] * means_by
    spread = by_cluster(
        found,
        np.concatenate([eta_by, sign * index_by, sign * contribution_by[:, -2:]], axis=1),
    )
    variance = np.einsum("gkk->gk", by_cluster(found, contribution_by))
    checks.append((collinear, "invalid_input", "factors are constant, or determine one another"))
    return Parts(
        found, beta, means, areas, mean, contribution, root(variance), spread, sign, checks
    )  # fmt: skip


def _regressed(found: Cells, w: Floats, y: Floats, x: Floats) -> tuple[Floats, Floats, Any]:
    """Return coefficients, the inverse of Σ w x x′, and where there is none."""
    count = x.shape[1]
    squares = np.empty((found.size, count, count))
    for k in range(count):
        for m in range(k, count):
            squares[:, k, m] = squares[:, m, k] = found.total(w * x[:, k] * x[:, m])
    products = np.stack([found.total(w * x[:, k] * y) for k in range(count)], axis=1)
    size = np.sqrt(np.einsum("gkk->gk", squares))
    scaled = squares / (size[:, :, None] * size[:, None, :])
    good = np.isfinite(scaled).all(axis=(1, 2))
    scaled = np.where(good[:, None, None], scaled, np.eye(count))
    values = np.linalg.eigvalsh(scaled)
    good &= values[:, 0] > 1e-10 * values[:, -1]
    scaled = np.where(good[:, None, None], scaled, np.eye(count))
    inverse = np.linalg.inv(scaled) / (size[:, :, None] * size[:, None, :])
    inverse = np.where(good[:, None, None], inverse, np.nan)
    return np.einsum("gkm,gm->gk", inverse, products), inverse, ~good


def _area(found: Cells, ranks: Ranks, w: Floats, x: Floats) -> tuple[Floats, Floats]:
    """Return Σ share (2 rank − 1) x, and its influence values."""
    whole = ranks.people
    kernel = 2 * ranks.at - 1
    fit = Fitted(
        found=Cells(found.keys, found.group, found.size, {"s0": w, "s1": w * x}),
        ranks=ranks,
        weight=whole,
        mean=found.total(w * x) / whole,
        share=w / whole[found.group],
        kernel=kernel,
        h=(2 * ranks.high - 1, 2 * ranks.low - 1),
        area=found.total(w * kernel * x) / whole,
        factor=np.ones(found.size),
        slope=np.zeros(found.size),
    )
    coefficients = area_influence(fit)
    return fit.area, w * (coefficients[:, 0] + coefficients[:, 1] * x)


def _checks(
    found: Cells, y: Floats, w: Floats, x: Floats, bounds: tuple[float, float], definition: str
) -> list[Check]:
    place = found["place"]
    design = [found[name] for name in ("stratum", "cluster") if name in found.columns]
    every = np.stack([y, w, place, *x.T, *design], axis=1)
    missing, invalid = np.isnan(every), ~(np.isnan(every) | seen(every))
    rows = found.total(1.0)
    least, most = found.extreme(y, False), found.extreme(y, True)
    places = found.extreme(place, False) < found.extreme(place, True)
    mean = found.total(w * y)
    checks: list[Check] = [
        (found.total(missing.any(axis=1)) > 0, "missing_input", "something of a row is missing"),
        (
            found.total(invalid.any(axis=1) | (w < 0)) > 0,
            "invalid_input",
            "a number is infinite or too large, or a weight below zero",
        ),
        (rows == 0, "zero_denominator", "there are no rows"),
        (~places, "incomplete_groups", "there are fewer than two ranks"),
        ((least < bounds[0]) | (most > bounds[1]), "outside_scale", "a value is beyond its bounds"),
    ]
    if definition == "relative":
        checks += [
            (least < 0, "outside_scale", "a relative index needs values that are not below zero"),
            (mean <= 0, "zero_denominator", "the mean is zero"),
        ]
    return checks
