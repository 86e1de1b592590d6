"""Drinking water, and the sewer networks (wastewater, stormwater, combined): nodes, pipes, connections; repairs.

Values of lists are codes of `lists`. `topology` keeps pipes and nodes together in the database.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GistIndex
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gis_core.models import Member, User, web_mercator
from gis_core.rights import Rights, Role
from networks.core.models import Connection, NetworkObject, Node, Pipe
from networks.water import lists

TECHNICIANS = frozenset({Role.NETWORK_TECHNICIAN, Role.GIS_ADMINISTRATOR, Role.AGENCY_ADMINISTRATOR})
"""Who works on a member's networks."""


def codes(field: str, words: lists.Words, name: str) -> models.CheckConstraint:
    """A column holds codes of its list alone."""
    return models.CheckConstraint(condition=Q(**{f"{field}__in": list(words)}), name=name)


def common(prefix: str) -> list[models.CheckConstraint | models.UniqueConstraint]:
    return [
        models.UniqueConstraint(fields=["owner", "reference"], name=f"{prefix}_reference"),
        codes("service_state", lists.SERVICE_STATES, f"{prefix}_service_state"),
        models.CheckConstraint(
            condition=Q(laid_from_year=None) | Q(laid_to_year=None) | Q(laid_from_year__lte=models.F("laid_to_year")),
            name=f"{prefix}_laid_in_order",
        ),
    ]


class WaterNode(Node):
    """A node of drinking water.

    A valve stops water where its `position` is closed; it can be closed where it is open and its `condition` is
    "working" or not known. `capacity_m3` is of a tank, `flow_m3h` and `pressure_bar` of a hydrant.
    """

    z = models.FloatField(_("height"), null=True, blank=True)
    position = models.CharField(_("position"), max_length=8, null=True, blank=True)
    condition = models.CharField(_("condition"), max_length=8, null=True, blank=True)
    capacity_m3 = models.FloatField(_("volume"), null=True, blank=True)
    flow_m3h = models.FloatField(_("flow measured"), null=True, blank=True)
    pressure_bar = models.FloatField(_("pressure measured"), null=True, blank=True)
    geom_3857 = web_mercator(models.PointField)

    class Meta:
        db_table = "water_node"
        verbose_name = _("node of drinking water")
        verbose_name_plural = _("nodes of drinking water")
        indexes: ClassVar = [
            GistIndex(fields=["geom_3857"], name="water_node_geom_3857"),
            models.Index(fields=["owner", "kind"], name="water_node_kind"),
            models.Index(fields=["import_id"], name="water_node_import"),
        ]
        constraints: ClassVar = [*common("water_node"), codes("kind", lists.WATER_NODES, "water_node_kind_known")]


class WaterPipe(Pipe):
    """A pipe of drinking water."""

    start_node = models.ForeignKey(WaterNode, models.PROTECT, related_name="starting", verbose_name=_("start"))
    end_node = models.ForeignKey(WaterNode, models.PROTECT, related_name="ending", verbose_name=_("end"))
    geom_3857 = web_mercator(models.LineStringField)

    class Meta:
        db_table = "water_pipe"
        verbose_name = _("pipe of drinking water")
        verbose_name_plural = _("pipes of drinking water")
        indexes: ClassVar = [
            GistIndex(fields=["geom_3857"], name="water_pipe_geom_3857"),
            models.Index(fields=["import_id"], name="water_pipe_import"),
        ]
        constraints: ClassVar = [*common("water_pipe"), codes("material", lists.MATERIALS, "water_pipe_material")]


class WaterConnection(Connection):
    """Where a user of drinking water is served; `pipe` is the nearest one, unless said otherwise."""

    pipe = models.ForeignKey(WaterPipe, models.SET_NULL, null=True, related_name="connections", verbose_name=_("pipe"))
    geom_3857 = web_mercator(models.PointField)

    class Meta:
        db_table = "water_connection"
        verbose_name = _("water connection")
        verbose_name_plural = _("water connections")
        indexes: ClassVar = [
            GistIndex(fields=["geom_3857"], name="water_connection_geom_3857"),
            models.Index(fields=["import_id"], name="water_connection_import"),
        ]
        constraints: ClassVar = [*common("water_connection")]


class SewerNode(Node):
    """A node of a sewer network: heights (m NGF) of its cover and of its invert."""

    system = models.CharField(_("network"), max_length=2, db_default="02", choices=lists.pairs(lists.SYSTEMS))
    cover_z = models.FloatField(_("height of the cover"), null=True, blank=True)
    invert_z = models.FloatField(_("height of the invert"), null=True, blank=True)
    depth_m = models.FloatField(_("depth"), null=True, blank=True)
    material = models.CharField(_("material"), max_length=8, null=True, blank=True)
    capacity_m3 = models.FloatField(_("volume"), null=True, blank=True)
    geom_3857 = web_mercator(models.PointField)

    class Meta:
        db_table = "sewer_node"
        verbose_name = _("node of a sewer network")
        verbose_name_plural = _("nodes of sewer networks")
        indexes: ClassVar = [
            GistIndex(fields=["geom_3857"], name="sewer_node_geom_3857"),
            models.Index(fields=["owner", "kind"], name="sewer_node_kind"),
            models.Index(fields=["import_id"], name="sewer_node_import"),
        ]
        constraints: ClassVar = [*common("sewer_node"), codes("kind", lists.SEWER_NODES, "sewer_node_kind_known")]


class SewerPipe(Pipe):
    """A pipe of a sewer network; it flows from its start to its end."""

    system = models.CharField(_("network"), max_length=2, db_default="02", choices=lists.pairs(lists.SYSTEMS))
    start_node = models.ForeignKey(SewerNode, models.PROTECT, related_name="starting", verbose_name=_("start"))
    end_node = models.ForeignKey(SewerNode, models.PROTECT, related_name="ending", verbose_name=_("end"))
    geom_3857 = web_mercator(models.LineStringField)

    class Meta:
        db_table = "sewer_pipe"
        verbose_name = _("sewer")
        verbose_name_plural = _("sewers")
        indexes: ClassVar = [
            GistIndex(fields=["geom_3857"], name="sewer_pipe_geom_3857"),
            models.Index(fields=["import_id"], name="sewer_pipe_import"),
        ]
        constraints: ClassVar = [*common("sewer_pipe"), codes("material", lists.MATERIALS, "sewer_pipe_material")]


class SewerConnection(Connection):
    """Where a building's wastewater or stormwater enters the network."""

    system = models.CharField(_("network"), max_length=2, db_default="02", choices=lists.pairs(lists.SYSTEMS))
    pipe = models.ForeignKey(SewerPipe, models.SET_NULL, null=True, related_name="connections", verbose_name=_("pipe"))
    geom_3857 = web_mercator(models.PointField)

    class Meta:
        db_table = "sewer_connection"
        verbose_name = _("sewer connection")
        verbose_name_plural = _("sewer connections")
        indexes: ClassVar = [
            GistIndex(fields=["geom_3857"], name="sewer_connection_geom_3857"),
            models.Index(fields=["import_id"], name="sewer_connection_import"),
        ]
        constraints: ClassVar = [*common("sewer_connection")]


class Repair(NetworkObject):
    """A repair of a pipe, of a fitting or of a structure, where it was done.

    `repaired` and `defect` are codes of RAEPA (SUPPREPARE, DEFREPAREE); `object_reference` is what RAEPA's IDSUPREPAR
    names. The pipe may be gone: what it was made of is kept with the repair.
    """

    class Network(models.TextChoices):
        WATER = "water", _("Drinking water")
        SEWER = "sewer", _("Sewer")

    network = models.CharField(_("network"), max_length=5, choices=Network, db_default="water")
    repaired_date = models.DateField(_("repaired on"), null=True, blank=True)
    repaired = models.CharField(_("what was repaired"), max_length=2, null=True, blank=True)
    defect = models.CharField(_("defect"), max_length=2, null=True, blank=True)
    cause = models.CharField(_("cause"), max_length=12, null=True, blank=True)
    object_reference = models.CharField(_("object repaired"), max_length=254, null=True, blank=True)
    material = models.CharField(_("material"), max_length=8, null=True, blank=True)
    diameter_mm = models.IntegerField(_("diameter"), null=True, blank=True)
    laid_year = models.SmallIntegerField(_("laid in"), null=True, blank=True)
    cost_eur = models.FloatField(_("cost"), null=True, blank=True)
    geom = models.PointField(srid=2154)
    geom_3857 = web_mercator(models.PointField)

    class Meta:
        db_table = "water_repair"
        verbose_name = _("repair")
        verbose_name_plural = _("repairs")
        indexes: ClassVar = [
            GistIndex(fields=["geom_3857"], name="water_repair_geom_3857"),
            models.Index(fields=["import_id"], name="water_repair_import"),
        ]
        constraints: ClassVar = [*common("water_repair")]


# -- imports ----------------------------------------------------------------------------------------------------------


class NetworkImportQuerySet(models.QuerySet["NetworkImport"]):
    def worked_on_by(self, rights: Rights) -> NetworkImportQuerySet:
        """The imports of the members whose networks the asker edits."""
        if rights.agency:
            return self
        members = [member for member, role in rights.roles.items() if role in TECHNICIANS]
        return self.filter(owner_id__in=members)


class NetworkImport(models.Model):
    """Files on their way into a member's network: what was chosen, what would happen, what happened.

    `options` is what people chose, `contents` what the layers of the files hold, `plan` what the last reading found,
    `faults` each row that is told of, `report` what was done. Rows that came in have `base_version`; those that have
    another one were changed since.
    """

    security = "owner"
    history = False

    class Format(models.TextChoices):
        RAEPA = "raepa", "RAEPA"
        EPANET = "epanet", "EPANET"
        LAYERS = "layers", _("Layers of files")

    class State(models.TextChoices):
        READING = "reading", _("Being read")
        CHOOSING = "choosing", _("To be completed")
        READY = "ready", _("Read")
        REFUSED = "refused", pgettext_lazy("import", "Refused")
        LOADING = "loading", _("Being loaded")
        LOADED = "loaded", _("Loaded")
        UNDOING = "undoing", _("Snapping being undone")
        TAKING_BACK = "taking_back", _("Being taken back")
        TAKEN_BACK = "taken_back", _("Taken back")

    title = models.CharField(_("title"), max_length=200)
    owner = models.ForeignKey(Member, models.CASCADE, related_name="+", verbose_name=_("member"))
    shared_with = ArrayField(models.IntegerField(), default=list, db_default=[], blank=True, editable=False)
    folder = models.CharField(max_length=40, editable=False)
    files = models.JSONField(default=list, editable=False)
    format = models.CharField(_("format"), max_length=8, choices=Format)
    options = models.JSONField(default=dict, editable=False)
    contents = models.JSONField(default=list, editable=False)
    plan = models.JSONField(null=True, editable=False)
    faults = models.JSONField(default=list, editable=False)
    report = models.JSONField(null=True, editable=False)
    base_version = models.IntegerField(default=1, editable=False)
    state = models.CharField(_("state"), max_length=11, choices=State, default=State.READING)
    message = models.CharField(_("message"), max_length=500, blank=True)
    made_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("made by"))
    created_at = models.DateTimeField(_("made on"), auto_now_add=True)
    loaded_at = models.DateTimeField(_("loaded on"), null=True)
    undone_at = models.DateTimeField(_("snapping undone on"), null=True)
    taken_back_at = models.DateTimeField(_("taken back on"), null=True)
    version = models.IntegerField(default=1, editable=False)

    objects = NetworkImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("import of a network")
        verbose_name_plural = _("imports of networks")
        ordering: ClassVar[list[str]] = ["-id"]

    def __str__(self) -> str:
        return self.title


class Snap(models.Model):
    """An end of a pipe, or a node, that an import put elsewhere; `place` is where the file had it."""

    security = "part:brought_by_id"
    history = False

    brought_by = models.ForeignKey(NetworkImport, models.CASCADE, related_name="snaps")
    family = models.CharField(max_length=5)
    pipe_id = models.BigIntegerField(null=True)
    node_id = models.BigIntegerField(null=True)
    end = models.SmallIntegerField(default=0)
    reference = models.CharField(max_length=254, blank=True)
    place = models.PointField(srid=2154)
    put_at = models.PointField(srid=2154)
    metres = models.FloatField()
    target = models.CharField(max_length=4)
    undone = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("snapped end")
        verbose_name_plural = _("snapped ends")

    def __str__(self) -> str:
        return f"{self.reference} {self.metres:.2f} m"


class NetworkMapping(models.Model):
    """How the layers of a member's files become its network (`importers.mapping`); kept for the next file."""

    security = "owner"
    history = False

    owner = models.ForeignKey(Member, models.CASCADE, related_name="+", verbose_name=_("member"))
    shared_with = ArrayField(models.IntegerField(), default=list, db_default=[], blank=True, editable=False)
    name = models.CharField(_("name"), max_length=80)
    layers = models.JSONField(_("layers"), default=dict)
    used_at = models.DateTimeField(_("used"), auto_now=True)
    version = models.IntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("mapping of a network")
        verbose_name_plural = _("mappings of networks")
        ordering: ClassVar[list[str]] = ["-used_at"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["owner", "name"], name="network_mapping_once")]

    def __str__(self) -> str:
        return self.name
