"""Bringing the database to what this version of the service expects."""

from django.core.management import call_command


def migrate() -> None:
    """Make the tables that are missing, and change those that are older; again changes nothing."""
    call_command("migrate", interactive=False, verbosity=0)
