"""So many attempts in so many seconds, counted in the database: it holds across processes."""

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


SPEND = """
    INSERT INTO core_attempts AS kept (key, since, count) VALUES (%s, now(), 1)
    ON CONFLICT (key) DO UPDATE SET
        count = CASE WHEN kept.since < now() - make_interval(secs => %s) THEN 1
                     ELSE kept.count + 1 END,
        since = CASE WHEN kept.since < now() - make_interval(secs => %s) THEN now()
                     ELSE kept.since END
    RETURNING count
"""


def within_limit(what: str, who: object, *, limit: int, seconds: int) -> bool:
    """Count an attempt, and tell whether it is one of those allowed.

    Parameters
    ----------
    what, who
        What is attempted, and by whom: counted apart from all else.
    limit, seconds
        How many are allowed, from the first on, within how long.
    """
    with connection.cursor() as cursor:
        cursor.execute(SPEND, [f"{what}/{who}", seconds, seconds])
        (count,) = cursor.fetchone()
    return bool(count <= limit)


def place(request: HttpRequest) -> str:
    """Return from where a request comes: for the proxy that ends TLS, the last that it named."""
    passed = request.META.get("HTTP_X_FORWARDED_FOR", "") if settings.HTTPS else ""
    return passed.rpartition(",")[2].strip()[:45] or str(request.META.get("REMOTE_ADDR"))


def too_many(request: HttpRequest) -> HttpResponse:
    """Return the page that asks somebody to wait."""
    return render(request, "core/too_many.jinja", status=429)
