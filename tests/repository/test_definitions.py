"""Every shipped definition is whole: what it says of itself, and whom it draws to prove it."""

import datetime as dt
import re
from itertools import combinations

import pytest

from fairpractice import codelists
from fairpractice.case_finding.priority import PRIORITIES
from fairpractice.case_finding.rule import RULES
from fairpractice.criteria import spec
from fairpractice.criteria.english import english
from fairpractice.criteria.explain import explain
from fairpractice.measures.measure import MEASURES
from tests.filled import filled
from tests.reading import reads_well
from tests.repository.files import REPOSITORY
from tests.spec.test_language import can_be_unknown


SHIPPED = codelists.load()
MEASURES_SHIPPED = MEASURES.load(SHIPPED)
RULES_SHIPPED = RULES.load(SHIPPED)
PRIORITIES_SHIPPED = PRIORITIES.load(SHIPPED)
DEFINITIONS = {**MEASURES_SHIPPED, **RULES_SHIPPED, **PRIORITIES_SHIPPED}
LISTS = filled(SHIPPED, DEFINITIONS.values())
GRACE = dt.timedelta(days=92)
PROSE = ("title", "why", "source", "author", "notes", "action")

every_definition = pytest.mark.parametrize(
    "definition", DEFINITIONS.values(), ids=lambda found: found.id
)


@every_definition
def test_says_what_it_must(definition):
    assert re.fullmatch(r"[A-Z0-9][^.]*", definition.title), (
        "a title in sentence case, no full stop"
    )
    assert definition.why.endswith(".")
    assert len(definition.why.split()) > 12
    assert re.search(r"\d|NHS|NICE|Act", definition.source), "a source that can be found"
    assert definition.author == "fairpractice contributors"
    assert len(definition.notes.split()) > 10, "what it does not see"
    assert definition.tags


@every_definition
def test_is_read_again_in_time(definition):
    today = dt.date.today()
    assert definition.review_by + GRACE > today, "read it against its source, then move the date"
    assert definition.review_by < today + dt.timedelta(days=2 * 366)


@every_definition
def test_is_checked_by_a_role_or_not_at_all(definition):
    checked = definition.checked_by
    assert not checked or re.search(r"\d{4}-\d{2}-\d{2}", checked), "say when it was read"


@every_definition
def test_asks_nothing_sensitive(definition):
    assert not definition.sensitive


@every_definition
def test_says_so_when_it_is_not_available(definition):
    assert bool(definition.empty_lists(SHIPPED)) == ("known: add " in definition.notes)


@pytest.mark.parametrize("kind", [MEASURES_SHIPPED, RULES_SHIPPED], ids=["measures", "rules"])
def test_most_are_available(kind):
    available = [name for name, found in kind.items() if not found.empty_lists(SHIPPED)]
    assert len(available) >= 20
    assert len(kind) >= 25


@every_definition
def test_draws_people_in_out_and_missing(definition):
    drawn = spec.parse(definition.spec, LISTS, where=definition.id)
    starts = [name.partition(":")[0] for name in drawn.people]
    assert {"in", "out", "missing"} <= set(starts)
    answers = {name: answer.partition(",")[0] for name, answer in drawn.expected.items()}
    counted = set(answers.values()) - {"unknown", "not asked", "excepted"}
    assert len(counted) > 1, "one in, one out"
    assert "not asked" in answers.values(), "somebody whom it is not about"
    asked = [definition.population, *definition.counted.values()]
    if any(can_be_unknown(part) for part in asked):
        missing = {answers[name] for name in drawn.people if name.startswith("missing")}
        assert "unknown" in missing
    if definition.unless is not None:
        assert "excepted" in answers.values()


@every_definition
def test_draws_both_sides_of_every_window(definition):
    """Somebody with an entry just inside, and somebody with one just outside."""
    drawn = spec.parse(definition.spec, LISTS, where=definition.id)
    days = {
        (table, row[date])
        for table, date in (
            ("event", "date"),
            ("medication", "issued_on"),
            ("appointment", "start_date"),
            ("urgent_contact", "date"),
            ("social_fact", "recorded_on"),
        )
        for row in drawn.tables[table]
    }
    near = dt.timedelta(days=62)
    for expression in definition.counted.values():
        for part in expression.walk():
            rows = getattr(part, "rows", None)
            if rows is None or rows.window.months is None:
                continue
            edge, _ = rows.window.bounds(definition.on)
            beside = [day for table, day in days if table == rows.table and abs(day - edge) <= near]
            assert any(day > edge for day in beside), english(part, LISTS)
            assert any(day <= edge for day in beside), english(part, LISTS)


@every_definition
def test_shows_every_outcome_beside_somebody(definition):
    drawn = spec.parse(definition.spec, LISTS, where=definition.id)
    shown = {part for answer in drawn.expected.values() for part in answer.split(", ")[1:]}
    known = set(definition.outcomes_known(LISTS))
    if len(known) <= 6:  # of many that are made alike, some stand for all
        assert shown == known
    else:
        assert len(shown) >= 3


@every_definition
def test_reads_as_english(definition):
    asked = [*definition.asked.values(), *definition.outcomes.values()]
    phrases = [english(part, LISTS) for part in asked]
    prose = [getattr(definition, name, "") for name in PROSE]
    lines = [
        line
        for part in explain(definition, LISTS, today=definition.on)
        for line in (part.heading, *part.lines)
    ]
    for text in [*phrases, *prose, *lines]:
        assert reads_well(text.replace("_", "")), text
        assert text.count('"') % 2 == 0, text


def test_no_two_are_called_alike():
    for one, other in combinations(DEFINITIONS.values(), 2):
        assert one.title.lower() != other.title.lower()
        assert one.id != other.id


@pytest.mark.parametrize(
    "listing",
    [*RULES_SHIPPED.values(), *PRIORITIES_SHIPPED.values()],
    ids=lambda listing: listing.id,
)
def test_a_list_says_what_to_do_first(listing):
    assert len(listing.action.split()) > 10
    assert listing.action.endswith(".")


@every_definition
def test_names_lists_and_writes_no_code(definition):
    text = (REPOSITORY / definition.file).read_text(encoding="utf-8")
    assert not re.search(r"\b\d{6,18}\b", text)
