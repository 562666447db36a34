"""Getting ready to work: secrets and a database where none are given, and Django over them."""

import os
from pathlib import Path

from fairpractice.web.config import environment, postgres


MADE = "service.env"


def prepare(**said: str) -> None:
    """Set Django up, in this process and those it starts.

    Where no database is named, one is started in ``FAIRPRACTICE_HOME``, and secrets that are not
    given are made there, once, in a file that its owner alone may read.

    Parameters
    ----------
    said
        Settings by name, that win over the environment.
    """
    os.environ.update(said)
    found = environment.read()
    if not found[environment.DATABASE]:
        home = Path(found["FAIRPRACTICE_HOME"]).resolve()
        home.mkdir(parents=True, exist_ok=True)
        missing = [name for name in environment.SECRETS if not found[name]]
        made = _secrets(home / MADE) if missing else {}
        os.environ.update({name: made[name] for name in missing})
        os.environ[environment.DATABASE] = postgres.start(home / "postgres")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fairpractice.web.config.settings")
    import django

    django.setup()


def _secrets(path: Path) -> dict[str, str]:
    if not path.exists():
        made = environment.new_secrets()
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.writelines(f"{name}={value}\n" for name, value in made.items())
    return environment.read({environment.FILE: str(path)})
