"""What tests of a network's figures share: a network with enough people for figures."""

import copy
import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from fairpractice.codelists import load
from fairpractice.engines.duckdb import connect
from fairpractice.measures.completeness import completeness
from fairpractice.measures.measure import MEASURES
from fairpractice.measures.named_set import Area, NamedSet, load_sets
from fairpractice.reporting import charts, network
from fairpractice.reporting.network import Network
from fairpractice.web.organisations.models import Organisation
from fairpractice.web.population import making
from fairpractice.web.population.models import Part, Release
from tests.support import networks


ASKED = ("cervical-screening", "ethnicity-recorded", "continuity-of-care")
LISTS = load()
FEW = {name: measure for name, measure in MEASURES.load(LISTS).items() if name in ASKED}
ADULTS = "core20plus5-adults"


@pytest.fixture
def few_measures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three measures in place of all, a set of one of them, and a trend of two dates."""
    _few(monkeypatch)
    monkeypatch.setattr(making, "TREND_MONTHS", 1)


def _few(patch: pytest.MonkeyPatch) -> None:
    shipped = load_sets(MEASURES.load(LISTS), LISTS)[ADULTS]
    areas = (Area("Early cancer diagnosis", "Diagnose early.", ("cervical-screening",)),)
    sets = {ADULTS: NamedSet(**{**vars(shipped), "areas": areas})}
    for module in (network, making):
        patch.setattr(module, "load_sets", lambda *_: sets)
    patch.setattr(type(MEASURES), "load", lambda *_: FEW)
    some = dict(list(completeness().items())[:6])
    patch.setattr(network, "completeness", lambda: some)


@pytest.fixture(scope="session")
def figures(tmp_path_factory: pytest.TempPathFactory) -> Network:
    """What is asked of 1,000 people, of whom fewer are screened the more deprived they are."""
    folder: Path = networks.edition(tmp_path_factory.mktemp("figures"))
    record = networks.record(connect(threads=2), 1_000)
    with pytest.MonkeyPatch.context() as patch:
        _few(patch)
        return network.population(
            record, networks.ON, edition="fictional2025", definitions=folder, months=14
        )


@pytest.fixture(scope="session")
def drawn(figures: Network) -> list[Part]:
    """The parts of the figures, drawn once."""
    with charts.unchecked():
        return making._parts(figures)


@pytest.fixture
def release(figures: Network, drawn: list[Part], practice: Organisation) -> Release:
    """The figures, shown of the network of ``practice``, which is one of the three in them."""
    Organisation.objects.filter(id=practice.id).update(code=networks.PRACTICES[0])
    for code in networks.PRACTICES[1:]:
        Organisation.objects.create(
            kind="practice", code=code, name=f"Surgery {code[-1]}", network=practice.network
        )
    return making._show(practice.network, figures, [copy.copy(each) for each in drawn], "asked")


@pytest.fixture
def in_november(monkeypatch: pytest.MonkeyPatch) -> dt.date:
    """A day on which October is the last whole month."""
    day = dt.date(2026, 11, 23)
    monkeypatch.setattr(making.timezone, "localdate", lambda *_: day)
    return day


def part_of(release: Release, name: str) -> Any:
    """Return a part of a release by the id of what it is about."""
    return release.parts.get(name=name)
