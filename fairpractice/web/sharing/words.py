"""The words of consent: what it is for, what is shared, and what people are told, by version.

What somebody agreed to is kept in the words that they were shown. To change the words, add a
version: those given under the one before stay what they were.
"""

from collections.abc import Sequence


PURPOSES = {
    "support": "to arrange help",
    "joint_care": "to look after the person together",
}
CATEGORIES = {
    "contact": "name and how to get in touch",
    "circumstances": "what is known of their circumstances",
    "sensitive": "sensitive circumstances",
    "access": "language, interpreter and access needs",
}
METHODS = {
    "in_person": "in person",
    "by_telephone": "by telephone",
    "in_writing": "in writing",
    "own_page": "on their own page",
}
GIVERS = {
    "person": "the person",
    "parent": "somebody with parental responsibility",
    "attorney": "their attorney or deputy",
}
MONTHS = {3: "3 months", 6: "6 months", 12: "12 months"}
OBJECTIONS = {
    "planning": "planning services",
    "research": "research",
}
"""What can be objected to: the purposes of the record beyond a person's own care."""

VERSION = "2026-11"
SHOWN = {
    "2026-11": (
        "{organisation} will be told: {categories}. It is told {purpose}, and for nothing else. "
        "You can say no, and your care here stays the same. You can change your mind at any time: "
        "from then on {organisation} sees nothing here. This ends by itself on {until}."
    )
}
KEPT = {
    "2026-11": (
        "{organisation} may keep what others tell it: {categories}. It is used {purpose}, and for "
        "nothing else. You can say no, and your care stays the same. You can change your mind at "
        "any time: from then on what came in so is neither used nor shown. This ends by itself on "
        "{until}."
    )
}
"""The words where it is the person's own practice that is told."""


def shown(
    version: str, organisation: str, purpose: str, categories: Sequence[str], until: str, *,
    kept: bool = False,
) -> str:  # fmt: skip
    """Return the words that somebody agrees to: to be told, or to keep what others tell."""
    told = "; ".join(words for each, words in CATEGORIES.items() if each in categories)
    return (KEPT if kept else SHOWN)[version].format(
        organisation=organisation, purpose=PURPOSES[purpose], categories=told, until=until
    )
