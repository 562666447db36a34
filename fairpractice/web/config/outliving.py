"""Work that goes on beside the service for days, over a database that may start again."""

from collections.abc import Callable
from typing import TypeVar

from django.db import OperationalError, close_old_connections

from fairpractice.errors import FairpracticeError


T = TypeVar("T")


def outlive(work: Callable[[], T]) -> T:
    """Do some work on a connection that is there.

    Raises
    ------
    FairpracticeError
        When the database does not answer. What was not done is still to be done, so whoever goes
        on may say so and come back.
    """
    close_old_connections()
    try:
        return work()
    except OperationalError as error:
        raise FairpracticeError(
            "The database does not answer",
            where=str(error).partition("\n")[0],
            fix="Start it. What waits is done then.",
        ) from error
