"""Take what the service needs from the published nhsuk-frontend package: ``make vendor``.

Kept are the styles, the script and the pictures that the styles ask for, so that the service asks
nobody else for anything. Three things are changed: the fonts of assets.nhs.uk go (their licence is
for nhs.uk alone; Arial follows in the list), as do the references to source maps, and pictures are
addressed relative to the styles.
"""

import re
import sys
import tarfile
from pathlib import Path


VERSION = "10.6.1"
HERE = Path(__file__).parent.parent / "core" / "static" / "core" / f"nhsuk-frontend-{VERSION}"
PACKAGE = "package/dist/nhsuk"
FONTS = re.compile(r"@font-face\{[^}]*\}")
ASSETS = re.compile(r"url\(/assets/images/([\w.-]+)\)")
SOURCE_MAP = re.compile(r"(/\*# |//# )sourceMappingURL=.*")


def vendor(archive: Path, folder: Path = HERE) -> list[str]:
    """Write what is needed of the package's archive to a folder; return the names of the files."""
    folder.mkdir(parents=True, exist_ok=True)
    with tarfile.open(archive) as package:

        def text(name: str) -> str:
            member = package.extractfile(f"{PACKAGE}/{name}")
            assert member is not None
            return member.read().decode()

        css = text("nhsuk-frontend.min.css")
        pictures = sorted(set(ASSETS.findall(css)))
        css = ASSETS.sub(r"url(\1)", FONTS.sub("", css)).replace("Frutiger W01,arial", "arial")
        kept = {
            "nhsuk-frontend.min.css": SOURCE_MAP.sub("", css),
            "nhsuk-frontend.min.js": SOURCE_MAP.sub("", text("nhsuk-frontend.min.js")),
            **{name: text(f"assets/images/{name}") for name in pictures},
        }
    for name, words in kept.items():
        (folder / name).write_text(words.rstrip() + "\n", encoding="utf-8")
    return sorted(kept)


if __name__ == "__main__":
    vendor(Path(sys.argv[1]))
