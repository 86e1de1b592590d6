"""What a new platform needs of planning documents."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from gis_core.points import PageLink, Progress, StartStep
from layers.planning.models import Document


def documents() -> Progress:
    """A planning document is there."""
    count = Document.objects.count()
    if not count:
        return Progress(False, _("No planning document yet: the rules of a parcel come from it."))
    return Progress(True, ngettext("%(n)s planning document.", "%(n)s planning documents.", count) % {"n": count})


PLANNING = StartStep(
    slug="planning",
    label=gettext_lazy("Planning documents"),
    order=60,
    progress=documents,
    door=PageLink("imports", gettext_lazy("Import a planning document")),
    query="?source=plu#reference",
    command="./arpent manage import_plu DOSSIER",
    guide="how-to/importer-un-plu",
)
