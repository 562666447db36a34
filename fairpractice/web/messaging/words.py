"""What messages say. Whoever sees one learns nothing of what it is about.

There are these words and no others: whoever puts a message in chooses among them, and can fill in
an address, a day, and nothing else.
"""

from dataclasses import dataclass

from fairpractice.web.sharing import contact


PERSON, ORGANISATION = "person", "organisation"


@dataclass(frozen=True)
class Words:
    """The words of a message: whom they are for, and what stands above them in an e-mail."""

    text: str
    to: str = PERSON
    subject: str = "A message from {practice}"


WORDS = {
    "call": Words(contact.NEUTRAL),
    "tried": Words(
        "{practice} tried to reach you. Please call when you can. "
        "If this is not you, no need to do anything."
    ),
    "link": Words(
        "{practice} would like to hear from you. Open {link} by {day}. It opens once. "
        "It asks for your date of birth, and never for a password."
    ),
    "news": Words("There is news for you from {practice}. Sign in to read it: {link}"),
    "inbox": Words(
        "Something new waits for you. Sign in to see it: {link}",
        to=ORGANISATION,
        subject="Something new waits for you",
    ),
    "reminder": Words(
        "Something still waits for your answer. Sign in to see it: {link}",
        to=ORGANISATION,
        subject="Something waits for your answer",
    ),
}
"""By the name with which :func:`fairpractice.web.messaging.outbox.put` is asked for them."""
