"""The hydrants of a filter as CSV of the national schema, for the SDIS.

The schema is AFIGEO's "Points d'eau incendie" (schema-pei 1.0), which StaR-Eau's script 08 repeats.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.contrib.gis.db.models.functions import Transform
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_core.errors import Invalid
from gis_core.files.writing.csvtext import Dialect, csv_file
from gis_core.files.writing.rows import Column
from gis_core.members.rights import Rights
from networks.water.code_lists import IN_SERVICE
from networks.water.models import HydrantInspection, HydrantUnavailability, WaterPipe
from networks.water.services.hydrants import HydrantQuery, register
from networks.water.services.inspected_nodes import addresses_of, day_of

MOST_ROWS = 20_000
DIAMETERS = (80, 100, 150)
PRECISIONS = {"A": "01", "B": "05"}
"""Class A is within 50 cm, class B within 1.5 m; of class C nothing more is known (AFIGEO: 01 to 1 m, 05 to 5 m)."""
PEI = (
    *("insee", "id_sdis", "id_gestion", "nom_gest", "ref_terr", "type_pei", "type_rd", "diam_pei", "diam_cana"),
    *("source_pei", "statut", "nom_etab", "situation", "press_dyn", "press_stat", "debit", "volume", "disponible"),
    *("date_dispo", "date_mes", "date_maj", "date_ct", "date_ro", "prec", "x", "y", "lon", "lat"),
)


def standings() -> dict[str, str]:
    return {
        "unavailable": _("Not available"),
        "failing": _("Not compliant"),
        "compliant": _("Compliant"),
        "unknown": _("Not inspected"),
    }


def list_hydrants(query: HydrantQuery, rights: Rights) -> list[Any]:
    """The hydrants, in the order of the register. Raises Invalid where there are too many."""
    hydrants = list(register(query, rights).annotate(place=Transform("geom", 4326))[: MOST_ROWS + 1])
    if len(hydrants) > MOST_ROWS:
        message = _("A table holds %(most)s hydrants at most: choose a member or a commune.")
        raise Invalid(message % {"most": f"{MOST_ROWS:_}".replace("_", " ")})
    return hydrants


# -- the national schema ----------------------------------------------------------------------------------------------


def pei_csv(rows: Sequence[Any], rights: Rights) -> bytes:
    """As the schema wants it: commas, decimal points, dates of ISO 8601, no heading but the names."""
    columns, dialect = [Column(name, name, "text") for name in PEI], Dialect(separator=",", decimal=".", mark=False)
    ids = [one.pk for one in rows]
    changed = HydrantUnavailability.objects.visible_to(rights).filter(hydrant__in=ids).order_by("from_at")
    available = {one.hydrant: timezone.localtime(one.until_at or one.from_at).date() for one in changed}
    places, pipes = addresses_of(rows), pipe_diameters(ids, rights)
    lines = [pei_line(one, places.get(one.pk, ""), pipes.get(one.pk), available.get(one.pk)) for one in rows]
    return csv_file(columns, lines, dialect)


def pei_line(one: Any, place: str, pipe_mm: int | None, changed: date | None) -> list[str]:
    technical = one.technical or {}
    subtype = (one.subtype or "").strip()
    values = {
        "insee": one.commune_insee,
        "id_sdis": one.more.get("id_sdis"),
        "id_gestion": one.reference or one.pk,
        "nom_gest": one.operator or one.project_owner or one.owner.name,
        "ref_terr": one.reference,
        "type_pei": "BI" if subtype.lower().startswith(("bi", "bouche")) else "PI",
        "type_rd": subtype or "poteau",
        "diam_pei": one.diameter_mm if one.diameter_mm in DIAMETERS else None,
        "diam_cana": pipe_mm,
        "source_pei": "reseau_aep",
        "situation": one.name or place,
        "press_dyn": technical.get("dynamic_bar"),
        "press_stat": technical.get("static_bar", one.pressure_bar),
        "debit": technical.get("flow_m3h", one.flow_m3h),
        "disponible": int(one.out is None and one.service_state == IN_SERVICE),
        "date_dispo": changed,
        "date_maj": max(filter(None, (day_of(one.last), one.updated_date)), default=None),
        "date_ct": day_of(one.technical),
        "prec": PRECISIONS.get(one.precision_xy or ""),
        "x": f"{one.geom.x:.2f}",
        "y": f"{one.geom.y:.2f}",
        "lon": f"{one.place.x:.7f}",
        "lat": f"{one.place.y:.7f}",
    }
    return ["" if values.get(name) is None else str(values[name]) for name in PEI]


def pipe_diameters(hydrants: Sequence[int], rights: Rights) -> dict[int, int]:
    """The widest pipe of each hydrant."""
    diameters: dict[int, int] = {}
    pipes = WaterPipe.objects.visible_to(rights).filter(service_state=IN_SERVICE)
    for end in ("start_node", "end_node"):
        rows = pipes.filter(Q(**{f"{end}__in": hydrants})).values(end).annotate(widest=Max("diameter_mm")).order_by()
        for row in rows:
            diameters[row[end]] = max(diameters.get(row[end], 0), row["widest"] or 0)
    return {pk: widest for pk, widest in diameters.items() if widest}


def inspections_of(pk: int, rights: Rights) -> list[HydrantInspection]:
    """Every inspection of a hydrant, the last first; those that were struck out, too."""
    rows = HydrantInspection.objects.visible_to(rights).filter(hydrant=pk)
    return list(rows.select_related("recorded_by", "struck_by").latest_first())


def unavailabilities_of(pk: int, rights: Rights) -> list[HydrantUnavailability]:
    rows = HydrantUnavailability.objects.visible_to(rights).filter(hydrant=pk)
    return list(rows.select_related("recorded_by", "ended_by").order_by("-from_at"))
