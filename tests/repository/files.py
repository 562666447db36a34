"""The files of the repository, found without git, so that an unpacked archive is tested too."""

from pathlib import Path


REPOSITORY = Path(__file__).resolve().parent.parent.parent
FOLDERS = (".ci", "benchmarks", "docs", "fairpractice", "requirements", "tests")
MADE = {"__pycache__", "node_modules"}


def files(*suffixes: str) -> list[Path]:
    """Return the files with these suffixes (all when none is given), sorted."""
    found = [path for path in REPOSITORY.iterdir() if path.is_file()]
    for folder in FOLDERS:
        found += [path for path in (REPOSITORY / folder).rglob("*") if path.is_file()]
    return sorted(
        path
        for path in found
        if not MADE & set(path.parts)
        and not path.name.startswith(".coverage")
        and (not suffixes or path.suffix in suffixes)
    )


def name(path: Path) -> str:
    """Return a file's path as people read it."""
    return path.relative_to(REPOSITORY).as_posix()
