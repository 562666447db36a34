"""A project has a lead, says who takes part, keeps score, and is not closed without a lesson."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from fairpractice.errors import FairpracticeError
from fairpractice.web.core.access import LEAD, NOTE, START_PROJECT, Role
from fairpractice.web.core.models import Entry
from fairpractice.web.feeds.models import Source
from fairpractice.web.improvement import actions, drawing, forms, score
from fairpractice.web.improvement.models import Point, Project
from fairpractice.web.organisations.models import Membership, Organisation
from fairpractice.web.population import drawing as released_drawing
from fairpractice.web.population.models import Part
from fairpractice.web.worklists import rules
from tests.web import feed, referring, support


pytestmark = pytest.mark.django_db
INDEX = "improvement:projects"
CLOSED = {"result": "did_not", "learned": "Nobody answers by day", "others": "Call in the evening"}


def at(project: Project, name: str = "project") -> str:
    return reverse(f"improvement:{name}", kwargs={"project": project.id})


def main(client: Any, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return str(answer.content.decode().partition("<main")[2])


def test_it_is_started_once_with_a_lead_who_is_named(lead: Any, practice: Organisation) -> None:
    address = reverse("improvement:start")
    page = main(lead, address)
    assert "could be recognised" in page
    token = re.search(r'name="token" value="([^"]+)"', page)
    assert token
    sent = {
        "token": token[1],
        "title": "Sooner by telephone",
        "aim": "Half the gap",
        "whom": "the most deprived fifth",
        "change": "A call at a time that suits",
        "measure": "cervical-screening",
        "follows": "imd_quintile:1",
        "rule": "never-screened",
        "lead": str(lead.viewer.user_id),
        "began_on": "2026-05-01",
        "review_on": "2027-03-31",
    }
    for field in sent:
        if field not in ("token", "rule"):
            wrong = lead.post(address, {**sent, field: ""})
            assert "There is a problem" in wrong.content.decode(), field
    early = lead.post(address, {**sent, "review_on": "2026-05-01"})
    assert "Look at it again after it has begun" in early.content.decode()
    assert not Project.objects.exists()
    for _ in range(2):
        assert lead.post(address, sent).status_code == 302
    made = Project.objects.get()
    assert (made.place, made.measure, made.rule) == (
        practice.network, "cervical-screening", "never-screened",
    )  # fmt: skip
    assert (made.grouping, made.group, made.lead_id) == ("imd_quintile", "1", lead.viewer.user_id)
    assert Entry.objects.filter(act=START_PROJECT, detail={"project": str(made.id)}).count() == 1
    page = main(lead, at(made))
    assert lead.viewer.name in page
    assert rules.rules()["never-screened"].title in page


def test_no_list_about_something_sensitive_is_offered(
    lead: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "never-screened" in forms.listings()
    monkeypatch.setattr(rules, "sensitive", lambda: frozenset({"never-screened"}))
    assert "never-screened" not in forms.listings()


def test_it_starts_from_the_figure_or_the_list_that_one_looked_at(
    lead: Any, released: Callable[..., Any], practice: Organisation, other_practice: Organisation
) -> None:
    released([50.0])
    figure = Part.objects.get().address
    listing = rules.address_of(practice.id, "never-screened")
    chosen = 'value="{}" selected'
    start = reverse("improvement:start")
    page = main(lead, f"{start}?figure={figure}&list={listing}")
    assert chosen.format("cervical-screening") in page
    assert chosen.format("never-screened") in page
    elsewhere = rules.address_of(other_practice.id, "never-screened")
    page = main(lead, f"{start}?figure={uuid4()}&list={elsewhere}")
    assert chosen.format("cervical-screening") not in page
    assert chosen.format("never-screened") not in page
    assert lead.get(f"{start}?figure=none&list=").status_code == 200
    shown = main(lead, reverse("worklists:listing", kwargs={"listing": listing}))
    assert f"{start}?list={listing}" in shown


def test_a_partner_of_the_network_reads_it_without_staff_or_what_was_changed(
    project: Project, sign_in_as: Any, lead: Any, practice: Organisation, person: Any
) -> None:
    charity = referring.of_charity().organisation
    partner = sign_in_as(Role.COMMUNITY_PARTNER, charity)
    assert project.title not in main(partner, reverse(INDEX))
    assert partner.get(at(project)).status_code == 404, "it does not work with this network"
    worker = sign_in_as(Role.LINK_WORKER, practice.network)
    case = support.has_case(worker.viewer, person)
    referring.referred(worker.viewer, case, referring.of_charity())
    actions.note(worker.viewer, project, "study", "Nobody answers by day", uuid4())
    actions.involve(worker.viewer, project, "A group", "inform", "A poster", uuid4())
    actions.change(lead.viewer, project, project.version, aim="A third of the gap")
    assert project.place.name in main(partner, reverse(INDEX))
    page = main(partner, at(project))
    for said in ("A third of the gap", "Nobody answers by day", "A poster", "Led by"):
        assert said in page
    listed = rules.rules()["never-screened"].title
    for inside in (worker.viewer.name, "Half the gap", listed, person.name, "<form", "Change it"):
        assert inside not in page.partition("</main")[0], inside
    for name in ("note", "involve", "change", "close"):
        assert partner.post(at(project, name), {}).status_code == 403, name
    assert partner.get(reverse("improvement:start")).status_code == 403
    project.refresh_from_db()
    actions.close(lead.viewer, project, project.version, *CLOSED.values())
    page = main(partner, at(project))
    assert CLOSED["learned"] in page
    assert CLOSED["others"] in page
    assert CLOSED["learned"] in main(partner, reverse(INDEX))


def test_who_sends_facts_by_an_agreement_in_force_is_a_partner_of_the_network(
    project: Project, sign_in_as: Any, lead: Any
) -> None:
    source = feed.agreed(lead.viewer)
    partner = sign_in_as(Role.COMMUNITY_PARTNER, source.partner)
    assert project.aim in main(partner, at(project))
    Source.objects.update(ends_on=support.TODAY)
    assert partner.get(at(project)).status_code == 404


def test_everybody_at_the_network_sees_it_and_nobody_elsewhere(
    project: Project, sign_in_as: Any, practice: Organisation, other_practice: Organisation
) -> None:
    for role, place in (
        (Role.CODER, other_practice),
        (Role.PRIVACY_OFFICER, practice.network),
        (Role.LIVED_EXPERIENCE, practice.network),
    ):
        client = sign_in_as(role, place)
        assert project.title in main(client, reverse(INDEX))
        assert project.aim in main(client, at(project))
    elsewhere = Organisation.objects.create(kind="network", code="U98", name="Another")
    stranger = sign_in_as(Role.NETWORK_LEAD, elsewhere)
    assert project.title not in main(stranger, reverse(INDEX))
    assert stranger.get(at(project)).status_code == 404
    charity = Organisation.objects.create(kind="partner", code="P0001", name="A charity")
    for role, place, status in ((Role.COMMUNITY_PARTNER, charity, 404), (Role.PATIENT, None, 403)):
        assert sign_in_as(role, place).get(at(project)).status_code == status


def test_who_leads_it_changes_it_and_what_it_said_stays(
    project: Project, lead: Any, sign_in_as: Any, practice: Organisation
) -> None:
    colleague = sign_in_as(Role.CODER)
    assert colleague.get(at(project, "change")).status_code == 404
    assert colleague.get(at(project, "close")).status_code == 404
    sent = {
        "version": 1,
        "title": project.title,
        "aim": "A third of the gap",
        "whom": project.whom,
        "change": project.change,
        "lead": str(colleague.viewer.user_id),
        "review_on": "2027-04-30",
    }
    assert lead.post(at(project, "change"), sent).status_code == 302
    page = main(lead, at(project))
    for words in ("A third of the gap", "The aim was: Half the gap by next summer", "30 April 2027",
                  f"It was led by: {lead.viewer.name}",
                  "It was to be looked at on: 31 March 2027"):  # fmt: skip
        assert words in page
    assert lead.get(at(project, "change")).status_code == 404, "they do not lead it any more"
    assert colleague.post(at(project, "change"), {**sent, "aim": "x"}).status_code == 409
    network_lead = sign_in_as(Role.NETWORK_LEAD, practice.network)
    assert network_lead.get(at(project, "change")).status_code == 200
    assert Entry.objects.filter(act=LEAD, outcome="done", detail__changed=3).count() == 1


def test_a_lead_who_left_is_missed(project: Project, lead: Any, sign_in_as: Any) -> None:
    colleague = sign_in_as(Role.CODER)
    assert "does not work here any more" not in main(colleague, at(project))
    Membership.objects.filter(user_id=lead.viewer.user_id).update(ended_on=dt.date(2026, 11, 1))
    assert f"{lead.viewer.name} does not work here any more" in main(colleague, at(project))


def test_who_takes_part_is_said_with_what_shows_it(
    project: Project, sign_in_as: Any, practice: Organisation
) -> None:
    partner = sign_in_as(Role.LIVED_EXPERIENCE, practice.network)
    assert "has had no part in it that is known" in main(partner, at(project))
    sent = {"token": uuid4(), "who": "The women’s group", "level": "co_design", "evidence": ""}
    wrong = partner.post(at(project, "involve"), sent).content.decode()
    assert "Enter what shows it" in wrong
    assert "The women’s group" in wrong
    sent["evidence"] = "They wrote the words of the call"
    for _ in range(2):
        assert partner.post(at(project, "involve"), sent).status_code == 302
    page = main(partner, at(project))
    assert page.count("They wrote the words of the call") == 1
    assert "Co-design" in page
    sent = {"token": uuid4(), "step": "study", "words": "Half of them answered"}
    for _ in range(2):
        assert partner.post(at(project, "note"), sent).status_code == 302
    assert main(partner, at(project)).count("Half of them answered") == 1
    assert Entry.objects.filter(act=NOTE, outcome="done").count() == 2


def test_it_is_not_closed_without_what_was_learned(
    project: Project, lead: Any, sign_in_as: Any
) -> None:
    for field in CLOSED:
        for empty in ("", "  "):
            answer = lead.post(at(project, "close"), {"version": 1, **CLOSED, field: empty})
            assert "There is a problem" in answer.content.decode()
    with pytest.raises(FairpracticeError, match="without what was learned"):
        actions.close(lead.viewer, project, 1, "worked", "", "x")
    with pytest.raises(IntegrityError), transaction.atomic():
        Project.objects.filter(id=project.id).update(closed_at=project.started_at, result="worked")
    project.refresh_from_db()
    assert project.closed_at is None
    assert lead.post(at(project, "close"), {"version": 7, **CLOSED}).status_code == 409
    assert lead.post(at(project, "close"), {"version": 1, **CLOSED}).status_code == 302
    for page in (main(lead, reverse(INDEX)), main(sign_in_as(Role.CODER), at(project))):
        assert "It did not work" in page
        assert "Nobody answers by day" in page
    assert "Call in the evening" in main(lead, at(project))
    note = {"token": uuid4(), "step": "do", "words": "More"}
    assert "This project is closed" in lead.post(at(project, "note"), note).content.decode()
    assert lead.get(at(project, "change")).status_code == 404
    assert not project.notes.exists()


def test_what_failed_is_shown_as_what_worked(project: Project, lead: Any) -> None:
    """But for the words of what became of it, the pages are the same."""
    pages = []
    actions.close(lead.viewer, project, 1, "worked", "Learned", "Know")
    for result, words in (("worked", "It worked"), ("did_not", "It did not work")):
        Project.objects.update(result=result)
        shown = main(lead, reverse(INDEX)) + main(lead, at(project))
        assert words in shown
        pages.append(
            re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", shown.replace(words, ""))
        )
    assert pages[0] == pages[1]


def test_the_page_keeps_score_by_itself(
    project: Project, lead: Any, released: Callable[..., Any]
) -> None:
    assert main(lead, at(project)).count("Nothing is known of it yet") == 2
    released([50.0] * 4 + [None] + [52.0, 51.0, 50.0], [10.0] * 8)
    page = main(lead, at(project))
    assert "7 of the 12 points" in page
    assert "hidden" in page
    assert page.count("<svg") == 2
    Point.objects.filter(series="gap").delete()
    assert "8 of the 12 points" not in main(lead, at(project)), "it is kept once a release"
    released([40.0])
    page = main(lead, at(project))
    assert "7 of the 12 points" in page, "what was released before is kept"
    assert "is 40.0." in page
    assert Point.objects.filter(series="group").count() == 8
    assert not Point.objects.filter(value=99.0).exists(), "of its own group alone"


def test_every_refresh_keeps_the_figures_of_what_is_not_closed(
    project: Project, lead: Any, released: Callable[..., Any]
) -> None:
    released([50.0])
    score.keep_all()
    assert Point.objects.count() == 1
    actions.close(lead.viewer, project, 1, "partly", "Learned", "Know")
    released([60.0])
    score.keep_all()
    assert Point.objects.get().value == 50.0


def test_the_median_is_of_before_and_runs_are_told(
    project: Project, released: Callable[..., Any]
) -> None:
    before = [50.0, 52.0, 49.0, 51.0, 48.0, 53.0]
    released(before + [60.0] * 8, [10.0, 9.0] * 7)
    Project.objects.update(began_on=dt.date(2026, 3, 1))
    project.refresh_from_db()
    score.keep(project)
    group, gap = score.score(project)
    assert group.before
    assert group.centre == 50.5
    assert (
        group.says == "More than chance: 9 in a row on one side of the median, 5 crossings of it."
    )
    assert gap.says.startswith("No more than chance")
    assert gap.unit == "percentage points"
    Project.objects.update(began_on=dt.date(2025, 10, 1))
    project.refresh_from_db()
    assert not score.score(project)[0].before, "too few months before it"


def test_a_chart_breaks_where_nothing_is_known(
    project: Project, released: Callable[..., Any]
) -> None:
    released([50.0, 51.0, None, 49.0, 52.0, 50.0])
    score.keep(project)
    chart = drawing.run_chart(score.score(project)[0], project.began_on)
    assert chart.count("<polyline") == 2
    assert chart.count("<circle") == 5
    assert "began" not in drawing.run_chart(score.score(project)[0], dt.date(2020, 1, 1))
    released([None] * 6)
    assert drawing.run_chart(score.score(project)[1], project.began_on) == ""


def test_a_gap_is_called_as_in_a_release() -> None:
    assert score.GAP == released_drawing.GAP


def test_a_project_that_was_to_be_looked_at_says_so(project: Project, lead: Any) -> None:
    assert "To be looked at on 31 March 2027" in main(lead, reverse(INDEX))
    Project.objects.update(review_on=dt.date(2026, 6, 1))
    assert "It was to be looked at on 1 June 2026" in main(lead, reverse(INDEX))
    assert "It was to be looked at on 1 June 2026" in main(lead, at(project))
