"""The rules whose lists are made: those shipped and the local ones whose codelists have codes."""

import functools
import hashlib
from collections.abc import Mapping
from pathlib import Path
from uuid import UUID, uuid5

from django.conf import settings

from fairpractice.case_finding.rule import RULES, Rule
from fairpractice.web.core.access import SENSITIVE, Role, Viewer, purpose_of
from fairpractice.web.patients.record import codelists


def rules() -> Mapping[str, Rule]:
    """Return the rules by id. What is changed in their files, a process sees when it starts."""
    return _rules(settings.DEFINITIONS)


@functools.lru_cache(maxsize=1)
def _rules(definitions: str) -> Mapping[str, Rule]:
    lists = codelists()
    found = RULES.load(lists, Path(definitions))
    return {name: rule for name, rule in found.items() if not rule.empty_lists(lists)}


def sensitive() -> frozenset[str]:
    """Return the rules that ask about something sensitive."""
    return frozenset(name for name, rule in rules().items() if rule.sensitive)


def seen_by(viewer: Viewer) -> dict[str, Rule]:
    """Return the rules that exist for a viewer: the sensitive ones only if they may see them.

    For link workers those alone are that name them.
    """
    if viewer.role == Role.LINK_WORKER:
        return for_link_workers()
    if purpose_of(viewer.role, viewer.relationships, SENSITIVE):
        return dict(rules())
    return {name: rule for name, rule in rules().items() if name not in sensitive()}


def for_link_workers() -> dict[str, Rule]:
    """Return the rules whose people link workers take on: of none that asks what is sensitive."""
    shown = {name: rule for name, rule in rules().items() if rule.link_workers}
    return {name: rule for name, rule in shown.items() if name not in sensitive()}


def address_of(practice: UUID, rule: str) -> UUID:
    """Return what names a practice's list in an address, which says nothing of what it is about."""
    return uuid5(practice, rule)


def version() -> str:
    """Return a hash of the rules and codelists as they are."""
    told = [repr(sorted(rules().items()))]
    told += [f"{name} {each.sha256}" for name, each in codelists().items()]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()
