"""What a file's sheet on the map says beyond its columns: the number as people read it, the commune."""

from collections.abc import Mapping, Sequence

from gis_core.members.rights import Rights
from gis_core.models import Commune
from layers.features.sheet import Addition, Values
from permits.numbers import format_number


def describe(rows: Sequence[Values], rights: Rights) -> Mapping[int, Addition]:
    communes = Commune.objects.filter(insee__in={row["insee"] for row in rows})
    names = dict(communes.values_list("insee", "name"))
    return {
        row["id"]: Addition(
            title=format_number(row["number"]),
            subtitle=names.get(row["insee"], row["insee"]),
            hidden=frozenset({"insee"}) if row["insee"] in names else frozenset(),
        )
        for row in rows
    }
