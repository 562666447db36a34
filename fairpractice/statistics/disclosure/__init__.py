"""Disclosure control: the last stage over a whole release, after which it may leave the team."""

from fairpractice.statistics.disclosure.audit import audit, refuse
from fairpractice.statistics.disclosure.linked import Table
from fairpractice.statistics.disclosure.release import protect, protect_together
from fairpractice.statistics.disclosure.rule import HIDDEN_UP_TO, ROUNDED_TO, RULE, Rule
from fairpractice.statistics.disclosure.tabulate import tabulate


__all__ = [
    "HIDDEN_UP_TO",
    "ROUNDED_TO",
    "RULE",
    "Rule",
    "Table",
    "audit",
    "protect",
    "protect_together",
    "refuse",
    "tabulate",
]
