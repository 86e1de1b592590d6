"""Where networks come from: files that are RAEPA, EPANET, or any layers."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from gis_core.members.technicians import TECHNICIANS, members_working
from gis_core.wiring.points import Later
from layers.intake.source import Source, Step, job_kind

SERVICES: Final = "networks.water.services.importing"

NETWORK: Final = Source(
    slug="network",
    label=_("Water and sewer networks"),
    members=members_working,
    roles=TECHNICIANS,
    read_step=Step(kind="read_network", title=_("Reading of the network %(title)s")),
    apply_step=Step(kind="load_network", title=_("Loading of the network %(title)s")),
    revert_step=Step(kind="take_back_network", title=_("Import taken back: %(title)s")),
    inspect=Later(f"{SERVICES}.inspect"),
    lacks=Later(f"{SERVICES}.lacks"),
    may_choose=Later(f"{SERVICES}.may_choose"),
    plan=Later(f"{SERVICES}.plan"),
    check=Later(f"{SERVICES}.check"),
    apply=Later(f"{SERVICES}.apply"),
    revert=Later(f"{SERVICES}.revert"),
    after=Later("networks.water.tasks.follow_import"),
    endings=(".inp",),
)
UNDO: Final = Step(kind="undo_network_snapping", title=_("Snapping undone: %(title)s"))
"""Every end that an import snapped goes back to where the file had it."""
JOB_KINDS: Final = (*NETWORK.job_kinds(), job_kind(UNDO, "networks.water.tasks.undo_network_snapping", TECHNICIANS))
