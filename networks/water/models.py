"""Drinking water, and the sewer networks (wastewater, stormwater, combined): nodes, pipes, connections; repairs.

Values of lists are codes of `lists`. `topology` keeps pipes and nodes together in the database.
"""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GistIndex
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gis_core.models import Member, User, web_mercator
from gis_core.rights import Rights


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
    names. The pipe may be gone: what it was made of is kept with the repair. `pipe_id` is the pipe, while it is there
    (sql/complete_repair.sql finds it, sql/follow_pipe.sql keeps it through splits and merges).
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
    pipe_id = models.BigIntegerField(_("pipe"), null=True, editable=False)
    geom = models.PointField(srid=2154)
    geom_3857 = web_mercator(models.PointField)

    class Meta:
        db_table = "water_repair"
        verbose_name = _("repair")
        verbose_name_plural = _("repairs")
        indexes: ClassVar = [
            GistIndex(fields=["geom_3857"], name="water_repair_geom_3857"),
            models.Index(fields=["import_id"], name="water_repair_import"),
            models.Index(fields=["pipe_id"], name="water_repair_pipe"),
            models.Index(fields=["owner", "repaired_date"], name="water_repair_date"),
        ]
        constraints: ClassVar = [*common("water_repair")]


class OutageQuerySet(models.QuerySet["Outage"]):
    def visible_to(self, rights: Rights) -> OutageQuerySet:
        """Outages of the asker's members; every one for the agency."""
        return self if rights.agency else self.filter(owner_id__in=rights.members())


class Outage(models.Model):
    """Drinking water shut off around broken pipes: what was asked, and the answer as it was then.

    `place` and the counts are told in lists without opening the answer. `version` and history are the platform's.
    """

    security = "owner"

    class State(models.TextChoices):
        OPEN = "open", _("Under way")
        ENDED = "ended", _("Over")

    owner = models.ForeignKey(Member, models.PROTECT, related_name="+", verbose_name=_("member"))
    shared_with = ArrayField(models.IntegerField(), db_default=[], default=list, blank=True, editable=False)
    version = models.IntegerField(default=1, db_default=1, editable=False)
    state = models.CharField(_("state"), max_length=5, choices=State, default=State.OPEN)
    place = models.CharField(_("place"), max_length=200, blank=True)
    asked = models.JSONField(encoder=DjangoJSONEncoder, editable=False)
    answer = models.JSONField(encoder=DjangoJSONEncoder, editable=False)
    valves = models.IntegerField(_("valves to close"))
    connections = models.IntegerField(_("connections without water"))
    comment = models.TextField(_("remark"), blank=True, max_length=2000)
    started_at = models.DateTimeField(_("since"))
    started_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("recorded by"))
    ended_at = models.DateTimeField(_("until"), null=True)
    ended_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("ended by"))

    objects = OutageQuerySet.as_manager()

    class Meta:
        db_table = "water_outage"
        verbose_name = _("outage")
        verbose_name_plural = _("outages")
        ordering: ClassVar[list[str]] = ["-started_at", "-pk"]
        indexes: ClassVar = [models.Index(fields=["owner", "-started_at"], name="water_outage_latest")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state="open", ended_at=None) | Q(state="ended", ended_at__isnull=False),
                name="water_outage_ended",
            ),
        ]

    def __str__(self) -> str:
        return self.place or f"{self._meta.verbose_name} {self.pk}"


class AnomalyQuerySet(models.QuerySet["Anomaly"]):
    def visible_to(self, rights: Rights) -> AnomalyQuerySet:
        """Anomalies of the networks of the asker's members, and of those shared with them."""


# -- defence against fire --------------------------------------------------------------------------------------------


class FireSettings(models.Model):
    """What a member chooses for its hydrants; the departmental rules (règlement départemental de DECI) decide.

    `technical_months` and `visual_months` (0: none is planned) are the longest times between two inspections,
    `flow_m3h` what a hydrant must give at 1 bar, `distance_m` how far a building may be from one along the roads.
    """

    security = "edited"

    member = models.OneToOneField(Member, models.CASCADE, related_name="fire_settings", verbose_name=_("member"))
    technical_months = models.PositiveSmallIntegerField(_("months between technical inspections"), default=36)
    visual_months = models.PositiveSmallIntegerField(_("months between working inspections"), default=0)
    flow_m3h = models.PositiveSmallIntegerField(_("flow expected of a hydrant"), default=60)
    distance_m = models.PositiveSmallIntegerField(_("distance along the roads"), default=200)

    class Meta:
        db_table = "water_fire_settings"
        verbose_name = _("settings of the defence against fire")
        verbose_name_plural = _("settings of the defence against fire")

    def __str__(self) -> str:
        return str(self.member)


class OwnedQuerySet(models.QuerySet[Any]):
    def visible_to(self, rights: Rights) -> Self:
        """Rows of the asker's members, and those shared with them; every one for the agency."""
        if rights.agency:
            return self
        members = rights.members()
        return self.filter(Q(owner_id__in=members) | Q(shared_with__overlap=members))


class Anomaly(models.Model):
    """Something in a member's network that does not look right, found by a scan (`services/anomalies`).

    `object` and `other` are an object of the family each (kind of object, id; no other: 0). What a scan finds no more
    is repaired; what people ignored stays so while it is found. `told` says what was measured, by name.


class OfHydrant(models.Model):
    """What is recorded of a hydrant. It outlives it: `hydrant` is its id (a restored one has it again), no key.

    `owner` and `shared_with` say again what the hydrant's row said of who sees it.
    """

    security = "owner"

    owner = models.ForeignKey(Member, models.PROTECT, related_name="+", verbose_name=_("member"))
    shared_with = ArrayField(models.IntegerField(), db_default=[], default=list, blank=True, editable=False)
    version = models.IntegerField(default=1, db_default=1, editable=False)
    hydrant = models.BigIntegerField(_("hydrant"))
    reference = models.CharField(_("reference"), max_length=254, blank=True)
    recorded_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("recorded by"))
    recorded_at = models.DateTimeField(_("recorded"), auto_now_add=True)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        abstract = True


class HydrantInspection(OfHydrant):
    """One inspection. A wrong one is struck out and stays to be seen; nothing of it is changed."""

    class Kind(models.TextChoices):
        TECHNICAL = "technical", _("Technical inspection (flow and pressure)")
        VISUAL = "visual", _("Working inspection (seen, opened, closed)")

    class Verdict(models.TextChoices):
        COMPLIANT = "compliant", _("Compliant")
        NOT_COMPLIANT = "not_compliant", _("Not compliant")
        UNAVAILABLE = "unavailable", _("Not available")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    done_date = models.DateField(_("inspected on"))
    done_by = models.CharField(_("inspected by"), max_length=120)
    flow_m3h = models.FloatField(_("flow at 1 bar"), null=True, blank=True)
    static_bar = models.FloatField(_("static pressure"), null=True, blank=True)
    dynamic_bar = models.FloatField(_("dynamic pressure"), null=True, blank=True)
    anomalies = ArrayField(models.CharField(max_length=16), default=list, blank=True, verbose_name=_("anomalies"))
    verdict = models.CharField(_("verdict"), max_length=14, choices=Verdict)
    remark = models.CharField(_("remark"), max_length=1000, blank=True)
    struck_at = models.DateTimeField(_("struck out"), null=True, blank=True)
    struck_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("struck out by"))
    strike_reason = models.CharField(_("why"), max_length=300, blank=True)

    class Meta:
        db_table = "water_hydrant_inspection"
        verbose_name = _("inspection of a hydrant")
        verbose_name_plural = _("inspections of hydrants")
        indexes: ClassVar = [models.Index(fields=["hydrant", "-done_date", "-id"], name="hydrant_inspection_last")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=["technical", "visual"]), name="hydrant_inspection_kind"),
            models.CheckConstraint(
                condition=Q(verdict__in=["compliant", "not_compliant", "unavailable"]),
                name="hydrant_inspection_verdict",
            ),
            models.CheckConstraint(
                condition=Q(kind="technical") | Q(flow_m3h=None, static_bar=None, dynamic_bar=None),
                name="hydrant_inspection_measures",
            ),
            models.CheckConstraint(
                condition=Q(struck_at=None) | ~Q(strike_reason=""), name="hydrant_inspection_struck_for_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.done_date}"


class HydrantUnavailability(OfHydrant):
    """From when to when a hydrant gave no water, and who was told; without `until_at` it lasts."""

    from_at = models.DateTimeField(_("unavailable from"))
    until_at = models.DateTimeField(_("until"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=300)
    told = models.CharField(_("who was told"), max_length=300, blank=True)
    told_back = models.CharField(_("who was told of its return"), max_length=300, blank=True)
    inspection = models.ForeignKey(
        HydrantInspection, models.SET_NULL, null=True, related_name="+", verbose_name=_("found by the inspection")
    )
    ended_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("ended by"))

    class Meta:
        db_table = "water_hydrant_unavailability"
        verbose_name = _("unavailability of a hydrant")
        verbose_name_plural = _("unavailabilities of hydrants")
        indexes: ClassVar = [models.Index(fields=["hydrant", "-from_at"], name="hydrant_unavailability_last")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["hydrant"], condition=Q(until_at=None), name="hydrant_unavailability_once_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(until_at=None) | Q(until_at__gte=models.F("from_at")),
                name="hydrant_unavailability_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.from_at:%Y-%m-%d}"


class FireCoverage(models.Model):
    """How far buildings were from the nearest hydrant along the roads, when it was computed (`made_at`).

    `insee` is one commune, empty for all of the member's. `summary` counts by commune; `far` are the buildings
    beyond `distance_m`, the farthest first: [building, insee, lon, lat, metres or null, why, hydrant or null].


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

    class State(models.TextChoices):
        OPEN = "open", _("To be treated")
        IGNORED = "ignored", _("Ignored")
        REPAIRED = "repaired", _("Repaired")

    class Gravity(models.IntegerChoices):
        SERIOUS = 1, _("Serious")
        DOUBT = 2, _("To be checked")
        HINT = 3, _("Hint")

    owner = models.ForeignKey(Member, models.CASCADE, related_name="+", verbose_name=_("member"))
    shared_with = ArrayField(models.IntegerField(), db_default=[], default=list, blank=True, editable=False)
    family = models.CharField(_("network"), max_length=5)
    kind = models.CharField(_("anomaly"), max_length=24)
    gravity = models.SmallIntegerField(_("gravity"), choices=Gravity)
    object_kind = models.CharField(max_length=10)
    object_id = models.BigIntegerField()
    other_kind = models.CharField(max_length=10, blank=True)
    other_id = models.BigIntegerField(default=0)
    told = models.JSONField(default=dict)
    geom = models.PointField(srid=2154)
    state = models.CharField(_("state"), max_length=8, choices=State, db_default="open", default=State.OPEN)
    reason = models.CharField(_("why"), max_length=500, blank=True, db_default="")
    found_at = models.DateTimeField(_("found on"))
    decided_at = models.DateTimeField(_("treated on"), null=True, blank=True)
    decided_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("treated by")
    )
    event_id = models.BigIntegerField(null=True, editable=False)
    version = models.IntegerField(default=1, db_default=1, editable=False)

    objects = AnomalyQuerySet.as_manager()

    class Meta:
        db_table = "water_anomaly"
        verbose_name = _("anomaly of a network")
        verbose_name_plural = _("anomalies of networks")
        indexes: ClassVar = [
            models.Index(fields=["owner", "family", "state", "kind", "id"], name="water_anomaly_list"),
            models.Index(fields=["family", "object_kind", "object_id"], name="water_anomaly_object"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["owner", "family", "kind", "object_kind", "object_id", "other_kind", "other_id"],
                name="water_anomaly_once",
            ),
            models.CheckConstraint(condition=Q(family__in=("water", "sewer")), name="water_anomaly_family"),
            models.CheckConstraint(condition=~Q(state="ignored") | ~Q(reason=""), name="water_anomaly_ignored_why"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_kind} {self.object_id}"


class Scan(models.Model):
    """The last scan of a member's network: what it was like (`state_of_network`), and what the scan found."""


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
    shared_with = ArrayField(models.IntegerField(), db_default=[], default=list, blank=True, editable=False)
    family = models.CharField(_("network"), max_length=5)
    scanned_at = models.DateTimeField(_("scanned on"))
    network_state = models.CharField(max_length=120)
    report = models.JSONField(default=dict)

    class Meta:
        db_table = "water_scan"
        verbose_name = _("scan of a network")
        verbose_name_plural = _("scans of networks")
        constraints: ClassVar = [models.UniqueConstraint(fields=["owner", "family"], name="water_scan_once")]

    def __str__(self) -> str:
        return f"{self.owner} {self.family}"


    owner = models.ForeignKey(Member, models.CASCADE, related_name="+", verbose_name=_("member"))
    shared_with = ArrayField(models.IntegerField(), db_default=[], default=list, blank=True, editable=False)
    insee = models.CharField(_("commune"), max_length=5, blank=True)
    distance_m = models.PositiveSmallIntegerField(_("distance along the roads"))
    flow_m3h = models.PositiveSmallIntegerField(_("flow expected of a hydrant"), default=0)
    light = models.BooleanField(_("light buildings, too"), default=False)
    least_m2 = models.PositiveSmallIntegerField(_("smallest building"), default=0)
    made_at = models.DateTimeField(_("computed"), auto_now_add=True)
    made_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("computed by"))
    seconds = models.FloatField()
    summary = models.JSONField()
    far = models.JSONField()
    truncated = models.BooleanField(default=False)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        db_table = "water_fire_coverage"
        verbose_name = _("cover of the hydrants")
        verbose_name_plural = _("covers of the hydrants")
        indexes: ClassVar = [models.Index(fields=["owner", "-made_at"], name="fire_coverage_last")]

    def __str__(self) -> str:
        return f"{self.owner} {self.insee} {self.distance_m}"


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
