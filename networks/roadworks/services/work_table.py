"""Works as a table for spreadsheets."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from gis_core.desk.tables import Table
from gis_core.files.writing.rows import Column
from gis_core.models import Commune
from networks.roadworks.models import Work
from networks.roadworks.services.works import describe_state


def as_table(works: Sequence[Work]) -> Table:
    """A line for each, without the internal remark: what is taken away goes from hand to hand."""
    columns = [
        Column("reference", _("Reference"), "text"),
        Column("title", _("Title"), "text"),
        Column("kind", _("Kind"), "text"),
        Column("state", _("State"), "text"),
        Column("starts_on", _("First day"), "date"),
        Column("ends_on", _("Last day"), "date"),
        Column("hours", _("Hours"), "text"),
        Column("measure", _("Traffic"), "text"),
        Column("speed_kmh", _("Speed limit (km/h)"), "integer"),
        Column("place", pgettext("road", "Place"), "text"),
        Column("commune", _("Commune"), "text"),
        Column("member", _("Member"), "text"),
    ]
    names = communes_of(works)
    rows = [
        [
            *(one.reference, one.title, one.get_kind_display(), describe_state(one)),
            *(one.starts_on, one.ends_on, one.hours, one.get_measure_display(), one.speed_kmh),
            *(one.located, names.get(one.insee or "", one.insee), one.owner.name),
        ]
        for one in works
    ]
    return columns, rows


def communes_of(rows: Sequence[Work]) -> Mapping[str, str]:
    """The names of their communes, by INSEE code."""
    codes = {one.insee for one in rows if one.insee}
    return dict(Commune.objects.filter(insee__in=codes).values_list("insee", "name"))
