"""Rates, standardisation, inequality and disclosure control: on any table, knowing no patients.

Long tables in, long tables out: one row for each group and confidence level, with ``value``,
``confidence``, ``lower``, ``upper``, ``method``, ``status`` and ``reason``. Data never raise: a row
whose ``status`` is neither ``ok`` nor ``no_limits`` has no value, and says why.
"""

from fairpractice.statistics.attributable import (
    population_attributable_fraction,
    population_attributable_risk,
)
from fairpractice.statistics.changes import (
    decomposed_change_in_concentration_index,
    decomposed_change_in_mean,
)
from fairpractice.statistics.comparison import difference_between_groups
from fairpractice.statistics.concentration import (
    absolute_concentration_index,
    gini_coefficient,
    relative_concentration_index,
)
from fairpractice.statistics.decomposition import decomposed_concentration_index
from fairpractice.statistics.disclosure import protect
from fairpractice.statistics.dispersion import (
    between_group_standard_deviation,
    between_group_variance,
    coefficient_of_variation,
    index_of_disparity,
    mean_difference_from_best,
    mean_difference_from_mean,
    mean_difference_from_reference,
)
from fairpractice.statistics.entropy import mean_log_deviation, theil_index
from fairpractice.statistics.funnels import funnel, funnel_lines
from fairpractice.statistics.gaps import absolute_gap, relative_gap
from fairpractice.statistics.indirect import (
    indirectly_standardised_rate,
    indirectly_standardised_ratio,
)
from fairpractice.statistics.inequality import (
    relative_index_of_inequality,
    slope_index_of_inequality,
)
from fairpractice.statistics.life_expectancy import healthy_life_expectancy, life_expectancy
from fairpractice.statistics.maihda import intersections, intersections_summary
from fairpractice.statistics.means import mean, ratio_of_sums
from fairpractice.statistics.quantile_groups import quantile_groups
from fairpractice.statistics.ranges import absolute_range, relative_range
from fairpractice.statistics.rates import proportion, rate
from fairpractice.statistics.reference_populations import european_standard_population_2013
from fairpractice.statistics.spc import control_chart, xmr, xmr_summary
from fairpractice.statistics.standardisation import directly_standardised_rate
from fairpractice.statistics.tables import STATUSES, as_table


__all__ = [
    "STATUSES",
    "absolute_concentration_index",
    "absolute_gap",
    "absolute_range",
    "as_table",
    "between_group_standard_deviation",
    "between_group_variance",
    "coefficient_of_variation",
    "control_chart",
    "decomposed_change_in_concentration_index",
    "decomposed_change_in_mean",
    "decomposed_concentration_index",
    "difference_between_groups",
    "directly_standardised_rate",
    "european_standard_population_2013",
    "funnel",
    "funnel_lines",
    "gini_coefficient",
    "healthy_life_expectancy",
    "index_of_disparity",
    "indirectly_standardised_rate",
    "indirectly_standardised_ratio",
    "intersections",
    "intersections_summary",
    "life_expectancy",
    "mean",
    "mean_difference_from_best",
    "mean_difference_from_mean",
    "mean_difference_from_reference",
    "mean_log_deviation",
    "population_attributable_fraction",
    "population_attributable_risk",
    "proportion",
    "protect",
    "quantile_groups",
    "rate",
    "ratio_of_sums",
    "relative_concentration_index",
    "relative_gap",
    "relative_index_of_inequality",
    "relative_range",
    "slope_index_of_inequality",
    "theil_index",
    "xmr",
    "xmr_summary",
]
