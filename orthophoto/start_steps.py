"""What a new platform needs of aerial photos."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from gis_core.points import PageLink, Progress, StartStep
from layers.catalogue.models import Photo
from orthophoto.models import Campaign


def photos() -> Progress:
    """A photo is published."""
    count = Photo.objects.filter(kind=Photo.Kind.PHOTO).count()
    if count:
        return Progress(True, ngettext("%(n)s photo published.", "%(n)s photos published.", count) % {"n": count})
    begun = Campaign.objects.filter(kind=Photo.Kind.PHOTO).exists()
    return Progress(
        False,
        _("A campaign is under way, none is published yet.")
        if begun
        else _("No aerial photo yet: put a delivery into its member's folder on the server, then inventory it."),
    )


PHOTOS = StartStep(
    slug="photos",
    label=gettext_lazy("Aerial photos"),
    order=50,
    progress=photos,
    door=PageLink("campaigns", gettext_lazy("Photo campaigns")),
    guide="tutoriel/administrateur-photos",
)
