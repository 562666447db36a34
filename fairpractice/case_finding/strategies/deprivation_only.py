"""Deprivation only: the most deprived areas first."""

from fairpractice.case_finding.priority import InGroup, Points
from fairpractice.case_finding.strategy import Strategy


STRATEGY = Strategy(
    title="Deprivation only",
    why="Areas are known for everybody, and cost nothing to look up.",
    points=tuple(
        Points(f"fifth {fifth}", InGroup("imd_quintile", (str(fifth),)), 6 - fifth)
        for fifth in range(1, 6)
    ),
)
