"""What referrals tell other parts when the service starts."""

from django.apps import AppConfig


class Referrals(AppConfig):
    """An open referral holds its case open."""

    name = "fairpractice.web.referrals"

    def ready(self) -> None:
        """Say so to cases."""
        from fairpractice.web.cases.actions import HOLDS_OPEN
        from fairpractice.web.referrals.following import holds_open

        HOLDS_OPEN.append(holds_open)
