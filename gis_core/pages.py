"""The pages' shared frame: navigation by role, the map page, errors for people."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def navigation(request: HttpRequest) -> dict[str, Any]:
    """What every template may link to, by the asker's roles."""
    return {"rights": getattr(request, "rights", None)}


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403_csrf.html", status=403)
