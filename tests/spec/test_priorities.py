"""Every shipped priority: on the people drawn in its spec, on every engine, and in words."""

import pytest

from fairpractice import codelists
from fairpractice.case_finding.in_words import explain_priority
from fairpractice.case_finding.priority import PRIORITIES, Priority
from fairpractice.criteria import spec
from fairpractice.criteria.tree import codelists_named
from fairpractice.engines import Engine
from tests.asking import by_engine
from tests.reading import reads_well


LISTS = codelists.load()
SHIPPED = PRIORITIES.load(LISTS)
every_priority = pytest.mark.parametrize("priority", SHIPPED.values(), ids=SHIPPED)


@every_priority
def test_spec_holds_on_engine(priority: Priority, engine: Engine) -> None:
    drawn = spec.parse(priority.spec, LISTS, where=priority.id)
    asked = spec.asked(priority, LISTS)
    found = by_engine(engine, drawn.tables, asked, [priority.on], LISTS)
    verdicts = {
        person: spec.said(priority, {part: found[part, patient_id, priority.on] for part in asked})
        for person, patient_id in drawn.people.items()
    }
    assert verdicts == drawn.expected


@every_priority
def test_spec_holds_as_explain_checks_it(priority: Priority) -> None:
    assert spec.differences(priority, LISTS) == []


@every_priority
def test_every_reason_and_every_ground_for_setting_aside_is_drawn(priority: Priority) -> None:
    drawn = spec.parse(priority.spec, LISTS)
    shown = {part for answer in drawn.expected.values() for part in answer.split(", ")[1:]}
    assert {each.label for each in priority.points} | {*priority.set_aside} <= shown
    assert {"excepted", "unknown", "not asked", "yes", "no"} <= {
        answer.partition(",")[0] for answer in drawn.expected.values()
    }


@every_priority
def test_each_reason_has_a_name_of_its_own_and_codes(priority: Priority) -> None:
    labels = [each.label for each in priority.points]
    assert len(labels) == len({*labels})
    assert not priority.empty_lists(LISTS)
    assert all(
        LISTS[name].status != "empty"
        for each in priority.points
        for name in codelists_named(each.of)
    )


@every_priority
def test_it_is_told_in_words_with_its_points_and_places(priority: Priority) -> None:
    parts = explain_priority(priority, LISTS, today=priority.on)
    headings = [part.heading for part in parts]
    points = parts[headings.index("Points, added up")].lines
    assert len(points) == len(priority.points)
    for each, line in zip(priority.points, points, strict=True):
        assert line.startswith(f"{each.points:+g} {each.label}: ")
    kept = parts[headings.index("Who gets a place")].lines
    assert len(kept) == 2 + len(priority.minima) + priority.by_practice
    for part in parts:
        for line in part.lines:
            assert reads_well(line), line
