"""How somebody was before they were helped, and after: what they answered, and the change."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from fairpractice.listening import response
from fairpractice.listening.scoring import Scored, scored
from fairpractice.web.cases.models import Case, Measurement
from fairpractice.web.questionnaires import catalogue


INSTRUMENTS = ("ons4", "loneliness")
"""What is asked before and after: the ids of questionnaires."""
BEFORE, AFTER = "before", "after"


@dataclass(frozen=True)
class Asked:
    """One questionnaire in a case: what was asked of it, and what the answers say in sentences."""

    id: str
    title: str
    asked: tuple[Measurement, ...]
    sentences: tuple[str, ...]
    next: str

    @property
    def waiting(self) -> list[Measurement]:
        """What was asked by a link, and is not answered yet."""
        return [each for each in self.asked if not _is_answered(each)]


def of_case(case: Case) -> list[Asked]:
    """Return what was asked before and after, and the change; where one is missing, unknown."""
    made = case.measurements.select_related("ask__reply").filter(ask__withdrawn_at=None)
    rows = list(made.order_by("ask__asked_at", "id"))
    found = []
    for name in INSTRUMENTS:
        questionnaire = catalogue.everything()[name]
        own = [each for each in rows if each.ask.questionnaire.startswith(f"{questionnaire.url}|")]
        latest = {each.moment: _scores(each) for each in own if _is_answered(each)}
        found.append(
            Asked(
                name,
                questionnaire.title,
                tuple(own),
                tuple(_sentences(latest)),
                AFTER if BEFORE in latest else BEFORE,
            )
        )
    return found


def _is_answered(each: Measurement) -> bool:
    return hasattr(each.ask, "reply") and each.ask.reply.completed_at is not None


def _scores(each: Measurement) -> list[Scored]:
    """Return the scores of what was answered, by the version that was asked."""
    questionnaire = catalogue.find(each.ask.questionnaire)
    if questionnaire is None:
        return []
    read, _ = response.from_resource(each.ask.reply.resource, catalogue.everything())
    return scored(questionnaire, read.answers)


def _sentences(latest: Mapping[str, list[Scored]]) -> Iterator[str]:
    before = {each.id: each for each in latest.get(BEFORE, ())}
    after = {each.id: each for each in latest.get(AFTER, ())}
    for name in {**before, **after}:
        yield change(before.get(name), after.get(name))


def change(before: Scored | None, after: Scored | None) -> str:
    """Say how a score changed. What was not asked or not answered is not known, and no change.

    Parameters
    ----------
    before, after
        What it came to; nothing where it was not asked.
    """
    known = after or before
    if known is None:
        raise ValueError("nothing was asked")
    title, _, better = known.title.partition("; ")
    said = f"{title}: {_value(before, 'before')}, {_value(after, 'after')}"
    was, now = (each.value if each else None for each in (before, after))
    if was is None or now is None:
        return f"{said}. The change is not known."
    return f"{said}: {_difference(now - was)}{f' ({better})' if better else ''}."


def _value(each: Scored | None, when: str) -> str:
    if each is None:
        return f"not asked {when}"
    if each.value is None:
        return f"not answered in full {when}"
    return f"{each.value:f}{f' ({each.band})' if each.band else ''} {when}"


def _difference(change: Decimal) -> str:
    if change == 0:
        return "no change"
    return f"{abs(change):f} {'more' if change > 0 else 'less'}"
