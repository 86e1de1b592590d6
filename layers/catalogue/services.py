"""Finding a layer, declaring layers, announcing that their data changed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from gis_core.errors import NotFound
from gis_core.rights import Rights
from layers.catalogue.models import Layer, Theme


def visible_layer(slug: str, rights: Rights) -> Layer:
    """The layer of this name; NotFound when there is none, or none that the asker may see."""
    layer = Layer.objects.visible_to(rights).select_related("theme", "owner").filter(slug=slug).first()
    if layer is None:
        raise NotFound(_("There is no layer of this name, or you may not see it."))
    return layer


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeDeclaration:
    """A heading of the layer tree, in both languages."""

    slug: str
    title: str
    title_en: str
    order: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerDeclaration:
    """A layer that the code brings along: where its data lies, and how it starts."""

    slug: str
    title: str
    title_en: str
    theme: ThemeDeclaration
    order: int
    table: str
    rows: str
    geometry_type: str
    columns: Sequence[Mapping[str, Any]]
    title_field: str
    legend: Sequence[Mapping[str, Any]]
    min_zoom: int = 0
    max_zoom: int = 18
    abstract: str = ""
    attribution: str = ""
    licence: str = ""
    visibility: str = Layer.Visibility.PUBLIC
    editor_roles: Sequence[str] = ()

    def structure(self) -> dict[str, Any]:
        """What the code decides, whatever an administrator changed."""
        return {
            "table": self.table,
            "rows": self.rows,
            "geometry_type": self.geometry_type,
            "columns": [dict(column) for column in self.columns],
            "title_field": self.title_field,
        }

    def beginnings(self) -> dict[str, Any]:
        """What an administrator may change afterwards."""
        names = (
            "title title_en order abstract attribution licence visibility min_zoom max_zoom".split()  # noqa: SIM905
        )
        legend = [dict(symbol) for symbol in self.legend]
        chosen = {name: getattr(self, name) for name in names}
        return chosen | {"legend": legend, "editor_roles": list(self.editor_roles)}


def declare_layer(declaration: LayerDeclaration) -> Layer:
    """Create the layer, or bring an existing one's structure up to date; safe to repeat.

    An administrator's title, rights, zooms and legend are left alone. Needs the owner's or the worker's role.
    """
    theme, _made = Theme.objects.get_or_create(
        slug=declaration.theme.slug,
        defaults={name: getattr(declaration.theme, name) for name in ("title", "title_en", "order")},
    )
    structure = declaration.structure()
    layer, made = Layer.objects.get_or_create(
        slug=declaration.slug, defaults={"theme": theme, **declaration.beginnings(), **structure}
    )
    if not made and any(getattr(layer, name) != value for name, value in structure.items()):
        Layer.objects.filter(pk=layer.pk).update(**structure)
        layer.refresh_from_db()
    return layer


def announce_changed(layer: Layer) -> int:
    """Give the layer, whose rows changed, its next version and extent; caches are kept by version.

    Called in the transaction that changes the rows. Returns the new version.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select arpent.announce_changed(%s)", [layer.pk])
        (layer.version,) = cursor.fetchone()
    return layer.version


def announce_changed_slugs(slugs: Iterable[str]) -> None:
    """`announce_changed` for several layers by slug."""
    for layer in Layer.objects.filter(slug__in=list(slugs)):
        announce_changed(layer)
