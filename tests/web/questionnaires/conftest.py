"""Somebody who opened a link, and what they do next."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from fairpractice.web.core.access import Role
from fairpractice.web.patients.actions import own_account
from fairpractice.web.patients.models import Patient
from fairpractice.web.questionnaires import catalogue
from fairpractice.web.questionnaires.models import Ask, Reply
from tests.web import support


@pytest.fixture(autouse=True)
def outbox(settings: Any, tmp_path: Path) -> Path:
    """Send messages into a folder of the test's own."""
    settings.OUTBOX = tmp_path / "outbox"
    return settings.OUTBOX


class Answering(Client):
    """Somebody on their own pages, with one thing that they were asked."""

    ask: Ask

    def own(self, name: str, **more: Any) -> str:
        """Return the address of a page about what was asked."""
        return reverse(
            f"own:{name}", kwargs={"patient": self.ask.patient_id, "ask": self.ask.id, **more}
        )

    def number(self, link_id: str) -> int:
        """Return the number of a question."""
        found = catalogue.find(self.ask.questionnaire)
        assert found
        return [item.link_id for item in found.questions].index(link_id) + 1

    def reply(self) -> Reply:
        """Return what is kept now."""
        return Reply.objects.get(ask=self.ask)

    def begin(self, words: str = "") -> Any:
        """Begin."""
        return self.post(self.own("about"), {"words": words})

    def answer(self, link_id: str, *texts: str, **more: Any) -> Any:
        """Answer a question in the version that its page would show now."""
        sent = {"answer": texts, "version": self.reply().version, **more}
        return self.post(self.own("question", number=self.number(link_id)), sent)

    def send(self) -> Any:
        """Send what was answered."""
        return self.post(self.own("check"), {"version": self.reply().version})


@pytest.fixture
def answering(sign_in_as: Any, person: Patient) -> Callable[..., Answering]:
    """Ask somebody, and sign them in as a link does."""

    def begin(questionnaire: str = "your-circumstances") -> Answering:
        client = Answering()
        client.ask = support.asked(sign_in_as(Role.CLINICIAN).viewer, person, questionnaire)
        support.sign_in(client, own_account(person))
        client.begin()
        return client

    return begin
