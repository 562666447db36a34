"""Rates, standardisation, inequality and disclosure control: on any table, knowing no patients.

Long tables in, long tables out: one row for each group and confidence level, with ``value``,
``confidence``, ``lower``, ``upper``, ``method``, ``status`` and ``reason``. Data never raise: a row
whose ``status`` is neither ``ok`` nor ``no_limits`` has no value, and says why.
"""

from fairpractice.statistics.disclosure import protect
from fairpractice.statistics.funnels import funnel, funnel_lines
from fairpractice.statistics.gaps import absolute_gap, relative_gap
from fairpractice.statistics.inequality import (
    relative_index_of_inequality,
    slope_index_of_inequality,
)
from fairpractice.statistics.means import mean, ratio_of_sums
from fairpractice.statistics.rates import proportion, rate
from fairpractice.statistics.reference_populations import european_standard_population_2013
from fairpractice.statistics.spc import control_chart, xmr, xmr_summary
from fairpractice.statistics.standardisation import directly_standardised_rate
from fairpractice.statistics.tables import STATUSES, as_table


__all__ = [
    "STATUSES",
    "absolute_gap",
    "as_table",
    "control_chart",
    "directly_standardised_rate",
    "european_standard_population_2013",
    "funnel",
    "funnel_lines",
    "mean",
    "proportion",
    "protect",
    "rate",
    "ratio_of_sums",
    "relative_gap",
    "relative_index_of_inequality",
    "slope_index_of_inequality",
    "xmr",
    "xmr_summary",
]
