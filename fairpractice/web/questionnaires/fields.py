"""A question as a field of a form: what is shown for it, and what it sends."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.http import QueryDict

from fairpractice.listening import answering
from fairpractice.listening.questionnaire import Item, Questionnaire
from fairpractice.listening.values import DECLINED_KEY


RATHER_NOT = "I would rather not say"
YES_OR_NO = (("true", "Yes"), ("false", "No"))
FEW = 11  # whole numbers between bounds that are shown as answers to choose from


@dataclass(frozen=True)
class Field:
    """A question on its page.

    Attributes
    ----------
    question, caption, hints
        Its words, those of the group that it is in, and texts inside it.
    kind
        ``radios``, ``checkboxes``, ``date``, ``area`` or ``input``.
    choices
        Keys and labels to choose from.
    chosen
        The texts that are filled in: keys, or words.
    takes_other, numeric
        Whether other words than the choices can be written; whether it is a number.
    """

    question: str
    caption: str
    hints: tuple[str, ...]
    kind: str
    choices: tuple[tuple[str, str], ...]
    chosen: tuple[str, ...]
    takes_other: bool
    numeric: bool

    @property
    def declined(self) -> bool:
        """Whether they would rather not say."""
        return DECLINED_KEY in self.chosen

    @property
    def written(self) -> str:
        """What is written in words."""
        keys = {DECLINED_KEY, *(key for key, _ in self.choices)}
        return next((text for text in self.chosen if text not in keys), "")

    @property
    def day(self) -> tuple[str, str, str]:
        """Day, month and year as they were written."""
        parts = self.written.split("-", 2)
        return (parts[2], parts[1], parts[0]) if len(parts) == 3 else ("", "", "")


def field(questionnaire: Questionnaire, item: Item, chosen: Sequence[str]) -> Field:
    """Return a question as it is shown, with what is filled in."""
    inside = [each.text for each in item.items if each.kind == "display" and each.text]
    parent = questionnaire.parents.get(item.link_id)
    group = questionnaire.by_link_id[parent] if parent else None
    choices = _choices(item)
    if choices:
        kind = "checkboxes" if item.repeats else "radios"
    else:
        kind = {"date": "date", "text": "area"}.get(item.kind, "input")
    return Field(
        question=item.text,
        caption=group.text if group and group.kind == "group" else "",
        hints=(*_before(questionnaire, item), *inside),
        kind=kind,
        choices=choices,
        chosen=tuple(chosen),
        takes_other=item.kind == "open-choice",
        numeric=item.kind in ("integer", "decimal"),
    )


def _choices(item: Item) -> tuple[tuple[str, str], ...]:
    if item.options:
        return tuple((option.key, option.label) for option in item.options)
    if item.kind == "boolean":
        return YES_OR_NO
    low, high = item.minimum, item.maximum
    if item.kind == "integer" and low is not None and high is not None:
        first, last = int(str(low)), int(str(high))
        if last - first < FEW:
            return tuple((str(number), str(number)) for number in range(first, last + 1))
    return ()


def _before(questionnaire: Questionnaire, item: Item) -> list[str]:
    """Return the texts to read that stand right before a question, beside it."""
    parent = questionnaire.parents.get(item.link_id)
    beside = questionnaire.by_link_id[parent].items if parent else questionnaire.items
    found: list[str] = []
    for each in beside:
        if each.link_id == item.link_id:
            return found
        found = [*found, each.text] if each.kind == "display" and each.text else []
    return []


def texts_of(item: Item, sent: QueryDict) -> list[str]:
    """Return the texts that a page sent for its question, as ``from_form`` reads them."""
    if item.kind == "date" and not item.options and DECLINED_KEY not in sent.getlist("answer"):
        day, month, year = (sent.get(part, "").strip() for part in ("day", "month", "year"))
        return [f"{year}-{month:0>2}-{day:0>2}"] if day or month or year else []
    texts = [*sent.getlist("answer"), sent.get("other", "")]
    return [text for text in texts if text.strip()]


def problem(questionnaire: Questionnaire, item: Item, texts: Sequence[str]) -> str:
    """Return what is wrong with an answer to one question, or nothing."""
    answers, unread = answering.from_form(questionnaire, {item.link_id: texts})
    if unread:
        date = item.kind == "date" and not item.options
        return "Enter a real date, such as 31 3 2026" if date else unread[0].what
    alone = replace(questionnaire, items=(replace(item, conditions=(), items=()),), scores=())
    found = answering.problems(alone, answers, draft=True)
    return found[0].what if found else ""


def said(item: Item, texts: Sequence[str]) -> str:
    """Return an answer in words, as it is shown again."""
    labels: Mapping[str, str] = {**dict(_choices(item)), DECLINED_KEY: RATHER_NOT}
    return "; ".join(labels.get(text, text) for text in texts)
