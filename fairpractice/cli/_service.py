"""Setting the service up for the verbs that work on its database."""

from fairpractice.errors import FairpracticeError


def prepare(**said: str) -> None:
    """Set Django up over the service's database, starting it if it is its own.

    Raises
    ------
    FairpracticeError
        When the service is not installed.
    """
    try:
        from fairpractice.web.config import launch

        launch.prepare(**said)
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("fairpractice"):
            raise
        raise FairpracticeError(
            "the service is not installed",
            where=f"there is no {error.name}",
            fix="Run make install, or: pip install fairpractice[web]",
        ) from error
