"""Lists of parcels in the search: all of them, chosen together."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gis_core.database.statements import fetch_all
from gis_core.models import Commune
from layers.cadastre.references import ReferenceText, read_references
from layers.cadastre.resolving import match_parcels, unique
from layers.features.search import Question, SearchResult

MOST = 200
"""References that are looked for and parcels that are offered: as many as the map takes of a link (`MOST_CHOSEN` of
`webmap/src/state/permalink.ts`)."""
SCORE = 100.0
COMMUNE = """
    with had as (
        select one.insee, count(distinct (one.section, one.number)) as parcels
        from unnest(%(sections)s::text[], %(numbers)s::text[]) as wanted (section, number)
        join cadastre_parcel one on one.section = wanted.section and one.number = wanted.number
        group by one.insee)
    select had.insee
    from had left join gis_core_commune commune on commune.insee = had.insee
    where had.parcels = (select max(parcels) from had)
    order by st_distance(
        st_centroid(st_envelope(commune.geom)), st_transform(st_point(%(lon)s, %(lat)s, 4326), 2154)), had.insee
    limit 1
"""
"""Which commune has most of some parcels; of several the nearest to a place (`lon` and `lat` may be null)."""
BOX = """
    select st_xmin(box), st_ymin(box), st_xmax(box), st_ymax(box)
    from (select st_extent(st_transform(geom, 4326)) as box from cadastre_parcel where idu = any(%s)) around
"""


def offer_list(question: Question) -> Iterator[SearchResult]:
    """All the parcels of a list as one result; those that name no commune lie in the one that has most of them."""
    every = [one for one in read_references(question.text) if one.meanings]
    if len(every) < 2:
        return
    texts = every[:MOST]
    matches = match_parcels(texts, commune_of_most(texts, question))
    known = unique(idu for one in matches for idu in one.idus)
    idus = known[:MOST]
    if len(idus) < 2:
        return
    label = ngettext("Choose the %(count)s parcel of the list", "Choose the %(count)s parcels of the list", len(idus))
    unknown = [one.text for one in matches if not one.idus]
    detail = [name_communes(idus)]
    if unknown:
        detail.append(_("the plan has no %(texts)s") % {"texts": ", ".join(unknown)})
    if left_out := len(every) - len(texts) + len(known) - len(idus):
        more = ngettext(
            "%(count)s more is left out: %(most)s at a time",
            "%(count)s more are left out: %(most)s at a time",
            left_out,
        )
        detail.append(more % {"count": left_out, "most": MOST})
    yield SearchResult(
        kind="parcel",
        label=label % {"count": len(idus)},
        detail=" · ".join(filter(None, detail)),
        score=SCORE,
        layer="parcels",
        parcels=idus,
        url=f"{reverse('map')}#v=1&bb={box_of(idus)}&p=choose&ps={','.join(idus)}",
    )


def commune_of_most(texts: Sequence[ReferenceText], question: Question) -> str:
    """The INSEE code of the commune that has most of the parcels whose commune nobody says; empty: none."""
    bare = [text.meanings[0] for text in texts if not any(one.names_commune for one in text.meanings)]
    if not bare:
        return ""
    lon, lat = question.near or (None, None)
    given: dict[str, Any] = {
        "sections": [one.section for one in bare],
        "numbers": [one.number.zfill(4) for one in bare],
        "lon": lon,
        "lat": lat,
    }
    return next((insee for (insee,) in fetch_all(COMMUNE, given)), "")


def box_of(idus: Sequence[str]) -> str:
    """What the map is fitted to, west,south,east,north in degrees, as its address says it (`bb`)."""
    (box,) = fetch_all(BOX, [list(idus)])
    return ",".join(f"{value:.6f}" for value in box)


def name_communes(idus: Sequence[str]) -> str:
    codes = unique(idu[:5] for idu in idus)
    names = dict(Commune.objects.filter(insee__in=codes).values_list("insee", "name"))
    return ", ".join(names.get(code, code) for code in codes)
