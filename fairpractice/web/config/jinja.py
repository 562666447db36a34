"""The templates: ours, and the NHS's by the library that keeps to theirs."""

from typing import Any

from django.contrib.messages import get_messages
from django.templatetags.static import static
from django.urls import reverse
from django.utils.timezone import localtime
from jinja2 import ChainableUndefined, ChoiceLoader, Environment, PackageLoader


def environment(**options: Any) -> Environment:
    """Return the environment that Django renders templates in."""
    options["loader"] = ChoiceLoader([options["loader"], PackageLoader("nhsuk_frontend_jinja")])
    options["undefined"] = ChainableUndefined  # the NHS's templates look into what is not there
    made = Environment(**options)
    made.globals.update(static=static, url=_url, get_messages=get_messages)
    made.filters["day"] = day
    made.filters["moment"] = moment
    return made


def _url(name: str, /, *args: Any, **kwargs: Any) -> str:
    return reverse(name, args=args or None, kwargs=kwargs or None)


def day(value: Any) -> str:
    """Write a day as the NHS does: 3 November 2026."""
    return f"{value.day} {value:%B %Y}" if value else ""


def moment(value: Any) -> str:
    """Write a moment in the time of this country: 3 November 2026, 14:05."""
    return f"{day(localtime(value))}, {localtime(value):%H:%M}" if value else ""
