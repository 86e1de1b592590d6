"""Finding a layer, declaring layers, announcing that their data changed; publishing photos."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any

from django.apps import AppConfig
from django.contrib.gis.geos import MultiPolygon
from django.db import connections, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from gis_core.database import clock as database_clock
from gis_core.database.lock_waits import check_not_locked
from gis_core.database.statements import fetch_one
from gis_core.errors import NotFound
from gis_core.members.rights import Rights
from gis_core.models import Member, Territory
from layers.catalogue.alternative_legends import AlternativeLegend
from layers.catalogue.footprint import footprint_4326
from layers.catalogue.models import Background, Layer, Photo, PhotoEdition, PhotoSheet, Theme
from layers.catalogue.points import LAYERS


def background_addresses() -> Iterable[str]:
    """Templates of addresses of the declared background maps."""
    return Background.objects.values_list("url", flat=True)


def layers_for_tokens(rights: Rights) -> Sequence[tuple[int, str, str]]:
    """Id, name and title of the layers that a token of the asker's may be made for."""
    return [(layer.pk, layer.slug, str(layer)) for layer in Layer.objects.visible_to(rights).order_by("title")]


def visible_layer(slug: str, rights: Rights) -> Layer:
    """The layer of this name. Raises NotFound (none, or none that the asker may see), Busy (read while locked)."""
    layer = Layer.objects.visible_to(rights).select_related("theme", "owner").filter(slug=slug).first()
    if layer is None:
        raise NotFound(_("There is no layer of this name, or you may not see it."))
    check_not_locked(slug)
    return layer


def visible_photo(slug: str, rights: Rights) -> Photo:
    """The photo of this name; NotFound when there is none, or none that the asker may see."""
    photo = Photo.objects.visible_to(rights).select_related("owner").filter(slug=slug).first()
    if photo is None:
        raise NotFound(_("There is no aerial photo of this name, or you may not see it."))
    return photo


def communes_of_photo(photo: Photo, rights: Rights) -> frozenset[str] | None:
    """The communes (INSEE codes) on which the asker sees a photo that they may see; None: everywhere.

    It is theirs through members that see their communes only; a town hall sees it where it works.
    """
    shared = photo.visibility == Layer.Visibility.MEMBERS and photo.within_communes
    if not shared or rights.agency or photo.owner_id in rights.roles:
        return None
    shared_with = set(photo.shared_with)
    codes = Territory.objects.filter(member_id__in=shared_with & set(rights.members()))
    own = Territory.objects.filter(
        member_id__in=shared_with & set(rights.town_halls()), commune_id__in=rights.town_insee
    )
    return frozenset(map(str, (codes | own).values_list("commune_id", flat=True)))


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeDeclaration:
    """A heading of the layer tree, in both languages."""

    slug: str
    title: str
    title_en: str
    order: int


type Legend = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerDeclaration:
    """A layer that the code brings along: where its data lies, and how it starts.

    A `legend` that the day decides, or that is read from a file, is a function, asked when the layer is made.
    """

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
    legend: Legend | Callable[[], Legend]
    min_zoom: int = 0
    max_zoom: int = 18
    abstract: str = ""
    attribution: str = ""
    licence: str = ""
    visibility: str = Layer.Visibility.PUBLIC
    visible_at_first: bool = True
    editor_roles: Sequence[str] = ()
    key_column: str = ""
    labels: Mapping[str, Any] = field(default_factory=dict)
    legends: Sequence[AlternativeLegend] = ()

    def structure(self) -> dict[str, Any]:
        """What the code decides, whatever an administrator changed."""
        return {
            "table": self.table,
            "rows": self.rows,
            "geometry_type": self.geometry_type,
            "columns": [dict(column) for column in self.columns],
            "title_field": self.title_field,
            "key_column": self.key_column,
        }

    def beginnings(self) -> dict[str, Any]:
        """What an administrator may change afterwards."""
        names = [
            *("title", "title_en", "order", "abstract", "attribution", "licence"),
            *("visibility", "visible_at_first", "min_zoom", "max_zoom"),
        ]
        legend = [dict(symbol) for symbol in (self.legend() if callable(self.legend) else self.legend)]
        chosen = {name: getattr(self, name) for name in names}
        return chosen | {"legend": legend, "labels": dict(self.labels), "editor_roles": list(self.editor_roles)}


INDEXED = """
    select arpent.index_reference(to_regclass('public.' || quote_ident("table")), rows, key_column) from catalogue_layer
    where key_column <> '' and to_regclass('public.' || quote_ident("table")) is not null
"""
"""The search box finds objects of these layers by their reference."""


def declare_layers(sender: AppConfig, using: str = "default", **_signal: Any) -> None:
    """After migrations (and after a test's flush): the layers of all apps exist in every database."""
    if "catalogue_layer" not in connections[using].introspection.table_names():
        return
    with transaction.atomic(using=using):
        for declaration in LAYERS.all():
            declare_layer(declaration)
        with connections[using].cursor() as cursor:
            cursor.execute(INDEXED)


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


def date_layers(slugs: Iterable[str], *, given: date | None, latest: date | None) -> None:
    """Set the vintage of these layers: the date that somebody gave, else the one found in the data if it is later."""
    layers = Layer.objects.filter(slug__in=list(slugs))
    if given:
        layers.update(source_date=given)
    elif latest:
        layers.filter(Q(source_date=None) | Q(source_date__lt=latest)).update(source_date=latest)


def announce_changed(layer: Layer) -> int:
    """Give the layer, whose rows changed, its next version and extent; caches are kept by version.

    Called in the transaction that changes the rows. Returns the new version.
    """
    with transaction.atomic():
        (layer.version,) = fetch_one("select arpent.announce_changed(%s)", [layer.pk])
    return layer.version


def announce_changed_slugs(slugs: Iterable[str]) -> None:
    """`announce_changed` for several layers by slug."""
    for layer in Layer.objects.filter(slug__in=list(slugs)):
        announce_changed(layer)


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetDeclaration:
    """A sheet of a photo: a display-ready COG under the photo's folder and its outline (EPSG:2154)."""

    name: str
    path: str
    rank: int
    resolution_m: float
    geom: MultiPolygon


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoDeclaration:
    """What is published of a campaign; the fields are those of `Photo`."""

    slug: str
    title: str
    acquired_date: date
    acquired_precision: str
    resolution_m: float
    owner: Member | None
    visibility: str
    shared_with: Sequence[int]
    within_communes: bool
    folder: str
    overview: str
    geom: MultiPolygon
    sheets: Sequence[SheetDeclaration]
    title_en: str = ""
    abstract: str = ""
    attribution: str = ""
    licence: str = ""
    kind: str = Photo.Kind.PHOTO
    vertical_crs: int | None = None


@transaction.atomic
def publish_photo(declared: PhotoDeclaration) -> Photo:
    """Show a photo, or show it anew in place of what its slug showed. The caller has asked for the right to."""
    box = declared.geom.transform(4326, clone=True).extent
    chosen = {name: getattr(declared, name) for name in PHOTO_FIELDS}
    edition = next_photo_edition()
    derived = {
        "edition": edition,
        "pixels_edition": edition,
        "extent_4326": list(box),
        "footprint_4326": footprint_4326(declared.geom),
        "published_at": database_clock.now(),
    }
    photo, _made = Photo.objects.update_or_create(slug=declared.slug, defaults=chosen | derived)
    photo.sheets.all().delete()
    PhotoSheet.objects.bulk_create(
        PhotoSheet(photo=photo, name=s.name, path=s.path, rank=s.rank, resolution_m=s.resolution_m, geom=s.geom)
        for s in declared.sheets
    )
    return photo


@transaction.atomic
def revise_photo(slug: str, description: Mapping[str, Any]) -> bool:
    """Change what is said of a shown photo and who sees it, by field of `Photo`; its pixels stay, and what is kept of
    them. It has a new edition: who may no longer see it is refused at once. Returns whether it is shown."""
    edition = next_photo_edition()
    return Photo.objects.filter(slug=slug).update(**description, edition=edition) > 0


@transaction.atomic
def delete_photo(slug: str) -> bool:
    """Show a photo no more; its files stay. Returns whether it was shown."""
    next_photo_edition()
    deleted, _by_model = Photo.objects.filter(slug=slug).delete()
    return deleted > 0


def next_photo_edition() -> int:
    """Count one more publication or taking back; whoever does the same waits for this transaction's end."""
    PhotoEdition.objects.bulk_create([PhotoEdition(pk=1, number=0)], ignore_conflicts=True)
    edition = PhotoEdition.objects.select_for_update().get(pk=1)
    edition.number += 1
    edition.save(update_fields=["number"])
    return edition.number


def photo_edition() -> int:
    """How many publications there were: the catalogue of photos is the same while it stays the same."""
    return PhotoEdition.objects.filter(pk=1).values_list("number", flat=True).first() or 0


PHOTO_FIELDS = tuple(field.name for field in fields(PhotoDeclaration) if field.name not in ("slug", "sheets"))
