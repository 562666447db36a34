"""Print how many GB a process takes at most that asks everything: ``python -m benchmarks.memory``."""

import resource
import sys
from pathlib import Path

from benchmarks.shipped import GROUPINGS
from fairpractice import codelists
from fairpractice.case_finding.rule import RULES
from fairpractice.measures.calculate import Run, count
from fairpractice.measures.measure import MEASURES
from fairpractice.record.dates import month_ends
from fairpractice.record.store import open_record


def main(folder: Path) -> None:
    """Count all shipped definitions at twelve month-ends."""
    lists = codelists.load()
    record = open_record(folder / "record")
    last = record.last_date()
    assert last is not None
    known = {**MEASURES.load(lists), **RULES.load(lists)}
    filled = {name: one for name, one in known.items() if not one.empty_lists(lists)}
    run = Run(lists, "fictional2025", folder / "definitions")
    count(filled, month_ends(last, 12), record, run, by=GROUPINGS)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
