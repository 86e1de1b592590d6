"""What a new platform needs of the cadastre."""

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis_core.models import Territory
from gis_core.points import PageLink, Progress, StartStep
from layers.cadastre.models import Parcel


def cadastre() -> Progress:
    """The communes of the members' territories have parcels."""
    communes = Territory.objects.values("commune").distinct()
    total = communes.count()
    covered = communes.filter(Exists(Parcel.objects.filter(insee=OuterRef("commune")))).count()
    if not total:
        some = Parcel.objects.exists()
        return Progress(some, _("Parcels are there.") if some else _("No parcel yet; the communes come first."))
    return Progress(
        covered == total, _("Parcels in %(covered)s of %(total)s communes.") % {"covered": covered, "total": total}
    )


CADASTRE = StartStep(
    slug="cadastre",
    label=gettext_lazy("Cadastre"),
    order=40,
    progress=cadastre,
    door=PageLink("imports", gettext_lazy("Import the cadastre")),
    query="?source=etalab#reference",
    command="./arpent manage import_etalab FICHIER.json.gz…",
    guide="how-to/importer-le-cadastre",
)
