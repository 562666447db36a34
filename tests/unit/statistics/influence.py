"""How a statistic answers to each row's weight, found by changing it a little."""

from collections.abc import Callable
from typing import Any

import numpy as np


Index = Callable[[np.ndarray], float]


def influences(index: Index, weights: np.ndarray) -> np.ndarray:
    """Return weight × derivative of an index by each weight."""
    found = []
    for i, weight in enumerate(weights):
        step = 1e-5 * weight
        up, down = weights.copy(), weights.copy()
        up[i] += step
        down[i] -= step
        found.append(weight * (index(up) - index(down)) / (2 * step))
    return np.array(found)


def linearised(index: Index, weights: np.ndarray, stratum: Any = None, cluster: Any = None) -> Any:
    """Return the standard error of an index in a survey, written out stratum by stratum."""
    of_rows = influences(index, weights)
    stratum = np.zeros(len(weights)) if stratum is None else np.asarray(stratum)
    cluster = np.arange(len(weights)) if cluster is None else np.asarray(cluster)
    variance = 0.0
    for one in np.unique(stratum):
        inside = stratum == one
        sums = [of_rows[inside & (cluster == c)].sum() for c in np.unique(cluster[inside])]
        variance += len(sums) * np.var(sums, ddof=1)
    return np.sqrt(variance)


def ranks(x: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Return where each row stands, from 0 to 1, ties at the middle: by comparing all with all."""
    below = (w[None, :] * (x[None, :] < x[:, None])).sum(axis=1)
    level = (w[None, :] * (x[None, :] == x[:, None])).sum(axis=1)
    return (below + level / 2) / w.sum()
