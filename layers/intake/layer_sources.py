"""Files that become layers, as sources: what was sent together, looked at; then each layer in it, brought in by an
import of its own (`FileImport.files_of`).
"""

from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis_core.errors import Conflict
from gis_core.members.rights import ADMINISTRATORS
from gis_core.wiring.points import Later
from layers.intake.reference_source import list_administered_members
from layers.intake.source import Source, Step

SERVICES: Final = "layers.intake.services"
INSPECT: Final = Step(kind="inspect_delivery", title=gettext_lazy("Inspection of %(title)s"))


def yes(*_given: Any) -> bool:
    return True


def no(*_given: Any) -> bool:
    return False


def refuse_whole(*_given: Any) -> Any:
    """Raises Conflict: layers come in one by one."""
    raise Conflict(_("This step is not known."))


DELIVERY: Final = Source(
    slug="layer-files",
    label=gettext_lazy("Files"),
    members=list_administered_members,
    roles=ADMINISTRATORS,
    read_step=INSPECT,
    apply_step=INSPECT,
    inspect=Later(f"{SERVICES}.deliveries.inspect"),
    lacks=yes,
    may_choose=no,
    plan=refuse_whole,
    apply=refuse_whole,
    ownerless=True,
)
LAYER: Final = Source(
    slug="layer",
    label=gettext_lazy("Layer"),
    members=list_administered_members,
    roles=ADMINISTRATORS,
    read_step=Step(kind="prepare_import", title=gettext_lazy("Check of %(title)s")),
    apply_step=Step(kind="apply_import", title=gettext_lazy("Import of %(title)s")),
    revert_step=Step(kind="take_back_import", title=gettext_lazy("Taking back %(title)s")),
    may_choose=no,
    plan=Later(f"{SERVICES}.preparing.plan"),
    apply=Later(f"{SERVICES}.applying.apply"),
    revert=Later(f"{SERVICES}.layer_reverting.revert"),
    check_revert=Later(f"{SERVICES}.layer_reverting.check_revert"),
    ownerless=True,
)
