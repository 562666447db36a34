"""The figures of a named set, against people whose care is known."""

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from fairpractice.cli import run as run_verb
from fairpractice.codelists import load
from fairpractice.criteria import ever
from fairpractice.engines.duckdb import connect
from fairpractice.measures.calculate import Run
from fairpractice.measures.measure import MEASURES
from fairpractice.measures.named_set import Area, NamedSet, Plus
from fairpractice.measures.results import rows
from fairpractice.reporting.named_set import SetFigures, answer_set
from tests.support.networks import Planning, area


ON = dt.date(2026, 10, 31)
LISTS = load()
MEASURES_KNOWN = MEASURES.load(LISTS)
OURS = NamedSet(
    id="ours",
    title="Ours",
    about="",
    source="",
    checked_by="",
    review_by=ON,
    areas=(Area("Cancer", "", ("cervical-screening",)), Area("Teeth", "", (), "elsewhere")),
    plus=(
        Plus("Learning disability", ever("learning-disability")),
        Plus("Dementia", ever("dementia")),
        Plus("Veterans", ever("veteran")),
        Plus("Asian", grouping="ethnic_group", groups=("asian",)),
    ),
)


def women(
    number: int, fifth: int, screened: int, disabled: int = 0, demented: int = 0, indian: int = 0
) -> list[dict[str, Any]]:
    """Return some women of a fifth, the first of whom are screened, and so on from the last."""
    return [
        {
            "fifth": fifth,
            "screened": n < screened,
            "disabled": n >= number - disabled,
            "demented": n >= number - demented,
            "indian": n < indian,
        }
        for n in range(number)
    ]


def entry(codelist: str, number: int, category: str = "") -> dict[str, Any]:
    code = next(c for c in LISTS[codelist].codes if not category or c.category == category)
    day = dt.date(2026, 3, 1)
    return {"patient_id": number, "date": day, "code": code.code, "code_system": code.system}


@pytest.fixture(scope="module")
def figures(definitions: Path) -> SetFigures:
    people = [
        *women(100, 1, screened=40, disabled=30, demented=3, indian=20),
        *women(200, 4, screened=160, disabled=50, indian=100),
    ]
    tables: dict[str, list[dict[str, Any]]] = {
        name: [] for name in ("patient", "registration", "address", "event")
    }
    for number, woman in enumerate(people, start=1):
        own = {"patient_id": number}
        tables["patient"].append({**own, "birth_month": dt.date(1990, 5, 1), "sex": "female"})
        start = {"start_date": dt.date(2015, 1, 1)}
        tables["registration"].append({**own, "practice_code": "Y00001", **start})
        home = {"area_code": area(2 * woman["fifth"]), "area_vintage": "lsoa_2021"}
        tables["address"].append({**own, **home, **start})
        for codelist, has in (
            ("cervical-screening", "screened"),
            ("learning-disability", "disabled"),
            ("dementia", "demented"),
        ):
            if woman[has]:
                tables["event"].append(entry(codelist, number))
        if woman["indian"]:
            tables["event"].append(entry("ethnicity", number, "indian"))
    asked = Run(LISTS, "fictional2025", definitions)
    record = Planning(connect(threads=1), tables)
    return answer_set(OURS, MEASURES_KNOWN, record, ON, asked)


def shown(figures: SetFigures, grouping: str) -> dict[str, tuple[int | None, int | None]]:
    found = rows(figures.figures, definition="cervical-screening", grouping=grouping)
    return {row["group"]: (row["numerator"], row["denominator"]) for row in found}


def test_everybody_and_core20(figures: SetFigures) -> None:
    assert shown(figures, "all") == {"all": (200, 300)}
    assert shown(figures, "core20") == {"in": (40, 100), "others": (160, 200)}


def test_a_declared_group(figures: SetFigures) -> None:
    # In the first fifth none of the 30 is screened, in the fourth 10 of the 50.
    assert shown(figures, "plus 1") == {"in": (10, 80), "others": (190, 220)}


def test_some_groups_of_a_grouping(figures: SetFigures) -> None:
    assert shown(figures, "plus 4") == {"in": (120, 120), "others": (80, 180)}


def test_a_group_of_few_is_hidden_and_hides_nobody_else(figures: SetFigures) -> None:
    assert shown(figures, "plus 2")["in"] == (None, None)
    assert shown(figures, "all") == {"all": (200, 300)}
    (table,) = figures.tables()
    assert ["", "Dementia", "hidden"] in [list(row) for row in table.rows]


def test_a_group_whose_list_is_empty_says_so(figures: SetFigures) -> None:
    assert figures.unavailable == {"Veterans": "not available: list veteran is empty"}
    (table,) = figures.tables()
    assert "Veterans" not in {row[1] for row in table.rows}


def test_the_table_names_a_measure_once(figures: SetFigures) -> None:
    (table,) = figures.tables()
    assert table.caption == "Ours: Cancer"
    assert [row[0] for row in table.rows] == ["Cervical screening coverage", "", "", "", ""]
    assert table.rows[1][1:] == (
        ["Core20: the most deprived fifth of areas", "40.0\N{NO-BREAK SPACE}% (30.9 to 49.8)"]
    )
    assert figures.label("plus 1", "others") == "Learning disability: all others"


def test_a_measure_whose_list_is_empty_is_named(definitions: Path) -> None:
    of = replace(OURS, areas=(Area("Children", "", ("six-in-one-vaccination",)),), plus=())
    record = Planning(connect(threads=1), {})
    found = answer_set(of, MEASURES_KNOWN, record, ON, Run(LISTS, "fictional2025", definitions))
    assert found.unavailable == {
        "six-in-one-vaccination": "not available: list six-in-one-vaccination is empty"
    }
    assert list(found.tables()) == []


def test_the_verb_names_the_sets_there_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["core20plus5", "--record", str(tmp_path), "--on", "2026-10-31"]
    assert run_verb(["set", *given]) == 2
    said = capsys.readouterr().err
    assert "core20plus5-adults, core20plus5-children" in said
    assert "Did you mean core20plus5-" in said
