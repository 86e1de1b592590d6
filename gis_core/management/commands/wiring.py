"""`wiring`: every extension point, with who contributes what."""

from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand

from gis_core.wiring.checks import load_points
from gis_core.wiring.manifests import manifests
from gis_core.wiring.page import contributions, named, page
from gis_core.wiring.points import POINTS, ExtensionPoint


class Command(BaseCommand):
    help = "Prints every extension point, with who contributes what, and the addresses of each app."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("point", nargs="*", help="those of these names alone")
        parser.add_argument("--markdown", action="store_true", help="the page docs/reference/wiring.md")

    def handle(self, *_args: Any, point: list[str], markdown: bool, **_options: Any) -> None:
        load_points()
        self.stdout.write(page() if markdown else "\n".join(described(point)), ending="" if markdown else "\n")


def described(names: list[str]) -> Iterator[str]:
    """Lines of text: the points by name, then the addresses. With names, these points alone."""
    for name in sorted(POINTS):
        if not names or name in names:
            yield from described_point(POINTS[name])
    if not names:
        yield from described_urls()


def described_point(point: ExtensionPoint[Any]) -> Iterator[str]:
    yield f"{point.name} - {point.doc}"
    for item, app in contributions(point):
        yield f"    {named(point, item):<64}{app}"
    yield ""


def described_urls() -> Iterator[str]:
    yield "urls - The addresses below each prefix, in the order in which they are asked."
    given = [(one, app) for app, manifest in manifests().items() for one in manifest.urls]
    for one, app in sorted(given, key=lambda pair: pair[0].order):
        yield f"    {one.prefix:<20}{one.module:<44}{app}"
