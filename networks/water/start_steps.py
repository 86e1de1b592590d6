"""What a new platform needs of water and sewer networks."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis_core.models import Member
from gis_core.points import PageLink, Progress, StartStep
from networks.water.models import SewerPipe, WaterPipe


def networks() -> Progress:
    """A member has pipes."""
    owners = set(WaterPipe.objects.values_list("owner_id", flat=True).distinct())
    owners |= set(SewerPipe.objects.values_list("owner_id", flat=True).distinct())
    if not owners:
        return Progress(False, _("No network yet: import it, or draw it on the map."))
    names = Member.objects.filter(pk__in=owners).order_by("name").values_list("name", flat=True)
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
