"""What the objects of any network have in common. Geometries are in EPSG:2154.

Cells that nobody filled in are null, as in every table that people edit. `more` keeps what a standard says and no
column has, under the standard's own names, so that nothing of an import is lost.
"""

from __future__ import annotations

from typing import Self

from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import gettext_lazy as _

from gis_core.fields import current_instant
from gis_core.members.owned import OwnedQuerySet
from gis_core.models import Member, User


class Precision(models.TextChoices):
    """Class of accuracy (order of 15 February 2012, art. 1): A to 40 cm (rigid) or 50 cm, B to 1.5 m, C beyond."""

    A = "A", "A"
    B = "B", "B"
    C = "C", "C"


class NetworkQuerySet(OwnedQuerySet["NetworkObject"]):
    """Objects of networks."""


class NetworkObject(models.Model):
    """A row of a member's network. `version` and history are the platform's; `import_id` is the import it came by."""

    security = "owner"

    owner = models.ForeignKey(Member, models.PROTECT, related_name="+", verbose_name=_("member"))
    shared_with = ArrayField(models.IntegerField(), db_default=[], default=list, blank=True, editable=False)
    version = models.IntegerField(default=1, db_default=1, editable=False)
    import_id = models.BigIntegerField(null=True, editable=False)
    reference = models.CharField(_("reference"), max_length=254, null=True, blank=True)
    service_state = models.CharField(_("state of service"), max_length=16, db_default="en_service")
    project_owner = models.CharField(_("project owner"), max_length=100, null=True, blank=True)
    operator = models.CharField(_("operator"), max_length=100, null=True, blank=True)
    precision_xy = models.CharField(_("accuracy in plan"), max_length=1, choices=Precision, null=True, blank=True)
    precision_z = models.CharField(_("accuracy in height"), max_length=1, choices=Precision, null=True, blank=True)
    laid_from_year = models.SmallIntegerField(_("laid from"), null=True, blank=True)
    laid_to_year = models.SmallIntegerField(_("laid until"), null=True, blank=True)
    year_quality = models.CharField(_("certainty of the year"), max_length=2, null=True, blank=True)
    rehabilitated_year = models.SmallIntegerField(_("rehabilitated in"), null=True, blank=True)
    abandoned_year = models.SmallIntegerField(_("abandoned in"), null=True, blank=True)
    surveyed_date = models.DateField(_("surveyed on"), null=True, blank=True)
    survey_source = models.CharField(_("surveyed by"), max_length=100, null=True, blank=True)
    source = models.CharField(_("source"), max_length=100, null=True, blank=True)
    updated_date = models.DateField(_("updated on"), null=True, blank=True)
    comment = models.CharField(_("remark"), max_length=1000, null=True, blank=True)
    more = models.JSONField(default=dict, db_default={}, encoder=DjangoJSONEncoder, editable=False)

    objects = NetworkQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.reference or f"{self._meta.verbose_name} {self.pk}"


class Node(NetworkObject):
    """Where pipes meet or end. A plain `junction` without a reference lives as long as a pipe needs it."""

    kind = models.CharField(_("kind"), max_length=16)
    subtype = models.CharField(_("type"), max_length=40, null=True, blank=True)
    name = models.CharField(_("usual name"), max_length=120, null=True, blank=True)
    diameter_mm = models.IntegerField(_("diameter"), null=True, blank=True)
    ground_z = models.FloatField(_("height of the ground"), null=True, blank=True)
    geom = models.PointField(srid=2154)

    class Meta:
        abstract = True


class Pipe(NetworkObject):
    """A stretch between two nodes; it starts and ends exactly on them.

    `diameter_mm` is nominal; `start_z` and `end_z` are heights (m NGF) at its two ends: of its top for drinking water,
    of its invert for sewers, which flow from their start to their end.
    """

    material = models.CharField(_("material"), max_length=8, null=True, blank=True)
    diameter_mm = models.IntegerField(_("diameter"), null=True, blank=True)
    flow_mode = models.CharField(_("how it flows"), max_length=2, null=True, blank=True)
    function = models.CharField(_("function"), max_length=2, null=True, blank=True)
    content = models.CharField(_("content"), max_length=2, null=True, blank=True)
    declared_length_m = models.FloatField(_("length on record"), null=True, blank=True)
    depth_m = models.FloatField(_("depth"), null=True, blank=True)
    start_z = models.FloatField(_("height at its start"), null=True, blank=True)
    end_z = models.FloatField(_("height at its end"), null=True, blank=True)
    geom = models.LineStringField(srid=2154)

    class Meta:
        abstract = True


class Connection(NetworkObject):
    """A service connection: where a building is served. It hangs on a pipe, outside the topology (StaR-Eau no. 15).

    `sensitive` says why its user must not lose the service unwarned (a code of a list), `address` is as written.
    """

    address = models.CharField(_("address served"), max_length=200, null=True, blank=True)
    dwellings = models.IntegerField(_("dwellings served"), null=True, blank=True)
    sensitive = models.CharField(_("sensitive user"), max_length=12, null=True, blank=True)
    sensitive_name = models.CharField(_("who it is"), max_length=120, null=True, blank=True)
    meter = models.CharField(_("meter"), max_length=40, null=True, blank=True)
    material = models.CharField(_("material"), max_length=8, null=True, blank=True)
    diameter_mm = models.IntegerField(_("diameter"), null=True, blank=True)
    geom = models.PointField(srid=2154)

    class Meta:
        abstract = True


class OfNode(models.Model):
    """What is recorded of a node beside its row. `owner` and `shared_with` say again what that row said of who sees
    it, `reference` what it was called."""

    security = "owner"

    owner = models.ForeignKey(Member, models.PROTECT, related_name="+", verbose_name=_("member"))
    shared_with = ArrayField(models.IntegerField(), db_default=[], default=list, blank=True, editable=False)
    version = models.IntegerField(default=1, db_default=1, editable=False)
    reference = models.CharField(_("reference"), max_length=254, blank=True)
    recorded_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("recorded by"))
    recorded_at = models.DateTimeField(_("recorded"), default=current_instant, editable=False)

    class Meta:
        abstract = True


class InspectionQuerySet[Row: models.Model](OwnedQuerySet[Row]):
    """Inspections of nodes."""

    def latest_first(self) -> Self:
        return self.order_by("-done_date", "-id")

    def current(self) -> Self:
        """Those that were not struck out, the last first."""
        return self.filter(struck_at=None).latest_first()


class NodeInspection(OfNode):
    """One inspection of a node. A wrong one is struck out and stays to be seen; nothing of it is changed."""

    done_date = models.DateField(_("inspected on"))
    done_by = models.CharField(_("inspected by"), max_length=120)
    remark = models.CharField(_("remark"), max_length=1000, blank=True)
    struck_at = models.DateTimeField(_("struck out"), null=True, blank=True)
    struck_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("struck out by"))
    strike_reason = models.CharField(_("why"), max_length=300, blank=True)

    objects = InspectionQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.reference} {self.done_date}"
