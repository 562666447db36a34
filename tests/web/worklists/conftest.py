"""What tests of worklists share: a record of their own, and few rules."""

import dataclasses
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from fairpractice.case_finding.rule import RULES, Rule
from fairpractice.codelists import load
from fairpractice.criteria import circumstance
from fairpractice.web.organisations.models import Organisation
from fairpractice.web.worklists import rules


FOUND = ("never-screened", "social-need-no-referral")
SHIPPED = RULES.load(load())


@pytest.fixture
def record(record_folder: Path, tmp_path: Path, settings: Any, practice: Organisation) -> Path:
    """A record of this test's own, which the service reads."""
    settings.RECORD = str(shutil.copytree(record_folder / "record", tmp_path / "record"))
    return Path(settings.RECORD)


@pytest.fixture
def few_rules(record: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Rule]:
    """Two rules that find somebody on the record; more can be added."""
    few: dict[str, Rule] = {name: SHIPPED[name] for name in FOUND}

    def rules_now() -> Mapping[str, Rule]:
        return few

    monkeypatch.setattr(rules, "rules", rules_now)
    return few


@pytest.fixture
def of_prison(few_rules: dict[str, Rule]) -> Rule:
    """A rule about something sensitive, which a network added."""
    shipped = SHIPPED["social-need-no-referral"]
    rule = dataclasses.replace(
        shipped, title="Left custody, not seen", finds=circumstance("prison"), outcomes={}
    )
    few_rules["custody"] = rule
    return rule
