"""What every page shows around its own words: the six questions, and who is at work."""

from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from fairpractice.web.core.access import (
    AGREE,
    CASELOAD,
    CODE,
    COLLEAGUES,
    CURATE,
    DIRECTORY,
    EMERGENCY_OPEN,
    ENTRIES,
    FEEDS,
    FIND,
    FOLLOWING,
    KEEP,
    POPULATION,
    PRIVACY,
    PROJECTS,
    RECEIVED,
    SHARED,
    TODAY,
    UNSENT,
    WATCH,
    WORKLISTS,
    Viewer,
)


SERVICE = "Fairpractice"


@dataclass(frozen=True)
class Way:
    """A way on from a question: its words, the name of the address, and the act that it is."""

    words: str
    to: str
    act: str


@dataclass(frozen=True)
class Question:
    """One of the six that a practice network asks, in plain words, and the ways on from it."""

    words: str
    about: str
    ways: tuple[Way, ...] = ()


QUESTIONS = (
    Question(
        "Who have we heard?",
        "What people told us about their lives, and what matters to them.",
        (
            Way("Find a person and record what you heard", "patients:find", FIND),
            Way("See what cannot wait", "questionnaires:today", TODAY),
            Way("See what to code and put right", "coding:queues", CODE),
            Way("Declare watched hours", "questionnaires:watches", WATCH),
            Way("Take in what another organisation sends", "feeds:files", FEEDS),
            Way("Agreements by which others send facts", "feeds:agreements", AGREE),
        ),
    ),
    Question(
        "Where is care unequal?",
        "Who gets good care, and who gets less of it.",
        (Way("See where care is unequal", "population:overview", POPULATION),),
    ),
    Question(
        "Who are we missing?",
        "People whose care is overdue, who have gone quiet, or of whom little is known.",
        (Way("See who may be missing out", "worklists:lists", WORKLISTS),),
    ),
    Question(
        "What are we doing about it?",
        "People who are helped, referrals, and what became of them.",
        (
            Way("See your caseload", "cases:caseload", CASELOAD),
            Way("See the referrals that you follow", "referrals:followed", FOLLOWING),
            Way("See referrals sent to us", "referrals:inbox", RECEIVED),
            Way("Find a service", "directory:find", DIRECTORY),
            Way("Keep entries of the directory fresh", "directory:kept", KEEP),
            Way("Look after the directory", "directory:desk", CURATE),
            Way("Write entries for the record", "referrals:entries", ENTRIES),
        ),
    ),
    Question(
        "Is help where the need is?",
        "Who was found, referred and helped; staff, time and places, beside need.",
        (Way("See whether help reached those who need it", "population:reached", POPULATION),),
    ),
    Question(
        "Did it work, and who else should know?",
        "What changed, for whom, and what to pass on.",
        (Way("See improvement projects", "improvement:projects", PROJECTS),),
    ),
)

BESIDE = (
    Way("See what was shared with us", "sharing:shared-with-us", SHARED),
    Way("Open a record in an emergency", "sharing:emergency", EMERGENCY_OPEN),
    Way("Look after privacy", "sharing:privacy", PRIVACY),
    Way("See who works here, and invite colleagues", "accounts:colleagues", COLLEAGUES),
    Way("See messages that were not sent", "messaging:unsent", UNSENT),
)
"""Ways on that answer none of the six questions."""


def questions(viewer: Viewer | None) -> list[Question]:
    """Return the six questions, each with the ways on that the viewer may take."""
    return [
        replace(each, ways=tuple(way for way in each.ways if viewer and viewer.may(way.act)))
        for each in QUESTIONS
    ]


def page(request: HttpRequest) -> dict[str, Any]:
    """Give every template the service's name, its navigation, and who is at work."""
    viewer: Viewer | None = getattr(request, "viewer", None)
    ways = [way for each in questions(viewer) for way in each.ways]
    navigation = [
        {
            "href": reverse(way.to),
            "text": each.words,
            "active": request.path.startswith(reverse(way.to)),
        }
        for each in questions(viewer)
        for way in each.ways[:1]
    ]
    return {
        "service": SERVICE,
        "viewer": viewer,
        "ways": ways,
        "beside": [way for way in BESIDE if viewer and viewer.may(way.act)],
        "navigation": navigation,
        "in_demo": settings.IN_DEMO,
        "idle_minutes": settings.IDLE_MINUTES,
    }
