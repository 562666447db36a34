"""Statistical process control: is a change over time more than chance, and which rule says so?

One stage for all charts: rows are grouped and put in order, cut into parts that have limits of
their own (:mod:`.series`), given limits, and looked over for what chance hardly does
(:mod:`.signals`).
"""

from fairpractice.statistics.spc.control_charts import CHARTS, control_chart
from fairpractice.statistics.spc.xmr_chart import RULES, xmr, xmr_summary


__all__ = ["CHARTS", "RULES", "control_chart", "xmr", "xmr_summary"]
