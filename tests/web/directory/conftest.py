"""What tests of the directory may use: feeds of fictional services, and taking them in."""

import json
from typing import Any
from uuid import UUID, uuid4, uuid5

from django.apps import apps
from django.core.serializers import serialize

from fairpractice.web.directory import taking_in
from fairpractice.web.directory.models import Reading, Service


def number(of: int) -> str:
    """Return an id."""
    return str(UUID(int=of))


def service(of: int, name: str, **also: Any) -> dict[str, Any]:
    """Return a service as a feed writes it."""
    return {"id": number(of), "name": name, "status": "active", **also}


def term(name: str) -> list[dict[str, Any]]:
    """Return attributes that say a term."""
    key = uuid5(UUID(int=1), name)
    return [
        {"id": str(uuid4()), "taxonomy_term": {"id": str(key), "name": name, "description": name}}
    ]


def received(*services: dict[str, Any], source: str = "A feed") -> Reading:
    """Read a feed."""
    content = json.dumps({"contents": list(services)}).encode()
    return taking_in.receive(None, source, [("services.json", content)], uuid4())


def taken_in(*services: dict[str, Any]) -> list[Service]:
    """Read a feed and accept it, and return its services in the order of their ids."""
    taking_in.accept(None, received(*services))
    return list(Service.objects.filter(id__in=[each["id"] for each in services]).order_by("id"))


def everything() -> str:
    """Return all that the tables of the directory hold, as text."""
    return "".join(
        serialize("json", model.objects.all())  # type: ignore[attr-defined]
        for model in apps.get_app_config("directory").get_models()
    )
