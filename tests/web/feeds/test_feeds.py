"""What others send: matched here alone, looked at, accepted once, settled, and taken back."""

import hashlib
import io
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse

from fairpractice.errors import FairpracticeError
from fairpractice.record.topics import SENSITIVE
from fairpractice.web.core import access
from fairpractice.web.core.access import Role
from fairpractice.web.core.locking import Conflict
from fairpractice.web.core.models import Entry
from fairpractice.web.core.uploads import LARGEST
from fairpractice.web.feeds import actions, matching
from fairpractice.web.feeds.models import File, Line, Source
from fairpractice.web.organisations.models import Organisation
from fairpractice.web.patients import actions as recording
from fairpractice.web.patients.actions import Statement
from fairpractice.web.patients.models import Patient, SocialFact
from tests.web import feed, support


pytestmark = pytest.mark.django_db


@pytest.fixture
def coder(sign_in_as: Any) -> Any:
    client = sign_in_as(Role.CODER)
    client.viewer = replace(client.viewer, purpose=access.DIRECT_CARE)
    return client


@pytest.fixture
def source(coder: Any) -> Source:
    return feed.agreed(coder.viewer)


def upload(coder: Any, source: Source, data: bytes, name: str = "facts.csv", **more: Any) -> Any:
    sent = {"token": uuid4(), "file": SimpleUploadedFile(name, data), **more}
    return coder.post(reverse("feeds:send", kwargs={"source": source.id}), sent)


def lines(person: Patient, stranger: Patient, twin: Patient) -> list[dict[str, str]]:
    """A line of each kind: what is sure, held for two reasons, aside for three, and wrong."""
    return [
        feed.line_of(person),
        feed.line_of(person, born="1984-03-28"),
        feed.line_of(twin, number=""),
        feed.line_of(stranger),
        feed.line_of(person),
        feed.line_of(person, status="perhaps"),
        feed.line_of(person, topic="debt", status="absent"),
    ]


def test_what_a_file_would_do_is_shown_and_adds_up(
    coder: Any, source: Source, person: Patient, people: Any, stranger: Patient
) -> None:
    sent = lines(person, stranger, people[support.PRACTICE][1])
    answer = upload(coder, source, feed.file_of(sent))
    assert answer.status_code == 302
    file = File.objects.get()
    assert actions.counts(file) == {"store": 2, "held": 2, "aside": 2, "refused": 1}
    why = dict(file.lines.values_list("number", "why"))
    assert why == {
        2: "", 3: matching.OTHER_BIRTH, 4: matching.BY_NAME, 5: matching.NOBODY,
        6: matching.TWICE, 7: "The status is neither present nor absent.", 8: "",
    }  # fmt: skip
    page = coder.get(answer["Location"]).content.decode()
    assert "Accept: record 2 facts" in page
    assert not SocialFact.objects.exists(), "nothing is recorded yet"
    assert stranger.name not in page
    assert stranger.nhs_number not in page


def test_a_person_of_another_practice_and_nobody_are_alike(
    coder: Any, source: Source, person: Patient, stranger: Patient
) -> None:
    """Nothing tells who is registered elsewhere, neither on a page nor in the database."""
    unknown = feed.line_of(person, number="9990000069", family="Nobody", born="1999-01-01")
    file = feed.received(coder.viewer, source, [feed.line_of(stranger), unknown])
    kept = [
        (each.outcome, each.why, each.patient_id, each.topic, each.status, each.named)
        for each in file.lines.all()
    ]
    assert kept == [("aside", matching.NOBODY, None, "", "", None)] * 2


def test_accepted_it_is_on_the_portrait_with_its_source_and_ground(
    coder: Any, source: Source, person: Patient
) -> None:
    file = feed.received(coder.viewer, source, [feed.line_of(person)])
    address = reverse("feeds:accept", kwargs={"file": file.id})
    for _ in range(2):
        assert coder.post(address, {"version": 1}).status_code == 302
    fact = SocialFact.objects.get()
    assert (fact.route, fact.lawful_basis) == ("external", "sharing_agreement")
    assert fact.source_organisation.name == "A council"
    assert fact.recorded_on == support.ago(10)
    page = coder.get(reverse("patients:portrait", kwargs={"patient": person.id})).content
    assert b"A housing problem" in page
    entry = Entry.objects.get(act=access.ACCEPT)
    assert entry.detail == {"file": str(file.id), "recorded": 1}


def test_the_same_file_again_is_the_one_that_is_there(
    coder: Any, source: Source, person: Patient
) -> None:
    data = feed.file_of([feed.line_of(person)])
    answers = {upload(coder, source, data)["Location"] for _ in range(2)}
    assert len(answers) == 1
    assert File.objects.get().fingerprint == hashlib.sha256(data).hexdigest()
    later = feed.received(coder.viewer, source, [feed.line_of(person), feed.line_of(person)])
    actions.accept(coder.viewer, File.objects.exclude(id=later.id).get(), 1)
    assert actions.accept(coder.viewer, later, 1) == 0, "the source had said so before"
    assert SocialFact.objects.count() == 1
    assert actions.counts(later) == {"store": 0, "held": 0, "aside": 2, "refused": 0}


def test_nothing_enters_without_an_agreement_in_force(coder: Any, person: Patient) -> None:
    data = feed.file_of([feed.line_of(person)])
    over = feed.agreed(coder.viewer, ends_on=support.TODAY)
    assert b"not in force" in upload(coder, over, data).content
    still = feed.agreed(coder.viewer, begins_on=support.TODAY + timedelta(days=1))
    assert b"not in force" in upload(coder, still, data).content
    assert not File.objects.exists()
    ending = feed.agreed(coder.viewer)
    file = feed.received(coder.viewer, ending, [feed.line_of(person)])
    Source.objects.filter(id=ending.id).update(ends_on=support.TODAY)
    answer = coder.post(reverse("feeds:accept", kwargs={"file": file.id}), {"version": 1})
    assert b"not in force" in answer.content
    assert not SocialFact.objects.exists()


@pytest.mark.parametrize("topics", [[], [SENSITIVE[0]], ["debt", SENSITIVE[1]]])
def test_no_agreement_is_about_what_is_sensitive(coder: Any, topics: list[str]) -> None:
    with pytest.raises(FairpracticeError, match="never sent in a file"):
        feed.agreed(coder.viewer, topics=topics)


def test_undone_exactly_its_facts_are_taken_back(
    coder: Any, source: Source, person: Patient
) -> None:
    said = Statement("debt", "present", "asked", "direct_care")
    own = recording.record_fact(coder.viewer, person, said, uuid4())
    sent = [feed.line_of(person), feed.line_of(person, topic="debt")]
    file = feed.received(coder.viewer, source, sent)
    actions.accept(coder.viewer, file, 1)
    corrected = SocialFact.objects.get(topic="housing_problem")
    recording.correct_fact(
        coder.viewer, corrected, replace(said, topic="housing_problem"), "", uuid4()
    )
    address = reverse("feeds:undo", kwargs={"file": file.id})
    assert b"Say why" in coder.post(address, {"version": 2}).content
    for _ in range(2):
        sent_twice = {"version": 2, "reason": "the wrong month"}
        assert coder.post(address, sent_twice).status_code == 302
    (back,) = SocialFact.objects.filter(retracted=True)
    assert back.corrects.topic == "debt"
    assert back.corrects_id != own.id
    assert back.reason == "the wrong month"
    entry = Entry.objects.get(act=access.UNDO)
    assert entry.detail == {"file": str(file.id), "taken back": 1, "left": 1}
    again = feed.received(coder.viewer, source, sent)
    assert again.id != file.id, "a file that was undone may come again"


@pytest.mark.parametrize("before", [True, False])
def test_what_is_held_is_settled_side_by_side(
    before: bool, coder: Any, source: Source, person: Patient
) -> None:
    file = feed.received(coder.viewer, source, [feed.line_of(person, born="1984-03-28")])
    line = file.lines.get()
    address = reverse("feeds:line", kwargs={"file": file.id, "line": line.id})
    page = coder.get(address).content.decode()
    assert "1984-03-28" in page
    assert "1984-03-27" in page
    if before:
        actions.accept(coder.viewer, file, 1)
    assert coder.post(address, {"version": 1, "whom": person.id}).status_code == 302
    file.refresh_from_db()
    if not before:
        assert not SocialFact.objects.exists()
        actions.accept(coder.viewer, file, file.version)
    assert SocialFact.objects.get().patient == person
    line.refresh_from_db()
    assert line.named is None, "whom the file named is forgotten"


def test_of_two_who_settle_one_line_the_second_is_told(
    coder: Any, source: Source, person: Patient
) -> None:
    file = feed.received(coder.viewer, source, [feed.line_of(person, born="1984-03-28")])
    line = file.lines.get()
    address = reverse("feeds:line", kwargs={"file": file.id, "line": line.id})
    assert coder.post(address, {"version": 1, "whom": "nobody"}).status_code == 302
    assert coder.post(address, {"version": 1, "whom": person.id}).status_code == 409
    with pytest.raises(Conflict):
        actions.settle(coder.viewer, line, person, 1)
    with pytest.raises(Conflict):
        actions.accept(coder.viewer, file, 1)  # it is not as it was looked at


def test_a_line_cannot_be_settled_to_somebody_who_is_not_like_it(
    coder: Any, source: Source, person: Patient, stranger: Patient, people: Any
) -> None:
    file = feed.received(coder.viewer, source, [feed.line_of(person, born="1984-03-28")])
    address = reverse("feeds:line", kwargs={"file": file.id, "line": file.lines.get().id})
    for other in (stranger, people[support.PRACTICE][1]):
        answer = coder.post(address, {"version": 1, "whom": other.id})
        assert b"Choose whom it is about" in answer.content
    assert file.lines.get().outcome == "held"


def test_who_has_moved_away_since_is_not_recorded(
    coder: Any, source: Source, person: Patient, other_practice: Organisation
) -> None:
    file = feed.received(coder.viewer, source, [feed.line_of(person)])
    Patient.objects.filter(id=person.id).update(practice=other_practice)
    assert actions.accept(coder.viewer, file, 1) == 0
    assert file.lines.get().why == matching.GONE


def test_a_hidden_fact_changes_nothing_of_what_a_file_shows(
    coder: Any, source: Source, person: Patient
) -> None:
    council = source.partner
    said = Statement("housing_problem", "present", "external", "direct_care")
    hidden = recording.record_fact(
        coder.viewer, person, replace(said, sensitivity="sensitive"), uuid4()
    )
    SocialFact.objects.filter(id=hidden.id).update(
        source_organisation=council, recorded_on=support.ago(10)
    )
    file = feed.received(coder.viewer, source, [feed.line_of(person)])
    assert actions.counts(file)["store"] == 1


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", b"It is empty"),
        (b"PK\x03\x04" * 9, b"whatever its name says"),
        (b"x,y\n1,2\n", b"no column called"),
        (b"x" * (LARGEST + 1), b"larger than 5 MB"),
    ],
)
def test_a_file_that_is_none_is_refused_and_nothing_else_changes(
    coder: Any, source: Source, data: bytes, said: bytes
) -> None:
    answer = upload(coder, source, data)
    assert answer.status_code == 200
    assert said in answer.content
    assert not File.objects.exists()


class Endless(io.RawIOBase):
    """So many bytes of a form with a file, none of which is in memory."""

    def __init__(self, start: bytes, size: int) -> None:
        self.start, self.left = start, size

    def read(self, size: int = -1) -> bytes:
        size = min(self.left, size if size >= 0 else self.left)
        self.left -= size
        given, self.start = self.start[:size], self.start[size:]
        return given + b"x" * (size - len(given))


def test_two_hundred_megabytes_are_refused_kindly(coder: Any, source: Source) -> None:
    start = (
        b'--edge\r\nContent-Disposition: form-data; name="file"; filename="facts.csv"\r\n'
        b"Content-Type: text/csv\r\n\r\n"
    )
    size = 200 * 1024 * 1024
    answer = coder.generic(
        "POST",
        reverse("feeds:send", kwargs={"source": source.id}),
        content_type="multipart/form-data; boundary=edge",
        **{"wsgi.input": Endless(start, size), "CONTENT_LENGTH": str(size)},
    )
    assert answer.status_code == 200
    assert b"larger than 5 MB" in answer.content


def test_the_database_holds_nobody_by_name_and_the_file_not_at_all(
    coder: Any, source: Source, person: Patient, stranger: Patient, people: Any
) -> None:
    sent = lines(person, stranger, people[support.PRACTICE][1])
    feed.received(coder.viewer, source, sent)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT l::text FROM feeds_line l UNION ALL SELECT f::text FROM feeds_file f"
        )
        held = "".join(row[0] for row in cursor.fetchall())
    assert not [word for word in ("Testperson", "999000", "1984") if word in held]


def test_a_page_asks_the_database_a_few_things_whatever_the_lines(
    coder: Any, source: Source, person: Patient, django_assert_max_num_queries: Any
) -> None:
    sent = [feed.line_of(person, on=support.ago(day).isoformat()) for day in range(1, 101)]
    with django_assert_max_num_queries(13):
        file = feed.received(coder.viewer, source, sent)
    with django_assert_max_num_queries(13):
        coder.get(reverse("feeds:file", kwargs={"file": file.id}))
    with django_assert_max_num_queries(11):
        assert actions.accept(coder.viewer, file, 1) == 100


def test_an_administrator_puts_an_agreement_on_file_once(sign_in_as: Any, practice: Any) -> None:
    council = Organisation.objects.create(kind="partner", code="C1", name="A council")
    client = sign_in_as(Role.ADMINISTRATOR, practice.network)
    address = reverse("feeds:agreements")
    sent = {
        "token": uuid4(), "partner": council.id, "reference": "12", "purpose": "Help",
        "lawful_basis": "sharing_agreement", "begins_on": "2026-11-01", "ends_on": "2036-11-01",
        "topics": ["debt"],
        **{f"column_{name}": name for name in feed.NAMES},
    }  # fmt: skip
    for _ in range(2):
        assert client.post(address, sent).status_code == 302
    agreed = Source.objects.get()
    assert agreed.holder == practice.network
    for name in ("partner", "reference", "purpose", "lawful_basis", "ends_on", "topics"):
        wrong = {**sent, name: "", "token": uuid4()}
        assert b"There is a problem" in client.post(address, wrong).content, name
    early = {**sent, "ends_on": "2026-10-01", "token": uuid4()}
    assert b"a day after the first" in client.post(address, early).content
    sensitive = {**sent, "topics": list(SENSITIVE), "token": uuid4()}
    assert b"There is a problem" in client.post(address, sensitive).content
    assert Source.objects.count() == 1
    assert b"A council" in sign_in_as(Role.CODER).get(reverse("feeds:files")).content
    assert Line.objects.count() == 0
