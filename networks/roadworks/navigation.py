"""Where the map leads to among roads."""

from django.http import HttpRequest
from django.urls import reverse

from gis_core.desk.navigation import to_signed_in


def roads_address(request: HttpRequest) -> str:
    """The desk of roads for people who are signed in, the public works for visitors."""
    return reverse("roads" if to_signed_in(request) else "public_works")
