"""Socially accountable primary care: know, find, act, share, listen, teach, learn.

What an analyst needs first stands here; each name is looked up when it is first used, so that
importing the package costs nothing::

    import datetime as dt
    import fairpractice as fp

    record = fp.open_record("pcn.record", purpose="planning")
    codelists = fp.load_codelists()
    measures = fp.MEASURES.load(codelists)
    counts = fp.count(measures, [dt.date(2026, 10, 31)], record, fp.Run(codelists), by=["sex"])
    frame = fp.values(counts, measures).to_pandas()
"""

import importlib
from typing import TYPE_CHECKING, Any


if TYPE_CHECKING:
    from fairpractice.case_finding.rule import RULES, Rule
    from fairpractice.case_finding.worklist import worklist
    from fairpractice.codelists import load as load_codelists
    from fairpractice.criteria.plan import ask
    from fairpractice.errors import FairpracticeError
    from fairpractice.measures.calculate import Run, count
    from fairpractice.measures.measure import MEASURES, Measure
    from fairpractice.measures.named_set import load_sets
    from fairpractice.measures.results import gaps, publishable, slopes, values
    from fairpractice.measures.trend import trend, trend_signals
    from fairpractice.record.store import open_record
    from fairpractice.reporting.named_set import answer_set

__version__ = "0.1.0"

_NAMES = {
    "FairpracticeError": "fairpractice.errors",
    "MEASURES": "fairpractice.measures.measure",
    "Measure": "fairpractice.measures.measure",
    "RULES": "fairpractice.case_finding.rule",
    "Rule": "fairpractice.case_finding.rule",
    "Run": "fairpractice.measures.calculate",
    "answer_set": "fairpractice.reporting.named_set",
    "ask": "fairpractice.criteria.plan",
    "count": "fairpractice.measures.calculate",
    "gaps": "fairpractice.measures.results",
    "load_codelists": "fairpractice.codelists:load",
    "load_sets": "fairpractice.measures.named_set",
    "open_record": "fairpractice.record.store",
    "publishable": "fairpractice.measures.results",
    "slopes": "fairpractice.measures.results",
    "trend": "fairpractice.measures.trend",
    "trend_signals": "fairpractice.measures.trend",
    "values": "fairpractice.measures.results",
    "worklist": "fairpractice.case_finding.worklist",
}

__all__ = [
    "MEASURES",
    "RULES",
    "FairpracticeError",
    "Measure",
    "Rule",
    "Run",
    "__version__",
    "answer_set",
    "ask",
    "count",
    "gaps",
    "load_codelists",
    "load_sets",
    "open_record",
    "publishable",
    "slopes",
    "trend",
    "trend_signals",
    "values",
    "worklist",
]


def __getattr__(name: str) -> Any:
    if name not in _NAMES:
        raise AttributeError(f"module 'fairpractice' has no attribute {name!r}")
    module, _, inside = _NAMES[name].partition(":")
    return getattr(importlib.import_module(module), inside or name)


def __dir__() -> list[str]:
    return __all__
