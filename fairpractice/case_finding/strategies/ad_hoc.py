"""Ad hoc: whom clinicians refer in consultations, as it happens today."""

from fairpractice.case_finding.strategy import REFERRED, Strategy


STRATEGY = Strategy(
    title="Ad hoc",
    why="What happens today: a clinician thinks of it in a consultation.",
    points=(),
    chosen_later=REFERRED,
)
