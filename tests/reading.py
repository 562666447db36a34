"""Whether what we write reads as English."""

import re


def reads_well(phrase: str) -> bool:
    """Tell whether a phrase has its brackets and quotation marks in pairs and no odd blanks."""
    return (
        phrase == " ".join(phrase.split())
        and phrase.count("(") == phrase.count(")")
        and phrase.count("“") == phrase.count("”")
        and not re.search(r"[_{}…]| ,|\bNone\b", phrase)
    )
