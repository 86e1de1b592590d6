"""What a layer is, where its data lies, who may see or edit it, how it looks."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from gis_core.fields import current_instant
from gis_core.members.rights import Rights, Role
from gis_core.models import Member
from layers.catalogue.validators import (
    validate_columns,
    validate_label_column,
    validate_labels,
    validate_legend,
    validate_rules,
    validate_where,
)


def in_language(french: str, english: str) -> str:
    """The English text where English is asked for and known, the French one otherwise."""
    return english if english and (get_language() or "fr").startswith("en") else french


def up_to(most: float) -> list[Any]:
    return [MinValueValidator(0), MaxValueValidator(most)]


def visibility_condition(rights: Rights) -> Q:
    """The condition under which the asker sees a row with `visibility`, `owner` and `shared_with`."""
    if rights.agency:
        return Q()
    members = list(rights.roles)
    seen = Q(visibility=Layer.Visibility.PUBLIC) | Q(owner_id__in=members)
    if rights.signed_in:
        seen |= Q(visibility=Layer.Visibility.SIGNED_IN)
    if members:
        seen |= Q(visibility=Layer.Visibility.MEMBERS, shared_with__overlap=members)
    return seen


class Theme(models.Model):
    """A heading of the layer tree."""

    security = "edited"

    slug = models.SlugField(_("short name"), unique=True)
    title = models.CharField(_("title"), max_length=80)
    title_en = models.CharField(_("English title"), max_length=80, blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=100)

    class Meta:
        verbose_name = _("theme")
        verbose_name_plural = _("themes")
        ordering: ClassVar[list[str]] = ["order", "title"]

    def __str__(self) -> str:
        return in_language(self.title, self.title_en)


class LayerQuerySet(models.QuerySet["Layer"]):
    def visible_to(self, rights: Rights) -> LayerQuerySet:
        """The layers that the asker may see: the one question that every read, tile, search and export asks. Archived
        ones are seen by nobody.
        """
        return self.with_archived(rights).filter(archived_at=None)

    def with_archived(self, rights: Rights) -> LayerQuerySet:
        """The same and those that are archived, for whoever administers them."""
        return self.filter(visibility_condition(rights))


class Layer(models.Model):
    """A layer of the catalogue: a table of the database with its title, rights and look.

    `columns` lists the only columns that leave the platform, in order: `{"name", "label", "label_en", "type", "unit",
    "in_tiles"}`, and if need be `"values"` (words of codes), what an edit may write (`"required"`, `"read_only"`,
    `"choices"`, `"maximum_length"`, `"minimum"`, `"maximum"`), what a new feature has at first (`"default"`, one of the
    choices), what is proposed while one types (`"suggest"`), of which objects it is asked (`"when"`: {another column:
    [values]}), how labels write it (`"prefix"`, `"short"` words of codes) and `"roles"` (only these, at the owner, see
    it). `legend` lists the symbols in drawing order: `{"label", "label_en", "where": {column: condition}, "symbol":
    {"kind", "fill", "hatch", "stroke", "stroke_width", "dash", "radius", "shape"}}`; a feature is drawn by the first
    line that it fits (`layers.catalogue.legend`). `labels` says what is written beside features: `{"column", "also",
    "size", "colour", "bold", "from_scale", "priority"}` (`layers.catalogue.label_text`). `scale_from` and `scale_to`
    are the denominators between which the layer is shown, `min_zoom` the first level at which it has tiles. `rules`
    lists what edits are checked by: `{"kind", "hard", "column", "tolerance_m"}`. `key_column` holds the reference that
    is unique for each owner.
    `rows` says how the table's rows are protected (the scope given to `secure_table`). `extent_4326` (west, south,
    east, north) is measured when data changes, and only for data that everybody who sees the layer sees whole.
    An archived layer (`archived_at`) is there for whoever administers it alone: neither on the map nor in tiles,
    search, exports or OGC services.
    What the layer shares with a parcel is told as a limit to be checked below `tolerance_m2` and `tolerance_percent` of
    the parcel (surfaces), or below `tolerance_m` (lines; points by how far they lie from the limit).
    """

    security = "visibility"

    class Visibility(models.TextChoices):
        PUBLIC = "public", _("Everybody")
        SIGNED_IN = "signed_in", _("Everybody signed in")
        MEMBERS = "members", _("Listed members")
        OWNER = "owner", _("Its owner alone")

    class Geometry(models.TextChoices):
        POINT = "point", _("Point")
        LINE = "line", _("Line")
        POLYGON = "polygon", _("Polygon")

    class Rows(models.TextChoices):
        REFERENCE = "reference", _("Public reference data")
        OWNER = "owner", _("Rows of members")
        INSEE = "insee", _("Personal rows by commune")
        LAYER = "layer", _("Rows of this layer")

    slug = models.SlugField(_("short name"), unique=True)
    title = models.CharField(_("title"), max_length=120)
    title_en = models.CharField(_("English title"), max_length=120, blank=True)
    abstract = models.TextField(_("abstract"), blank=True)
    theme = models.ForeignKey(Theme, models.PROTECT, related_name="layers", verbose_name=_("theme"))
    order = models.PositiveSmallIntegerField(_("order"), default=100)
    attribution = models.CharField(_("attribution"), max_length=200, blank=True)
    licence = models.CharField(_("licence"), max_length=120, blank=True)
    source_date = models.DateField(_("vintage"), null=True, blank=True)
    lineage = models.TextField(_("how it was made"), blank=True)
    contact = models.CharField(_("whom to ask"), max_length=200, blank=True)
    owner = models.ForeignKey(Member, models.CASCADE, null=True, blank=True, verbose_name=_("owner"))
    visibility = models.CharField(_("who sees it"), max_length=10, choices=Visibility, default=Visibility.OWNER)
    shared_with = ArrayField(
        models.IntegerField(), default=list, blank=True, verbose_name=_("members it is shared with")
    )
    editor_roles = ArrayField(
        models.CharField(max_length=24, choices=Role), default=list, blank=True, verbose_name=_("roles that edit it")
    )
    table = models.CharField(_("table"), max_length=63, validators=[RegexValidator(r"^[a-z][a-z0-9_]*$")])
    rows = models.CharField(_("protection of the rows"), max_length=10, choices=Rows, default=Rows.LAYER)
    geometry_type = models.CharField(_("geometry"), max_length=8, choices=Geometry)
    columns = models.JSONField(_("columns"), default=list, validators=[validate_columns])
    title_field = models.CharField(_("column that names a feature"), max_length=63)
    key_column = models.CharField(_("column of the unique reference"), max_length=63, blank=True)
    strict_locking = models.BooleanField(_("no edit without the version seen (read-only in QGIS)"), default=False)
    rules = models.JSONField(_("rules"), default=list, blank=True, validators=[validate_rules])
    min_zoom = models.PositiveSmallIntegerField(_("smallest zoom"), default=0)
    max_zoom = models.PositiveSmallIntegerField(_("largest tile zoom"), default=18)
    visible_at_first = models.BooleanField(_("shown at first"), default=True)
    legend = models.JSONField(_("legend"), default=list, validators=[validate_legend])
    labels = models.JSONField(_("labels"), default=dict, blank=True, validators=[validate_labels])
    scale_from = models.PositiveIntegerField(_("smallest scale: 1 to"), null=True, blank=True)
    scale_to = models.PositiveIntegerField(_("largest scale: 1 to"), null=True, blank=True)
    tolerance_m2 = models.FloatField(_("tolerance of areas (m²)"), default=5, validators=up_to(1_000))
    tolerance_percent = models.FloatField(_("tolerance of shares (%)"), default=1, validators=up_to(100))
    tolerance_m = models.FloatField(_("tolerance of lengths (m)"), default=1, validators=up_to(100))
    extent_4326 = ArrayField(models.FloatField(), size=4, null=True, editable=False)
    archived_at = models.DateTimeField(_("archived"), null=True, editable=False)
    version = models.IntegerField(default=1, editable=False)

    objects = LayerQuerySet.as_manager()

    class Meta:
        verbose_name = _("layer")
        verbose_name_plural = _("layers")
        ordering: ClassVar[list[str]] = ["theme__order", "order", "title"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(min_zoom__lte=models.F("max_zoom"), max_zoom__lte=22), name="layer_zooms_in_order"
            ),
            models.CheckConstraint(
                condition=~Q(visibility="owner") | Q(owner__isnull=False), name="layer_of_an_owner_has_one"
            ),
            models.CheckConstraint(
                condition=Q(scale_from=None) | Q(scale_to=None) | Q(scale_to__lte=models.F("scale_from")),
                name="layer_scales_in_order",
            ),
            models.CheckConstraint(
                condition=Q(
                    tolerance_m2__range=(0, 1_000), tolerance_percent__range=(0, 100), tolerance_m__range=(0, 100)
                ),
                name="layer_tolerances_in_range",
            ),
        ]

    def __str__(self) -> str:
        return in_language(self.title, self.title_en)

    def clean(self) -> None:
        """Symbols are chosen, and labels written, by columns that the tiles carry (once the lists have their shape)."""
        try:
            validate_columns(self.columns)
            validate_legend(self.legend)
            validate_labels(self.labels)
        except ValidationError:
            return
        validate_where(self.legend, self.tile_columns())
        validate_label_column(self.labels, self.tile_columns())

    def may_edit(self, rights: Rights) -> bool:
        """Whether the asker may change features of this layer: its owner's people by role, those of any member where
        the layer has no owner and its rows are members'."""
        if self.rows in (Layer.Rows.REFERENCE, Layer.Rows.INSEE):
            return False
        return self.may_edit_rows_of(self.owner_id, rights) or bool(self.editable_members(rights))

    def may_edit_rows_of(self, member_id: int | None, rights: Rights) -> bool:
        return rights.has_role(member_id, frozenset(map(Role, self.editor_roles)))

    def editable_members(self, rights: Rights) -> list[int]:
        """The members for which the asker may make features."""
        if self.owner_id is not None or self.rows != Layer.Rows.OWNER:
            return [self.owner_id] if self.owner_id and self.may_edit_rows_of(self.owner_id, rights) else []
        roles = {*self.editor_roles, Role.AGENCY_ADMINISTRATOR}
        return sorted(member for member, role in rights.roles.items() if role in roles)

    def tile_fields(self) -> list[dict[str, Any]]:
        """The columns that tiles carry: the same for everybody who sees the layer, so none that only some roles see."""
        return [column for column in self.columns if column.get("in_tiles") and column.get("roles") is None]

    def tile_columns(self) -> list[str]:
        return [column["name"] for column in self.tile_fields()]

    def fields_for(self, rights: Rights) -> list[dict[str, Any]]:
        """The columns that the asker may see, with their label in the asker's language: every read asks this."""
        return [
            {**column, "label": in_language(column["label"], column.get("label_en", ""))}
            for column in self.columns
            if column.get("roles") is None or self.has_role_here(rights, frozenset(map(Role, column["roles"])))
        ]

    def has_role_here(self, rights: Rights, roles: frozenset[Role]) -> bool:
        """Whether the asker holds one of the roles at the layer's owner; at any member where its rows are members'."""
        if self.owner_id is None and self.rows == self.Rows.OWNER:
            return rights.agency or any(role in roles for role in rights.roles.values())
        return rights.has_role(self.owner_id, roles)

    def writable_fields(self, rights: Rights) -> list[dict[str, Any]]:
        """The columns that the asker may write where they may edit the layer: every write asks this."""
        return [column for column in self.fields_for(rights) if not column.get("read_only")]


class Background(models.Model):
    """A background map that an administrator declares: XYZ tiles or a WMTS layer in the Web Mercator pyramid."""

    security = "edited"

    class Kind(models.TextChoices):
        XYZ = "xyz", "XYZ"
        WMTS = "wmts", "WMTS"

    slug = models.SlugField(_("short name"), unique=True)
    title = models.CharField(_("title"), max_length=80)
    kind = models.CharField(_("kind"), max_length=4, choices=Kind)
    url = models.CharField(_("address"), max_length=400, validators=[RegexValidator(r"^https?://[^\s'\";,]+$")])
    layer = models.CharField(_("WMTS layer"), max_length=120, blank=True)
    matrix_set = models.CharField(_("WMTS matrix set"), max_length=60, blank=True, default="PM")
    format = models.CharField(_("image format"), max_length=40, default="image/png")
    style = models.CharField(_("WMTS style"), max_length=40, blank=True, default="normal")
    attribution = models.CharField(_("attribution"), max_length=200)
    min_zoom = models.PositiveSmallIntegerField(_("smallest zoom"), default=0)
    max_zoom = models.PositiveSmallIntegerField(_("largest zoom"), default=19)
    order = models.PositiveSmallIntegerField(_("order"), default=100)

    class Meta:
        verbose_name = _("background map")
        verbose_name_plural = _("background maps")
        ordering: ClassVar[list[str]] = ["order", "title"]

    def __str__(self) -> str:
        return self.title


class PhotoQuerySet(models.QuerySet["Photo"]):
    def visible_to(self, rights: Rights) -> PhotoQuerySet:
        """The photos and models of heights that the asker may see, whole or within their communes."""
        return self.filter(visibility_condition(rights))

    def pictures(self) -> PhotoQuerySet:
        """Photos, without models of heights."""
        return self.filter(kind=Photo.Kind.PHOTO)


class Photo(models.Model):
    """A published aerial campaign: sheets (COGs, display-ready 8-bit RGB in EPSG:2154) and a mosaic-wide overview.

    `edition` stands in every tile address: the number of this publication, or of its last change, among those of all
    photos. `pixels_edition` is the edition that its pixels came with: what is kept of them goes by it. `folder`, under
    FILES_DIR, holds the sheets and `overview`; `geom` is where there are pixels, and roughly `footprint_4326`, as
    light GeoJSON. With `within_communes`, members it is shared with see it on their own communes only.

    A campaign of heights is one too, by its `kind`: its sheets are COGs of one float band, metres above the vertical
    datum `vertical_crs` (an EPSG code: 5720 is NGF-IGN69).
    """

    security = "visibility"

    class Kind(models.TextChoices):
        PHOTO = "photo", _("Photo")
        GROUND = "ground", _("Ground (MNT)")
        SURFACE = "surface", _("Surface (MNS)")
        HEIGHT = "height", _("Height above ground (MNH)")

    class Precision(models.TextChoices):
        YEAR = "year", _("Year")
        MONTH = "month", _("Month")
        DAY = "day", _("Day")

    slug = models.SlugField(_("short name"), unique=True)
    kind = models.CharField(_("kind"), max_length=7, choices=Kind, default=Kind.PHOTO)
    vertical_crs = models.PositiveIntegerField(_("vertical datum (EPSG code)"), null=True, blank=True)
    title = models.CharField(_("title"), max_length=120)
    title_en = models.CharField(_("English title"), max_length=120, blank=True)
    abstract = models.TextField(_("abstract"), blank=True)
    attribution = models.CharField(_("attribution"), max_length=200, blank=True)
    licence = models.CharField(_("licence"), max_length=120, blank=True)
    acquired_date = models.DateField(_("date of the photos"))
    acquired_precision = models.CharField(_("precision of the date"), max_length=5, choices=Precision)
    resolution_m = models.FloatField(_("resolution (m)"))
    owner = models.ForeignKey(Member, models.CASCADE, null=True, blank=True, verbose_name=_("owner"))
    visibility = models.CharField(
        _("who sees it"), max_length=10, choices=Layer.Visibility, default=Layer.Visibility.OWNER
    )
    shared_with = ArrayField(
        models.IntegerField(), default=list, blank=True, verbose_name=_("members it is shared with")
    )
    within_communes = models.BooleanField(_("shared on each member's communes only"), default=False)
    folder = models.CharField(max_length=200, editable=False)
    overview = models.CharField(max_length=200, editable=False)
    edition = models.IntegerField(unique=True, editable=False)
    pixels_edition = models.IntegerField(editable=False)
    geom = models.MultiPolygonField(srid=2154, editable=False)
    extent_4326 = ArrayField(models.FloatField(), size=4, editable=False)
    footprint_4326 = models.JSONField(editable=False)
    published_at = models.DateTimeField(_("published"), default=current_instant, editable=False)
    version = models.IntegerField(default=1, editable=False)

    objects = PhotoQuerySet.as_manager()

    class Meta:
        verbose_name = _("aerial photo")
        verbose_name_plural = _("aerial photos")
        ordering: ClassVar[list[str]] = ["-acquired_date", "title"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(visibility="owner") | Q(owner__isnull=False), name="photo_of_an_owner_has_one"
            ),
        ]

    def __str__(self) -> str:
        return in_language(self.title, self.title_en)


class PhotoEdition(models.Model):
    """One row: how many times photos were published or taken back. It changes with them, in their transaction."""

    security = "edited"

    number = models.IntegerField(default=0)


class PhotoSheet(models.Model):
    """One sheet of a photo: its file in the photo's folder, its outline, and its rank (a higher one lies on top)."""

    security = "part:photo_id"
    history = False

    photo = models.ForeignKey(Photo, models.CASCADE, related_name="sheets")
    name = models.CharField(max_length=120)
    path = models.CharField(max_length=200)
    rank = models.IntegerField(default=0)
    resolution_m = models.FloatField()
    geom = models.MultiPolygonField(srid=2154)

    class Meta:
        ordering: ClassVar[list[str]] = ["rank", "name"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["photo", "name"], name="photo_sheet_once")]

    def __str__(self) -> str:
        return self.name
