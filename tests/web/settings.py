"""The service's settings as the tests use them: the demonstration's, with keys of their own.

The database is named when the tests start one (``conftest.py``).
"""

import os
from unittest import mock

from fairpractice.web.config import environment


SAID = {
    "FAIRPRACTICE_DATABASE_URL": "postgresql://postgres@/fairpractice",
    "FAIRPRACTICE_DEMO": "yes",
    "FAIRPRACTICE_HTTPS": "no",
    "FAIRPRACTICE_HOSTS": "127.0.0.1,localhost,testserver",
    "FAIRPRACTICE_EDITION": "fictional2025",
    **environment.new_secrets(),
}
KEPT = {name: value for name, value in os.environ.items() if not name.startswith("FAIRPRACTICE_")}

with mock.patch.dict(os.environ, {**KEPT, **SAID}, clear=True):
    from fairpractice.web.config.settings import *  # noqa: F403

DATABASES["default"]["OPTIONS"]["options"] = "-c synchronous_commit=off"  # noqa: F405
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
