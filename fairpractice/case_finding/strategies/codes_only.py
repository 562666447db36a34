"""Codes only: those with most codes of social need in the practice's own record."""

from fairpractice.case_finding.priority import Points
from fairpractice.case_finding.strategy import Strategy
from fairpractice.criteria import within
from fairpractice.record.topics import TOPICS


STRATEGY = Strategy(
    title="Codes only",
    why="A search that any practice can run today: a code of a social need, entered while such a "
    "need is usually believed.",
    points=tuple(
        Points(topic.label, within(topic.codelist, months=topic.freshness_months), 1)
        for topic in TOPICS.values()
        if topic.codelist
        and topic.freshness_months
        and not topic.sensitive
        and topic.id not in ("settled_home", "interpreter_need")
    ),
)
