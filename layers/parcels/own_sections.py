"""The sections that the plan itself and the photos fill: identity, buildings, aerial photos."""

from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any

import shapely
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from gis_core.members.rights import Rights
from layers.cadastre.sheet import WITHDRAWN_MODEL, display_source
from layers.catalogue.models import Photo
from layers.catalogue.pictures import open_photo
from layers.features.display import (
    display,
    display_area,
    display_date,
    display_difference,
    display_number,
    display_share,
)
from layers.features.sheet import Property
from layers.parcels.sections import Answer, Crossing, Ground, Line, Measure, Section, Source, Vintage

# A difference of areas that the survey's own tolerance explains, as a share of the registered area.
NOTABLE_DIFFERENCE = 0.05

PARCELS = Source(
    table="cadastre_parcel",
    columns={
        "id": "t.id",
        "idu": "t.idu",
        "label": "t.label",
        "area_m2": "t.area_m2",
        "surveyed": "t.surveyed",
        "updated": "t.updated_date",
        "commune": "(select name from gis_core_commune co where co.insee = t.insee)",
        "measured_m2": "st_area(st_transform(t.geom, 4326)::geography)",
        "addresses": (
            "array(select a.label from cadastre_address a"
            " where a.parcel_idu = t.idu and a.parcel_idu <> '' or a.parcels @> array[t.idu]"
            " order by a.road_name, a.number, a.suffix limit 20)"
        ),
    },
    where="id = any(%(parcels)s::bigint[])",
)
BUILDINGS = Source(
    table="cadastre_building",
    columns={
        name: f"t.{name}"
        for name in ("id", "kind", "name", "ground_m", "eaves_m", "ridge_m", "heights_source", "heights_date")
    }
    | {"withdrawn": WITHDRAWN_MODEL},
    layer="buildings",
)
PHOTOS = Source(table="catalogue_photo", columns={"id": "t.id"})


# -- identity ---------------------------------------------------------------------------------------------------------


def identity(ground: Ground, rights: Rights, crossings: Sequence[Crossing]) -> Answer:
    """Reference, commune, registered and measured areas with their difference, addresses; a line for each parcel."""
    parcels = sorted((one.values for one in crossings), key=itemgetter("idu"))
    registered = [one["area_m2"] for one in parcels]
    known = sum(registered) if parcels and None not in registered else None
    notes = [] if known is not None or not parcels else [_("The register gives no area for one parcel or more.")]
    return Answer(
        facts=areas(known, ground.measured_m2) if len(parcels) > 1 else (),
        lines=[parcel_line(ground, one) for one in parcels],
        notes=notes + difference_notes(known, ground.measured_m2),
        vintages=[Vintage(layer="parcels")],
    )


def parcel_line(ground: Ground, parcel: Mapping[str, Any]) -> Line:
    idu, measured_m2, updated = parcel["idu"], parcel["measured_m2"], parcel["updated"]
    facts = [fact("idu", _("Identifier"), idu), *areas(parcel["area_m2"], measured_m2)]
    if ground.sees("addresses"):
        facts += [fact("address", _("Address"), address) for address in parcel["addresses"]]
    if (surveyed := parcel["surveyed"]) is not None:
        facts.append(fact("surveyed", _("Surveyed"), surveyed, _("Yes") if surveyed else _("No")))
    if updated:
        facts.append(fact("updated_date", _("Updated in the plan"), updated, display_date(updated)))
    share = measured_m2 / ground.measured_m2 if ground.measured_m2 else None
    return Line(
        key=f"parcel:{idu}",
        title=parcel["label"],
        detail=parcel["commune"] or idu[:5],
        measure=Measure(area_m2=measured_m2, share=share),
        layer="parcels",
        feature=parcel["id"],
        facts=facts,
    )


def areas(registered: int | None, measured_m2: float) -> list[Property]:
    """Both areas, and how far the plan is from the register."""
    facts = [fact("measured_area_m2", _("Measured area"), round(measured_m2, 1), display_area(measured_m2), "m²")]
    if registered:
        difference = measured_m2 / registered - 1
        label = _("Difference from the registered area")
        facts.insert(0, fact("area_m2", _("Registered area"), registered, display_area(registered), "m²"))
        facts.append(fact("area_difference", label, round(difference, 4), display_difference(difference)))
    return facts


def difference_notes(registered: int | None, measured_m2: float) -> list[str]:
    if not registered or abs(measured_m2 / registered - 1) <= NOTABLE_DIFFERENCE:
        return []
    return [
        _("The plan and the register differ by more than %(share)s.") % {"share": display_share(NOTABLE_DIFFERENCE)}
    ]


# -- buildings --------------------------------------------------------------------------------------------------------


def buildings(ground: Ground, rights: Rights, met: Sequence[Crossing]) -> Answer:
    """Every building that stands on the ground, and how much of it they cover; not those that share a wall with it."""
    covering = [one for one in met if one.measure.area_m2]
    sure = [one for one in covering if not one.measure.uncertain]
    built = sum(one.measure.area_m2 or 0 for one in sure)
    share = built / ground.measured_m2 if ground.measured_m2 else 0
    facts = [
        fact("built_m2", _("Built area"), round(built, 1), display_area(built), "m²"),
        fact("built_share", _("Built share"), round(share, 4), display_share(min(share, 1))),
    ]
    notes = [] if covering else [_("The plan shows no building here.")]
    return Answer(
        facts=facts if sure else (), lines=[building_line(one) for one in covering], notes=notes,
        vintages=[Vintage(layer="buildings")],
    )  # fmt: skip


def building_line(one: Crossing) -> Line:
    title = one.values["name"] or (_("Light building") if one.values["kind"] == "02" else _("Solid building"))
    pk = one.values["id"]
    return Line(
        key=f"building:{pk}", title=title, detail=height_detail(one.values), measure=one.measure, layer="buildings",
        feature=pk, facts=height_facts(one.values),
    )  # fmt: skip


def height_detail(building: Mapping[str, Any]) -> str:
    ridge = building["ridge_m"]
    return "" if ridge is None else _("Ridge %(ridge)s") % {"ridge": display(ridge, "length_m")}


def height_facts(building: Mapping[str, Any]) -> list[Property]:
    """Heights of eaves and ridge, altitude of the ground, and the model that they were measured on."""
    if building["ridge_m"] is None:
        return []
    labels = (
        ("ridge_m", _("Height of the ridge")),
        ("eaves_m", _("Height of the eaves")),
        ("ground_m", _("Altitude of the ground")),
    )
    facts = [fact(name, label, building[name], display(building[name], "length_m"), "m") for name, label in labels]
    source, day = building["heights_source"], display_date(building["heights_date"])
    title = display_source(source) if building["withdrawn"] else source
    return [*facts, fact("heights_source", _("Heights measured on"), source, f"{title} ({day})")]


# -- photos -----------------------------------------------------------------------------------------------------------


def photos(ground: Ground, rights: Rights, crossings: Sequence[Crossing]) -> Answer:
    """The aerial photos that show the ground to the asker, the latest first."""
    measures = {one.values["id"]: one.measure for one in crossings}
    seen = Photo.objects.visible_to(rights).pictures().defer("geom", "footprint_4326").in_bulk(measures)
    visible = [(photo, measures[pk]) for pk, photo in seen.items()]
    visible = [pair for pair in visible if is_visible_on(pair[0], ground, rights)]
    visible.sort(key=lambda pair: (pair[0].acquired_date, pair[0].pk), reverse=True)
    notes = [] if visible else [_("No aerial photo shows this place.")]
    return Answer(lines=[photo_line(*pair) for pair in visible], notes=notes)


def is_visible_on(photo: Photo, ground: Ground, rights: Rights) -> bool:
    """Whether the asker sees the photo here: it may be shared on some communes only."""
    if not photo.within_communes:
        return True
    return bool(shapely.intersects(open_photo(photo, rights).ground, shapely.from_wkb(ground.geom)))


def photo_line(photo: Photo, measure: Measure) -> Line:
    day, centimetres = photo.acquired_date, photo.resolution_m * 100
    precise = {"day": display_date(day), "month": f"{day:%m/%Y}", "year": f"{day:%Y}"}[photo.acquired_precision]
    resolution = ngettext("%(size)s cm a pixel", "%(size)s cm a pixel", round(centimetres))
    return Line(
        key=f"photo:{photo.slug}",
        title=str(photo),
        detail=f"{precise} · {resolution % {'size': display_number(centimetres, 0)}}",
        measure=measure,
        facts=[fact("acquired_date", _("Date of the photos"), day.isoformat(), precise)],
    )


# -- words ------------------------------------------------------------------------------------------------------------


def fact(name: str, label: str, value: Any, display: str | None = None, unit: str | None = None) -> Property:
    return Property(name=name, label=label, value=value, unit=unit, display=str(value) if display is None else display)


SECTIONS = (
    Section(
        slug="identity",
        title=gettext_lazy("Parcel"),
        order=10,
        collect=identity,
        sources=(PARCELS,),
        layers=("parcels",),
        also=("addresses",),
    ),
    Section(
        slug="buildings",
        title=gettext_lazy("Buildings"),
        order=20,
        collect=buildings,
        sources=(BUILDINGS,),
        layers=("buildings",),
    ),
    Section(slug="photos", title=gettext_lazy("Aerial photos"), order=90, collect=photos, sources=(PHOTOS,)),
)
