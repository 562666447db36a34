"""How a source writes its dates: a few words (``dd/mm/yyyy``) made into what the engine reads."""

import re
from dataclasses import dataclass
from functools import cached_property


# Part of a format, the pattern it matches where parts are separated, and where they are not.
PARTS = {
    "yyyy": (r"\d{4}", r"\d{4}", "%Y"),
    "mon": (r"[A-Za-z]{3}", r"[A-Za-z]{3}", "%b"),
    "mm": (r"\d{1,2}", r"\d{2}", "%m"),
    "dd": (r"\d{1,2}", r"\d{2}", "%d"),
}
_PART = re.compile("|".join(PARTS), re.IGNORECASE)
TIME_OF_DAY = r"(?:[ T]+\d{1,2}:\d{2}.*)?"


@dataclass(frozen=True)
class DateFormat:
    """One way of writing a date; a time of day behind it is dropped.

    ``written`` is made of ``yyyy``, ``mm`` or ``mon`` (Jan, FEB), ``dd`` and separators. Without
    ``dd`` it is a month, read as its first day.

    Raises
    ------
    ValueError
        When it is not; two-digit years are not read, because nobody can tell 1926 from 2026.
    """

    written: str

    def __post_init__(self) -> None:
        parts = [part.lower() for part in _PART.findall(self.written)]
        rest = _PART.sub("", self.written)
        if "yyyy" not in parts:
            raise ValueError("it needs a year of four digits")
        if strange := rest.strip("-/. "):
            raise ValueError(f"{strange!r} is not understood")
        if sorted({"mon": "mm"}.get(part, part) for part in parts) not in (
            ["dd", "mm", "yyyy"],
            ["mm", "yyyy"],
        ):
            raise ValueError("it needs one year, one month and at most one day")

    @cached_property
    def pattern(self) -> str:
        """The regular expression of what is written so, the date itself in a group."""
        separated = bool(_PART.sub("", self.written))
        return f"({self._made(0 if separated else 1)}){TIME_OF_DAY}"

    @cached_property
    def strptime(self) -> str:
        """The format as ``strptime`` knows it."""
        return self._made(2)

    def _made(self, which: int) -> str:
        made, at = "", 0
        for part in _PART.finditer(self.written):
            made += self._between(at, part.start(), which) + PARTS[part[0].lower()][which]
            at = part.end()
        return made + self._between(at, len(self.written), which)

    def _between(self, start: int, end: int, which: int) -> str:
        text = self.written[start:end]
        return text if which == 2 else re.sub(r"[^ \-/]", r"\\\g<0>", text)


ISO = DateFormat("yyyy-mm-dd")
