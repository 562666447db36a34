"""What a server of web pages calls: ``gunicorn fairpractice.web.config.wsgi``."""

import contextlib
import os

from django.core.wsgi import get_wsgi_application


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fairpractice.web.config.settings")
application = get_wsgi_application()

from fairpractice.errors import FairpracticeError  # noqa: E402 - Django comes first
from fairpractice.web.worklists import rules  # noqa: E402


with contextlib.suppress(FairpracticeError):  # which the pages that need them then say
    rules.rules()  # takes a second: before anybody waits, and once for all workers (--preload)
