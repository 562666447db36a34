"""Who signs in."""

import uuid
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.crypto import salted_hmac

from fairpractice.web.core.encryption import Encrypted


class Users(BaseUserManager):
    """Finds and makes users."""

    def create_user(self, username: str, name: str, password: str | None = None) -> "User":
        """Make a user; without a password, one who signs in some other way."""
        user: User = self.model(username=username, name=name)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """Somebody who signs in. What they may do follows from their memberships alone.

    To count ``sessions_ended`` up ends every session of theirs, as another password does.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    username = models.CharField(max_length=150, unique=True)
    name = models.CharField(max_length=150)
    is_active = models.BooleanField(default=True)
    sessions_ended = models.PositiveIntegerField(default=0, editable=False)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects: Any = Users()

    def __str__(self) -> str:
        return self.name

    def get_session_auth_hash(self) -> str:
        """Return what a session of theirs must have kept to be theirs still."""
        told = f"{self.password}/{self.sessions_ended}"
        return salted_hmac("fairpractice.accounts", told, algorithm="sha256").hexdigest()


class Subject(models.Model):
    """What an OpenID provider calls a user. An administrator, or whom they invited, says so."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="subjects")
    issuer = models.CharField(max_length=300)
    subject = models.CharField(max_length=255)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["issuer", "subject"], name="a_subject_is_one_user")
        ]


class Invitation(models.Model):
    """A link with which a user sets up how they sign in; it does so once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="invitations")
    digest = models.BinaryField(max_length=16, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class SecondFactor(models.Model):
    """The app that makes a user's codes. ``last_step`` is that of the last code that was taken."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="second_factor")
    secret = Encrypted()
    last_step = models.BigIntegerField(default=0)


class RecoveryCode(models.Model):
    """A code for when there is no app. What is used is gone."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="recovery_codes")
    digest = models.BinaryField(max_length=16)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "digest"], name="a_code_is_once")]
