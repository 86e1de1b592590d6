"""/openads/carte: where openADS sends its people to see parcels or a file on the map (redirection_web)."""

import math
import re

from django.contrib.gis.geos import GEOSGeometry
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gis_core.http.middleware import rights_of_request
from permits.services.openads import MOST_PARCELS, Dossier, dossier_of, find_known_parcels, ground_of

MOST_LINKED = 20
CLOSEST = 19.0


@require_safe
@never_cache
def on_the_map(request: HttpRequest) -> HttpResponse:
    """The map on the parcels and the file that the address names, as far as the asker sees them; else the map."""
    query, rights = request.GET, rights_of_request(request)
    texts = re.split("[;,]", query.get("parcelles") or query.get("openads_parcelles") or "")[:MOST_PARCELS]
    idus = list(dict.fromkeys(find_known_parcels([one for one in texts if one], rights).values()))
    number = query.get("dossier") or query.get("openads_dossier") or ""
    dossier = dossier_of(number, None, rights) if number and rights.signed_in else None
    ground = ground_of(Dossier(None, tuple(idus))) if idus else ground_of(dossier) if dossier else None
    parts = ["v=1"]
    if ground is not None:
        parts += looking_at(GEOSGeometry(ground.geojson, srid=4326).extent)
    if idus:
        parts.append(f"ps={','.join(idus[:MOST_LINKED])}")
    if dossier and dossier.permit and dossier.permit.geom:
        parts.append(f"s=permits.{dossier.permit.pk}")
    return redirect(f"/#{'&'.join(parts)}")


def looking_at(extent: tuple[float, float, float, float]) -> list[str]:
    """Centre and zoom of a link to the map (degrees)."""
    west, south, east, north = extent
    span = max(east - west, (north - south) / math.cos(math.radians((south + north) / 2)), 1e-6)
    zoom = min(CLOSEST, math.log2(360 / span))
    return [f"c={(west + east) / 2:.6f},{(south + north) / 2:.6f}", f"z={zoom:.1f}"]
