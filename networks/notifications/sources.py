"""What comes into this app from files: lists of contacts."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from gis_core.members.technicians import TECHNICIANS
from gis_core.wiring.points import Later
from layers.intake.source import Step
from layers.intake.table import table_source
from networks.notifications.importers import columns

CONTACTS = table_source(
    slug="contacts",
    label=_("List"),
    kind=columns.CONTACTS,
    members=Later("networks.notifications.importers.loading.members_keeping"),
    roles=TECHNICIANS,
    read_step=Step(kind="read_contacts", title=_("Check of the list %(title)s")),
    apply_step=Step(kind="import_contacts", title=_("Contacts of %(title)s")),
    plan=Later("networks.notifications.importers.loading.plan_contacts"),
    apply=Later("networks.notifications.importers.loading.load_contacts"),
    private=True,
    kept=timedelta(days=3),
)
