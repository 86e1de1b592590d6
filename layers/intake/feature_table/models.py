"""What a table has whose rows come from files."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from gis_core.members.owned import OwnedQuerySet
from gis_core.models import Member


class ImportedFeature(models.Model):
    """A member's object that files bring and update.

    `import_id` is the import that wrote it last, `delivered` what its source said of it the last time (its `place`, as
    WKT to the millimetre, among it): what differs from it was corrected here. `more` keeps what a source says and no
    column has, under its own names. A subclass adds its columns, `geom` (EPSG:2154) and `geom_3857`.
    """

    security = "owner"

    owner = models.ForeignKey(Member, models.PROTECT, related_name="+", verbose_name=_("member"))
    shared_with = ArrayField(models.IntegerField(), default=list, db_default=[], blank=True, editable=False)
    version = models.IntegerField(default=1, db_default=1, editable=False)
    import_id = models.BigIntegerField(null=True, editable=False)
    reference = models.CharField(_("reference"), max_length=60, null=True, blank=True)
    delivered = models.JSONField(null=True, editable=False)
    more = models.JSONField(default=dict, db_default={}, encoder=DjangoJSONEncoder, editable=False)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.reference or f"{self._meta.verbose_name} {self.pk}"
