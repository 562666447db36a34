"""That every service of a feed arrives, what is wrong costs little, and refuges stay outside."""

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairpractice.interoperability.open_referral import private, reading
from fairpractice.interoperability.open_referral.entities import TABLES


Reference = Callable[..., Path]
GOOD = (
    ("oruk-3.0", "mocks", "default"),
    ("oruk-3.0", "mocks", "warn"),
    ("oruk-3.0", "specification", "examples"),
    ("hsds-3.0", "examples"),
    ("hsds-3.1-dev", "examples"),
)
SERVICE = "ac148810-d857-441c-9679-408f346de14b"


def feed(reference: Reference, *folder: str) -> list[tuple[str, bytes]]:
    """Return the files of a reference feed."""
    found = reference("openreferral", *folder)
    return [(path.name, path.read_bytes()) for path in sorted(found.glob("*.json"))]


def one(name: str, document: Any) -> reading.Feed:
    """Read one document."""
    return reading.read([(name, json.dumps(document).encode())])


def services_in(value: Any) -> set[str]:
    """Return the ids of the services anywhere in a document: a second, simple way to find them."""
    found: set[str] = set()
    if isinstance(value, list):
        found.update(*map(services_in, value)) if value else None
    elif isinstance(value, dict):
        if "status" in value and "organization" in value and value.get("name"):
            found.add(value["id"])
        for each in value.values():
            found |= services_in(each)
    return found


@pytest.mark.parametrize("folder", GOOD, ids="/".join)
def test_every_service_of_a_good_feed_arrives_and_no_row_is_lost(
    reference: Reference, folder: tuple[str, ...]
) -> None:
    files = feed(reference, *folder)
    read = reading.read(files)
    there = {each for _, content in files for each in services_in(json.loads(content))}
    assert there
    assert set(read.rows["service"]) == there
    assert {each.cost for each in read.faults} <= {"nothing", "value"}


@pytest.mark.parametrize("folder", GOOD, ids="/".join)
def test_what_is_in_a_file_is_told_by_its_keys_where_its_name_does_not_say(
    reference: Reference, folder: tuple[str, ...]
) -> None:
    files = feed(reference, *folder)
    unnamed = [(f"{number}.json", content) for number, (_, content) in enumerate(files)]
    assert reading.read(unnamed).rows == reading.read(files).rows


def test_the_failing_feed_loses_only_its_bad_rows_and_says_which(reference: Reference) -> None:
    files = feed(reference, "oruk-3.0", "mocks", "fail")
    read = reading.read(files)
    lost = {(each.file, each.place, each.reason) for each in read.faults if each.cost == "row"}
    assert lost == {
        ("service_list.json", f"contents[{number}]", "it has no name") for number in range(4)
    }
    listed = json.loads(dict(files)["service_list.json"])["contents"]
    assert {each["organization"]["id"] for each in listed} <= set(read.rows["organization"])
    values = {(e.file, e.place) for e in read.faults if e.cost == "value"}
    assert {("service_full.json", "url"), ("service_full.json", "email")} <= values
    alone = reading.read([("service_full.json", dict(files)["service_full.json"])])
    kept = alone.rows["service"][SERVICE]
    assert kept["name"] == "Community Counselling"
    assert "url" not in kept
    assert "email" not in kept


def test_values_become_what_their_columns_are(reference: Reference) -> None:
    files = feed(reference, "hsds-3.1-dev", "examples")
    read = reading.read(each for each in files if each[0] != "tabular.json")
    service = read.rows["service"][SERVICE]
    assert (service["minimum_age"], service["assured_date"]) == (12, "2005-01-01")
    assert dt.datetime.fromisoformat(service["last_modified"]).tzinfo
    (capacity,) = read.rows["service_capacity"].values()
    assert isinstance(capacity["unit"], str)
    assert capacity["service_id"] == SERVICE
    (joined,) = read.rows["service_at_location"].values()
    assert joined["service_id"] == SERVICE
    assert joined["location_id"] in read.rows["location"]
    said_of = {(row["link_entity"], row["link_id"]) for row in read.rows["attribute"].values()}
    assert all(link in read.rows[entity] for entity, link in said_of)


def test_what_the_standard_does_not_know_is_kept_and_counted() -> None:
    read = one("services.json", [{"id": SERVICE, "name": "A", "status": "active", "mood": "good"}])
    assert read.rows["service"][SERVICE]["extra"] == {"mood": "good"}
    assert read.unknown == {"service.mood": 1}


def test_a_byte_order_mark_is_tolerated() -> None:
    content = json.dumps({"id": SERVICE, "name": "A", "status": "active"}).encode("utf-8-sig")
    assert reading.read([("service.json", content)]).rows["service"][SERVICE]["name"] == "A"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"{", "it is not JSON"),
        (b'{"a": NaN}', "it is not JSON"),
        (b"\xff\xfe", "it is not text in UTF-8"),
        (b"[" * 100_000, "it is nested too deeply"),
        (b"3", "it has no list or object of the standard"),
        (b'[{"id": "1", "name": "What am I"}]', "nothing says what is in it"),
    ],
)
def test_a_file_that_cannot_be_read_costs_that_file(content: bytes, reason: str) -> None:
    good = ("service.json", json.dumps({"id": SERVICE, "name": "A", "status": "active"}).encode())
    read = reading.read([("broken.json", content), good])
    assert set(read.rows["service"]) == {SERVICE}
    assert [(each.file, each.reason, each.cost) for each in read.faults] == [
        ("broken.json", reason, "file")
    ]


def test_what_is_met_again_adds_to_what_was_said() -> None:
    bare = {"id": SERVICE, "name": "A", "status": "active"}
    full = {**bare, "minimum_age": 18, "alert": ""}
    read = reading.read(
        [
            ("service_list.json", json.dumps({"contents": [full]}).encode()),
            ("service.json", json.dumps(bare).encode()),
        ]
    )
    assert read.rows["service"] == {SERVICE: {"name": "A", "status": "active", "minimum_age": 18}}


def test_pages_that_are_missing_are_said() -> None:
    item = {"id": SERVICE, "name": "A", "status": "active"}
    read = one("services.json", {"total_items": 3, "contents": [item]})
    assert [(each.place, each.cost) for each in read.faults] == [("services", "nothing")]
    assert "3, and have 1" in read.faults[0].reason


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                sorted({k for t in TABLES.values() for k in (*t.columns, *t.many, "id")})
            ),
            inner,
            max_size=6,
        )
    ),
    max_leaves=25,
)


@given(anything, st.sampled_from(["services.json", "organization.json", "feed.json"]))
def test_whatever_is_in_a_file_it_is_read_or_said(document: Any, name: str) -> None:
    read = one(name, {"contents": document} if isinstance(document, list) else document)
    json.dumps(read.rows, allow_nan=False).encode()
    for entity, rows in read.rows.items():
        for key, row in rows.items():
            assert str(UUID(key)) == key
            assert all(needed in row for needed in TABLES[entity].needed)
    found = sum(map(len, read.rows.values()))
    met = sum(read.read.values())
    lost = sum(each.cost == "row" for each in read.faults)
    assert found <= met
    if met and not found:
        assert lost


def refuge(**also: Any) -> dict[str, Any]:
    """Return a service with a place, a telephone number and somebody to ask for."""
    return {
        "id": SERVICE,
        "name": "Rose House",
        "status": "active",
        "organization": {"id": str(UUID(int=7)), "name": "A housing trust"},
        "phones": [{"id": str(UUID(int=8)), "number": "01632 960001"}],
        "contacts": [
            {
                "id": str(UUID(int=9)),
                "name": "Colleague 1",
                "phones": [{"id": str(UUID(int=10)), "number": "01632 960002"}],
            }
        ],
        "service_at_locations": [
            {
                "id": str(UUID(int=11)),
                "location": {
                    "id": str(UUID(int=12)),
                    "location_type": "physical",
                    "addresses": [{"id": str(UUID(int=13)), "address_1": "1 Hidden Lane"}],
                    "phones": [{"id": str(UUID(int=14)), "number": "01632 960003"}],
                },
            }
        ],
        **also,
    }


def said_of(name: str) -> list[dict[str, Any]]:
    """Return the attributes of a service that has a term."""
    term = {"id": str(UUID(int=21)), "name": name, "description": name}
    return [{"id": str(UUID(int=20)), "taxonomy_term": term}]


TELLING: list[dict[str, Any]] = [
    {"name": "Rose House refuge"},
    {"description": "A safe-house for women and children"},
    {"alert": "For anybody fleeing a violent partner"},
    {"application_process": "Ring us. The address is withheld."},
    {"attributes": said_of("Domestic Abuse")},
    {"attributes": said_of("domestic_violence")},
    {"attributes": said_of("Domestic and sexual\nabuse")},
    {"attributes": said_of("Help Escape Violence")},
    {"attributes": said_of("Human Trafficking Survivors")},
    {"organization": {"id": str(UUID(int=7)), "name": "Fairport Women’s Aid"}},
    {"house_rules": {"for": ["survivors of sexual violence"]}},
    {
        "service_at_locations": [
            {
                "id": str(UUID(int=11)),
                "location": {
                    "id": str(UUID(int=12)),
                    "location_type": "redacted",
                    "addresses": [{"id": str(UUID(int=13)), "address_1": "1 Hidden Lane"}],
                },
            }
        ]
    },
]


@pytest.mark.parametrize("telling", TELLING)
def test_a_refuge_leaves_nothing_but_a_count(telling: dict[str, Any]) -> None:
    rows, count = private.without(one("service.json", refuge(**telling)).rows)
    assert count == 1
    left = {name: found for name, found in rows.items() if found}
    assert set(left) <= {"taxonomy_term"}
    assert not any(word in json.dumps(left) for word in ("Rose", "Hidden", "01632", "Colleague"))


def test_another_service_of_the_same_organisation_stays_without_the_refuges_place() -> None:
    also = {
        "id": str(UUID(int=30)),
        "name": "Advice on rent",
        "status": "active",
        "organization": {
            "id": str(UUID(int=7)),
            "name": "A housing trust",
            "description": "We also run the refuge at 1 Hidden Lane",
        },
        "service_at_locations": [
            {"id": str(UUID(int=31)), "location": {"id": str(UUID(int=12))}},
            {
                "id": str(UUID(int=32)),
                "location": {"id": str(UUID(int=33)), "name": "The town hall"},
            },
        ],
    }
    read = one("services.json", [refuge(description="A refuge"), also])
    rows, count = private.without(read.rows)
    assert count == 1
    assert set(rows["service"]) == {also["id"]}
    assert rows["organization"] == {str(UUID(int=7)): {"name": "A housing trust"}}
    assert [row["name"] for row in rows["location"].values()] == ["The town hall"]
    assert "Hidden" not in json.dumps(rows)


@pytest.mark.parametrize(
    "words",
    [
        "Help for refugees",
        "English for people fleeing war and seeking asylum",
        "Wellbeing walks",
        "Grapevine café",
        "Ring for our address",
        "Family support for alcohol abuse",
    ],
)
def test_words_that_only_look_like_it_do_not_tell(words: str) -> None:
    assert not private.tells(words)


def test_a_person_may_let_one_in_and_keep_one_out() -> None:
    read = one("service.json", refuge(name="The wildlife refuge"))
    rows, count = private.without(read.rows, let_in={SERVICE})
    assert (count, rows) == (0, {**rows, **read.rows})
    plain = one("service.json", refuge())
    assert private.without(plain.rows)[1] == 0
    rows, count = private.without(plain.rows, kept_out={SERVICE})
    assert (count, any(rows.values())) == (1, False)
