"""The words of cases: how people are reached, with what result, and why they are set aside."""

from fairpractice.record.topics import TOPICS


CHANNELS = {
    "call": "A call",
    "voicemail": "A message on voicemail",
    "text": "A text message",
    "letter": "A letter",
    "email": "An e-mail",
    "visit": "A visit at home",
    "met": "Met at the practice or elsewhere",
}
RESULTS = {
    "reached": "Spoke with them",
    "no_answer": "No answer",
    "left_message": "Left a neutral message",
    "sent": "Sent",
    "wrong_number": "Wrong number or address",
    "did_not_come": "They did not come, or were not there",
    "call_back": "They asked to be called another time",
}
REACHED = ("reached", "call_back")
REASONS = {
    "snoozed": {
        "away": "In hospital or away",
        "asked_to_wait": "They asked to wait",
        "others_help": "Somebody else is seeing to it first",
        "other": "Something else",
    },
    "declined": {
        "no_need": "They have no need of it",
        "not_now": "Not now",
        "has_help": "They have help",
        "no_reason": "They gave no reason",
    },
    "unsuitable": {
        "not_so": "What the list says is not so",
        "clinical": "They need a clinician, not a link worker",
        "unsafe": "To offer it is not safe",
        "other": "Something else",
    },
    "helped": {"closed": "A case was closed"},
}
DECLINED_MONTHS, NOT_REACHED_MONTHS = 12, 3
"""After how many months who declined is offered help again, where no list says so; and who could
not be reached."""
NO_NEEDS = frozenset({"settled_home", "language_main"})
NEEDS = {
    topic.id: topic.label
    for topic in TOPICS.values()
    if not topic.sensitive and topic.id not in NO_NEEDS
}
"""What a link worker can be asked to help with: nothing that they may not see."""


def channels() -> list[tuple[str, str]]:
    """Return how somebody can be reached, for a column. A new one migrates nothing."""
    return list(CHANNELS.items())


def results() -> list[tuple[str, str]]:
    """Return what can come of it."""
    return list(RESULTS.items())


def reasons() -> list[tuple[str, str]]:
    """Return why somebody can be set aside."""
    return [each for some in REASONS.values() for each in some.items()]
