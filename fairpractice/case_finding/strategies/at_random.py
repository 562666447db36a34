"""At random: everybody as likely as everybody else."""

from fairpractice.case_finding.strategy import Strategy


STRATEGY = Strategy(
    title="At random",
    why="The least that any other way must do better than: places drawn by lot.",
    points=(),
    least=0,
)
