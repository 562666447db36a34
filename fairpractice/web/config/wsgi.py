"""What a server of web pages calls: ``gunicorn fairpractice.web.config.wsgi``."""

import os

from django.core.wsgi import get_wsgi_application


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fairpractice.web.config.settings")
application = get_wsgi_application()
