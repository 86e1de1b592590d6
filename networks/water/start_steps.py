"""What a new platform needs of water and sewer networks."""

from functools import reduce
from operator import or_

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis_core.models import Member
from gis_core.points import PageLink, Progress, StartStep
from networks.water.models import SewerPipe, WaterPipe


def networks() -> Progress:
    """A member has pipes."""
    # One probe of an index for each member: there are tens of them, and hundreds of thousands of pipes.
    pipes = (Exists(pipe.objects.filter(owner=OuterRef("pk"))) for pipe in (WaterPipe, SewerPipe))
    names = list(Member.objects.filter(reduce(or_, pipes)).order_by("name").values_list("name", flat=True))
    if not names:
        return Progress(False, _("No network yet: import it, or draw it on the map."))
    return Progress(True, _("Networks of %(names)s.") % {"names": ", ".join(names)})


NETWORKS = StartStep(
    slug="networks",
    label=gettext_lazy("Water and sewer networks"),
    order=70,
    progress=networks,
    door=PageLink("network_import", gettext_lazy("Import a network")),
    command="./arpent manage import_network FICHIERS… --member MEMBRE",
    guide="how-to/importer-un-reseau",
)
