"""What comes into this app from files: the registers of other tools."""

from django.utils.translation import gettext_lazy as _

from gis_core.wiring.points import Later
from layers.intake.source import Step
from layers.intake.table import table_source
from permits.importers.columns import REGISTER
from permits.procedure import INSTRUCTS

PERMITS = table_source(
    slug="permits",
    label=_("Register"),
    kind=REGISTER,
    members=Later("permits.importers.steps.members_importing"),
    roles=INSTRUCTS,
    read_step=Step(kind="read_permits", title=_("Reading of the register %(title)s")),
    apply_step=Step(kind="import_permits", title=_("Register %(title)s")),
    plan=Later("permits.importers.steps.plan_register"),
    apply=Later("permits.importers.steps.load_register"),
)
