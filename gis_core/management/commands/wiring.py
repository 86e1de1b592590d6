"""`wiring`: every extension point, with who contributes what."""

from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand

from gis_core.wiring.checks import load_points
from gis_core.wiring.manifests import manifests
from gis_core.wiring.points import POINTS, ExtensionPoint, Later


class Command(BaseCommand):
    help = "Prints every extension point, with who contributes what, and the addresses of each app."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("point", nargs="*", help="those of these names alone")

    def handle(self, *_args: Any, point: list[str], **_options: Any) -> None:
        load_points()
        self.stdout.write("\n".join(described(point)))


def described(names: list[str]) -> Iterator[str]:
    """Lines of text: the points by name, then the addresses. With names, these points alone."""
    for name in sorted(POINTS):
        if not names or name in names:
            yield from described_point(POINTS[name])
    if not names:
        yield from described_urls()


def described_point(point: ExtensionPoint[Any]) -> Iterator[str]:
    yield f"{point.name} - {point.doc}"
    apps = {id(item): app for app, item in point.given(manifests())}
    for item in point.all():
        yield f"    {named(point, item):<44}{apps.get(id(item), '')}"
    yield ""


def named(point: ExtensionPoint[Any], item: Any) -> str:
    """What an item is called: its key, the path of its function, or its class."""
    if point.key is not None:
        return str(point.key(item))
    if isinstance(item, Later):
        return item.path
    return getattr(item, "__qualname__", None) or str(item)


def described_urls() -> Iterator[str]:
    yield "urls - The addresses below each prefix, in the order in which they are asked."
    given = [(one, app) for app, manifest in manifests().items() for one in manifest.urls]
    for one, app in sorted(given, key=lambda pair: pair[0].order):
        yield f"    {one.prefix:<20}{one.module:<44}{app}"
