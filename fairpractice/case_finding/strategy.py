"""A strategy: one way of choosing whom to offer help, to be compared with others.

A strategy sees what a record holds and nothing else: it is a scheme of points like a priority's.
The one exception has no points: whom somebody else chose, as the record later tells.
"""

import importlib
import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fairpractice.case_finding import strategies
from fairpractice.case_finding.priority import Priority, Scheme
from fairpractice.criteria import age, registered, within
from fairpractice.criteria.tree import Criterion


REFERRED, DECLINED = "social-prescribing-referral", "social-prescribing-declined"


@dataclass(frozen=True, kw_only=True)
class Strategy(Scheme):
    """A scheme that is compared with others over the same people.

    Attributes
    ----------
    title, why
        What it is called, and who would choose so.
    chosen_later
        A codelist: those with an entry of it in the time after the day are the chosen.
    """

    title: str
    why: str
    population: Criterion = field(default_factory=lambda: registered() & age(18))
    set_aside: Mapping[str, Criterion] = field(
        default_factory=lambda: {
            "referred in the last 12 months": within(REFERRED, months=12),
            "declined in the last 6 months": within(DECLINED, months=6),
        }
    )
    chosen_later: str = ""


def shipped() -> dict[str, Strategy]:
    """Return the strategies of the folder by id: the name of the file, with hyphens."""
    found = {}
    for module in pkgutil.iter_modules(strategies.__path__):
        loaded: Any = importlib.import_module(f"{strategies.__name__}.{module.name}")
        found[module.name.replace("_", "-")] = loaded.STRATEGY
    return found


def of_priority(priority: Priority) -> Strategy:
    """Return the strategy of choosing by a priority."""
    scheme = {name: getattr(priority, name) for name in Scheme.__dataclass_fields__}
    return Strategy(title=priority.title, why=priority.why, **scheme)
