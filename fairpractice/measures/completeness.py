"""What is missing, and for whom: completeness of the record as measures like any other.

Excluding the data of some people is how they go unheard, so missingness is itself measured. Each
asks whether something is *recorded*, whatever it says; sensitive topics are left out.
"""

import datetime as dt

from fairpractice.criteria import (
    address_known,
    circumstance_recorded,
    contactable,
    ever,
    registered,
)
from fairpractice.criteria.tree import Criterion
from fairpractice.measures.measure import Measure
from fairpractice.record.social_facts import TOPICS


def completeness() -> dict[str, Measure]:
    """Return, by id, a measure for each thing that should be recorded of everybody registered.

    Ethnic group, main language, area of residence, a way to contact the person, and every social
    topic that is not sensitive. A topic counts as recorded while what was said is fresh, and also
    when the person chose not to say.
    """
    asked: dict[str, tuple[str, Criterion]] = {
        "recorded-ethnic-group": ("Ethnic group", ever("ethnicity")),
        "recorded-main-language": (
            "Main language",
            ever("main-language-recorded") | circumstance_recorded("language_main"),
        ),
        "recorded-area": ("Area of residence", address_known()),
        "recorded-contact": ("A telephone number or e-mail address", contactable()),
    }
    asked |= {
        f"recorded-{topic.id.replace('_', '-')}": (
            topic.label[0].upper() + topic.label[1:],
            circumstance_recorded(topic.id, months=topic.freshness_months),
        )
        for topic in TOPICS.values()
        if not topic.sensitive and topic.id != "language_main"
    }
    return {
        name: Measure(
            id=name,
            title=title,
            why="Care that is fitted to people needs to know them; what is not recorded for some "
            "groups is not seen for them.",
            source="NHS England, Core20PLUS5; the record's own topics and how long they stay fresh",
            author="fairpractice contributors",
            checked_by="",
            review_by=dt.date(2027, 10, 31),
            population=registered(),
            numerator=criterion,
            better="higher",
            spec="",
            tags=("completeness",),
        )
        for name, (title, criterion) in asked.items()
    }
