"""Numbers as pictures: colours that colour-blind people can tell apart, limits always drawn.

Each function takes rows and returns an Altair chart; :func:`svg` and :func:`png` draw one without
a browser, and :func:`save` writes its words and its table beside it. A picture never stands alone:
whoever shows it puts its table and a sentence beside it. Pictures are narrow, so that on a
telephone their words stay readable, and no two things in one differ by colour alone.
"""

from fairpractice.reporting.charts.by_group import completeness, equiplot, forest, gradient
from fairpractice.reporting.charts.canvas import (
    ENDS_HIGH,
    LEAST,
    MOST,
    TEXT,
    Axis,
    Chart,
    Rows,
    axis,
    png,
    save,
    svg,
    unchecked,
)
from fairpractice.reporting.charts.concentration import concentration_curve
from fairpractice.reporting.charts.funnel_plot import funnel
from fairpractice.reporting.charts.over_time import over_time
from fairpractice.reporting.charts.process import control_chart


__all__ = [
    "ENDS_HIGH",
    "LEAST",
    "MOST",
    "TEXT",
    "Axis",
    "Chart",
    "Rows",
    "axis",
    "completeness",
    "concentration_curve",
    "control_chart",
    "equiplot",
    "forest",
    "funnel",
    "gradient",
    "over_time",
    "png",
    "save",
    "svg",
    "unchecked",
]
