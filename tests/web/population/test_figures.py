"""A network's figures: what is shown was released, by letter, and the download has the same."""

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pyarrow.parquet as pq
import pytest
from django.urls import reverse

from fairpractice.errors import FairpracticeError
from fairpractice.reporting.network import Network
from fairpractice.reporting.release import numbers
from fairpractice.statistics.disclosure import audit, refuse
from fairpractice.web.core.access import Role
from fairpractice.web.organisations.models import Organisation
from fairpractice.web.population import drawing, making
from fairpractice.web.population.labels import labels
from fairpractice.web.population.models import Part, Release
from tests.support import networks
from tests.web.population.conftest import ADULTS, ASKED, part_of


pytestmark = pytest.mark.django_db
SCREENING = "cervical-screening"


@pytest.fixture
def lead(sign_in_as: Any, practice: Organisation) -> Any:
    """A network lead, signed in."""
    return sign_in_as(Role.NETWORK_LEAD, practice.network)


@pytest.fixture
def analyst(sign_in_as: Any, practice: Organisation) -> Any:
    """An analyst at one of the practices."""
    return sign_in_as(Role.ANALYST, practice)


def page(client: Any, part: Part) -> str:
    answer = client.get(reverse("population:part", kwargs={"part": part.address}))
    assert answer.status_code == 200
    return str(answer.content.decode())


def download(client: Any, part: Part) -> list[dict[str, str]]:
    answer = client.get(reverse("population:download", kwargs={"part": part.address}))
    assert answer.headers["Content-Type"].startswith("text/csv")
    return list(csv.DictReader(io.StringIO(answer.content.decode())))


def test_the_widest_gap_comes_first_in_words_and_numbers(lead: Any, release: Release) -> None:
    text = lead.get(reverse("population:overview")).content.decode()
    first = release.parts.filter(kind="measure").order_by("place").first()
    assert first.name == SCREENING
    most, least = (networks.SCREENED[fifth] for fifth in (1, 5))
    assert first.summary["most"].startswith(f"{100 * most:.1f}")
    assert first.summary["least"].startswith(f"{100 * least:.1f}")
    assert first.summary["gap"].startswith(f"+{100 * (least - most):.1f}")
    for words in (first.summary["said"], first.summary["gap"], "1,000 people at 3 practices"):
        assert words in text
    assert (
        text.index("Widest gaps") < text.index(first.summary["said"]) < text.index("All measures")
    )


def test_every_measure_is_shown_by_every_grouping_with_chart_table_and_words(
    lead: Any, release: Release, figures: Network
) -> None:
    part = part_of(release, SCREENING)
    text = page(lead, part)
    for heading in ("By deprivation", "By ethnic group", "By age", "Over time", "By practice",
                    "At month-ends", "The gap as a control chart"):  # fmt: skip
        assert heading in text, heading
    drawn = text.count('class="chart"')
    assert drawn == text.count("<figure") >= 6
    assert text.count('role="img" aria-label="') == drawn, "each says in words what it shows"
    assert text.count("<details") >= drawn, "each has its table"
    assert "style=" not in text


def test_practices_are_letters_and_ones_own_has_its_name(
    lead: Any, analyst: Any, release: Release, practice: Organisation
) -> None:
    part = part_of(release, SCREENING)
    seen = page(lead, part)
    for code in networks.PRACTICES:
        assert code not in seen
    assert set(re.findall(r"Practice [A-Z]\b", seen)) == {"Practice A", "Practice B", "Practice C"}
    own = page(analyst, part)
    assert set(re.findall(r"Practice [A-Z]\b", own)) == {"Practice A", "Practice B"}
    assert f"{practice.name}: " in own
    assert "Surgery 2" not in own


def test_letters_are_drawn_anew_for_each_part_and_release() -> None:
    drawn = {tuple(labels(None, uuid4(), networks.PRACTICES)) for _ in range(60)}
    assert len(drawn) == 6, "any order of three"


def test_a_download_has_the_figures_of_its_page_and_hides_what_it_hides(
    lead: Any, release: Release, figures: Network
) -> None:
    for name in ASKED:
        part = part_of(release, name)
        text, rows = page(lead, part), download(lead, part)
        hidden = [row for row in rows if row["status"] == "hidden"]
        assert all(row["value"] == row["numerator"] == row["denominator"] == "" for row in hidden)
        shown = {
            (row["by"], row["group"]): row
            for row in rows
            if row["on"] == release.on.isoformat() and row["value"]
        }
        assert shown
        for (by, group), row in shown.items():
            if by == "Practice":
                assert group in text
            if row["denominator"] and not group.startswith("gap"):
                assert f"{float(row['denominator']):,.0f}" in text, (name, by, group)
        released = {
            (row["grouping"], row["group"])
            for row in figures.figures.to_pylist()
            if row["definition"] == name and row["value"] is not None
        }
        assert {
            (row["grouping"], row["group"]) for row in part.rows if row["value"] is not None
        } <= (
            released | {(each, group) for each in ("imd_quintile",) for group in ("", drawing.GAP)}
        )


def test_nothing_that_is_stored_can_be_worked_out(release: Release) -> None:
    refuse(audit(numbers(pq.read_table(io.BytesIO(release.numbers)))))


def test_core20plus5_shows_each_measure_of_whom(lead: Any, release: Release) -> None:
    part = part_of(release, ADULTS)
    text = page(lead, part)
    for words in ("Core20: the most deprived fifth", "Minority ethnic groups", "Diagnose early"):
        assert words in text
    groups = {row["group"] for row in download(lead, part)}
    assert {"Everybody", "Core20: the most deprived fifth of areas"} <= groups
    assert "What is recorded" in page(lead, part_of(release, making.RECORDED))


def test_figures_are_those_of_ones_own_network(
    sign_in_as: Callable[..., Any], release: Release
) -> None:
    other = Organisation.objects.create(kind="network", code="U98", name="Another network")
    stranger = sign_in_as(Role.NETWORK_LEAD, other)
    part = part_of(release, SCREENING)
    for name in ("part", "download"):
        address = reverse(f"population:{name}", kwargs={"part": part.address})
        assert stranger.get(address).status_code == 404
    text = stranger.get(reverse("population:overview")).content.decode()
    assert "no figures of Another network yet" in text
    assert part.title not in text


@pytest.mark.usefixtures("few_measures", "in_november")
def test_figures_are_made_once_a_month_and_of_few_people_nothing_is_shown(
    lead: Any, people: Any, record_folder: Path
) -> None:
    [made] = making.make()
    assert made.release, made.why
    assert made.release.on.isoformat() == "2026-10-31"
    assert [each.release for each in making.make()] == [made.release], "they are there"
    for part in made.release.parts.all():
        for row in part.rows:
            assert row["numerator"] in (None, 0)
            assert row["denominator"] in (None, 0)
            assert row["value"] is None
    assert "No gap is so wide" in lead.get(reverse("population:overview")).content.decode()
    address = part_of(made.release, SCREENING).address
    [again] = making.make(again=True)
    assert again.release
    assert again.release != made.release
    assert part_of(again.release, SCREENING).address == address, "a bookmark stays"
    assert list(Release.objects.filter(state=Release.State.CURRENT)) == [again.release]


@pytest.mark.usefixtures("in_november")
def test_what_is_missing_is_said(people: Any, settings: Any, tmp_path: Path) -> None:
    settings.DEFINITIONS = str(tmp_path)
    [made] = making.make()
    assert made.release is None
    assert "has not been added" in made.why
    settings.RECORD = ""
    with pytest.raises(FairpracticeError, match="no record is named"):
        making.make()
