"""Contact only: those who miss appointments, come to urgent care instead, or are not seen."""

from fairpractice.case_finding.priority import Points
from fairpractice.case_finding.strategy import Strategy
from fairpractice.criteria import appointments, registered, urgent_contacts


MISSED = appointments("did_not_attend", months=12)
URGENT = urgent_contacts(months=12)

STRATEGY = Strategy(
    title="Contact only",
    why="Trouble with contact is seen in every record, and is a sign of trouble elsewhere.",
    points=(
        Points("missed one", MISSED >= 1, 1),
        Points("missed two", MISSED >= 2, 1),
        Points("missed three", MISSED >= 3, 1),
        Points("urgent care once", URGENT >= 1, 1),
        Points("urgent care three times", URGENT >= 3, 1),
        Points(
            "not seen for two years",
            registered(months=24) & (appointments("attended", months=24) < 1),
            2,
        ),
    ),
)
