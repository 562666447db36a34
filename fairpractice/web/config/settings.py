"""Django's settings, from the environment (:mod:`fairpractice.web.config.environment`)."""

from pathlib import Path
from typing import Any

from psycopg.conninfo import conninfo_to_dict

from fairpractice.web.config import environment, notify, openid


said = environment.complete(environment.read())
IN_DEMO = said["FAIRPRACTICE_DEMO"] == "yes"
HTTPS = said["FAIRPRACTICE_HTTPS"] == "yes"
RECORD = said["FAIRPRACTICE_RECORD"]
DEFINITIONS = said["FAIRPRACTICE_DEFINITIONS"]
EDITION = said["FAIRPRACTICE_EDITION"]
OUTBOX = Path(said["FAIRPRACTICE_HOME"]) / "outbox"
SENDER = said["FAIRPRACTICE_SENDER"]
NOTIFY = notify.account(said)
SECRET_KEY = said["FAIRPRACTICE_SECRET_KEY"]
ENCRYPTION_KEYS = [key.strip() for key in said["FAIRPRACTICE_KEYS"].split(",") if key.strip()]
INDEX_KEY = said["FAIRPRACTICE_INDEX_KEY"]
DEBUG = False
ALLOWED_HOSTS = [host.strip() for host in said["FAIRPRACTICE_HOSTS"].split(",")]

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "csp",
    "fairpractice.web.core",
    "fairpractice.web.accounts",
    "fairpractice.web.organisations",
    "fairpractice.web.patients",
    "fairpractice.web.letters",
    "fairpractice.web.feeds",
    "fairpractice.web.coding",
    "fairpractice.web.sharing",
    "fairpractice.web.questionnaires",
    "fairpractice.web.worklists",
    "fairpractice.web.population",
    "fairpractice.web.directory",
    "fairpractice.web.cases",
    "fairpractice.web.referrals",
    "fairpractice.web.messaging",
    "fairpractice.web.improvement",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "fairpractice.web.core.middleware.nothing_is_kept",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "fairpractice.web.accounts.middleware.remembers_that_somebody_was_here",
    "fairpractice.web.accounts.middleware.signs_out_in_time",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "fairpractice.web.accounts.middleware.says_who_is_at_work",
    "fairpractice.web.core.middleware.every_view_wears_its_act",
]

ROOT_URLCONF = "fairpractice.web.config.urls"
WSGI_APPLICATION = "fairpractice.web.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "APP_DIRS": True,
        "OPTIONS": {
            "environment": "fairpractice.web.config.jinja.environment",
            "context_processors": [
                "fairpractice.web.core.page.page",
                "fairpractice.web.sharing.notices.notices",
                "fairpractice.web.messaging.views.notices",
                "fairpractice.web.referrals.partner.notices",
                "fairpractice.web.questionnaires.acting.notices",
            ],
        },
    }
]


def database(url: str) -> dict[str, Any]:
    """Return Django's words for a PostgreSQL URL."""
    parts: dict[str, Any] = dict(conninfo_to_dict(url))
    ours = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST"}
    named = {django: parts.pop(theirs, "") or "" for theirs, django in ours.items()}
    return {
        "ENGINE": "django.db.backends.postgresql",
        **named,
        "PORT": parts.pop("port", ""),
        "OPTIONS": parts,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,  # a database that was started again is found again
    }


DATABASES = {"default": database(said[environment.DATABASE])}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "accounts:sign-in"
LOGIN_REDIRECT_URL = "core:home"
LOCAL_ACCOUNTS = said["FAIRPRACTICE_LOCAL_ACCOUNTS"] == "yes"
OPENID = openid.clients(said)
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "name")},
    },
]
IDLE_MINUTES = 15
LONGEST_HOURS = 12
SESSION_COOKIE_AGE = 10 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_NAME = "session"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"  # a return from signing in elsewhere comes from another site
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_FAILURE_VIEW = "fairpractice.web.core.views.form_expired"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SECURE_SSL_REDIRECT = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_REFERRER_POLICY = "same-origin"  # with none, a form would not say where it comes from
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# The one script in a page itself is the NHS template's, which says that there is JavaScript.
TEMPLATE_SCRIPT = "'sha256-tDOvXJi1PXbg0CWjLCCYSNHRXtps26K4JXkE3M6u/c0='"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'", TEMPLATE_SCRIPT],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
    }
}

STATIC_URL = "static/"
WHITENOISE_USE_FINDERS = True  # straight from the package: there is nothing to collect
WHITENOISE_AUTOREFRESH = False
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_MAX_AGE = 60 * 60
WHITENOISE_IMMUTABLE_FILE_TEST = r"/nhsuk-frontend-[\d.]+/"

FILE_UPLOAD_HANDLERS = ["fairpractice.web.core.uploads.Limited"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_TZ = True
USE_I18N = False

# A message of Django's may quote what was sent: what is logged is that something failed, and where.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "loggers": {
        "django": {"handlers": ["console"], "level": "ERROR", "propagate": False},
        "django.request": {"handlers": ["console"], "level": "ERROR", "propagate": False},
    },
}
