"""Urgent needs that an answer may tell of, and the help that is shown at once.

Nobody is watching when somebody answers: what is shown must be enough by itself.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from fairpractice.errors import FairpracticeError


SHIPPED = Path(__file__).with_name("urgent.toml")
FIRST = "everyone"
KINDS = ("suicide", "shelter", "food", "safety")
"""Kinds of urgent need, the gravest first."""


@dataclass(frozen=True)
class Help:
    """What is shown of one kind: a heading, and lines of text, the first to be tried first."""

    kind: str
    heading: str
    lines: tuple[str, ...]


def urgent_help(definitions: Path | None = None) -> dict[str, Help]:
    """Return the help by kind; ``everyone`` is shown before any other.

    Parameters
    ----------
    definitions
        The folder of local definitions: a file ``questionnaires/urgent.toml`` there puts its lines
        before those of the whole country.

    Raises
    ------
    FairpracticeError
        When that file cannot be read, or has a kind that is not known.
    """
    found = _read(SHIPPED)
    local = definitions / "questionnaires" / SHIPPED.name if definitions else None
    if local and local.exists():
        for kind, own in _read(local).items():
            lines = dict.fromkeys((*own.lines, *found[kind].lines))
            found[kind] = Help(kind, own.heading, tuple(lines))
    return found


def _read(file: Path) -> dict[str, Help]:
    try:
        said = tomllib.loads(file.read_text(encoding="utf-8"))
        found = {
            kind: Help(kind, str(each["heading"]), tuple(map(str, each["lines"])))
            for kind, each in said.items()
        }
    except (ValueError, KeyError, TypeError) as error:
        raise FairpracticeError(
            f"The help for urgent needs cannot be read: {error}",
            where=str(file),
            fix="Give each kind a heading, and lines = [...].",
        ) from error
    if others := sorted(set(found) - {FIRST, *KINDS}):
        raise FairpracticeError(
            f"There is no kind of urgent need {', '.join(others)}",
            where=str(file),
            fix=f"Use {', '.join((FIRST, *KINDS))}.",
        )
    return found
