"""Verdicts and sides as the API gives them. Lengths in metres to the millimetre."""

import json
from collections.abc import Mapping
from typing import Any

import shapely
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from shapely.geometry.base import BaseGeometry

from layers.planning.services.files import address_of
from simulation.engine.envelope import Envelope, Step
from simulation.engine.judging import national_rules
from simulation.engine.sides import Kind, Origin, Side
from simulation.engine.verdicts import Measure, Verdict
from simulation.services.checking import Judged
from simulation.services.envelopes import Envelopes
from simulation.services.messages import REASONS, describe_verdict
from simulation.services.places import Place, ZonePart
from simulation.services.rules import KeptRules
from simulation.services.scenes import Scene
from simulation.services.shadows import Shadow, to_degrees
from simulation.services.sun_hours import Loss, SunHours, class_ranges

KINDS: Mapping[Kind, Promise] = {
    Kind.ALIGNMENT: gettext_lazy("Alignment"),
    Kind.SIDE: gettext_lazy("Side limit"),
    Kind.REAR: gettext_lazy("Rear limit"),
}
ORIGINS: Mapping[Origin, Promise] = {
    Origin.PUBLIC: gettext_lazy("No parcel lies beyond: public domain"),
    Origin.WAY: gettext_lazy("The parcel beyond is a way"),
    Origin.WATER: gettext_lazy("Water lies beyond"),
    Origin.NEIGHBOUR: gettext_lazy("A neighbour’s parcel lies beyond"),
    Origin.UNKNOWN: gettext_lazy("Nothing is known beyond"),
}
AROUND_SIDES: Mapping[str, Promise] = {
    "roads": gettext_lazy("axes of streets"),
    "plan-road-areas": gettext_lazy("ways of the plan"),
    "water": gettext_lazy("water of the plan"),
}
"""Layers from which the sides of a terrain are derived."""


def rounded(value: float | None, digits: int = 3) -> float | None:
    return None if value is None else round(float(value), digits)


def geojson(shape: BaseGeometry | None, crs: str = "EPSG:2154") -> Any:
    """A geometry of EPSG:2154, in it or in degrees (CRS84)."""
    if shape is None or shape.is_empty:
        return None
    if crs == "EPSG:2154":
        return json.loads(shapely.to_geojson(shapely.set_precision(shape, 0.001)))
    degrees = shapely.transform(shape, lambda points: project(points), include_z=False)
    return json.loads(shapely.to_geojson(degrees))


def project(points: Any) -> Any:
    x, y = to_degrees().transform(points[:, 0], points[:, 1])
    return shapely.get_coordinates(shapely.points(x, y)).round(9)


# -- verdicts ---------------------------------------------------------------------------------------------------------


def judged_as_json(judged: Judged) -> dict[str, Any]:
    place, accuracy = judged.place, judged.place.plot.accuracy
    before, after = judged.covered
    return {
        "parcels": list(place.ground.idus),
        "day": place.ground.day,
        "terrain_m2": rounded(place.plot.terrain.area, 2),
        "emprise_before_m2": rounded(before, 2),
        "emprise_after_m2": rounded(after, 2),
        "accuracies": {
            "plan": rounded(accuracy.plan),
            "plan_known": "plan" in accuracy.known,
            "heights": rounded(accuracy.heights),
            "heights_known": "heights" in accuracy.known,
        },
        "zones": [zone_as_json(zone, judged) for zone in place.zones],
        "results": [verdict_as_json(one, judged) for one in judged.verdicts],
        "notes": [*judged.notes, *place_notes(place)],
    }


def place_notes(place: Place) -> list[str]:
    notes = [_("Buildings are not shown to you: they are not counted.")] if "buildings" in place.hidden else []
    return [*notes, *side_notes(place)]


def zone_as_json(zone: ZonePart, judged: Judged) -> dict[str, Any]:
    kept = judged.kept.get((zone.idurba, zone.zone))
    return {
        "zone": zone.zone,
        "idurba": zone.idurba,
        "area_m2": rounded(zone.plot.terrain.area, 2),
        "share": rounded(zone.share, 4),
        "rules": len(kept.rules) if kept else 0,
        "regulation": regulation_of(zone.values),
    }


def regulation_of(values: Mapping[str, Any]) -> str | None:
    """Where the written regulation of a zone is, as it was delivered or as its address says."""
    return address_of(values["folder"], values["files"], values["nomfic"]) or values["urlfic"] or None


def verdict_as_json(verdict: Verdict, judged: Judged) -> dict[str, Any]:
    decisive = verdict.decisive or Measure(name="", status=verdict.status, unit="")
    return {
        "rule": verdict.rule,
        "category": verdict.category,
        "status": verdict.status.value,
        **numbers_of(decisive),
        "where": geojson(decisive.where),
        "text": describe_verdict(verdict),
        "label": verdict.libelle,
        "remark": verdict.remark,
        "zone": verdict.zone,
        "article": verdict.article,
        "volume": decisive.volume,
        "measures": [measure_as_json(one) for one in verdict.measures],
        "source": source_of(verdict, judged.kept.values()),
    }


def numbers_of(measure: Measure) -> dict[str, Any]:
    names = ("value", "limit", "margin", "accuracy")
    digits = 4 if measure.unit == "ratio" else 3
    return {name: rounded(getattr(measure, name), digits) for name in names} | {"unit": measure.unit}


def measure_as_json(measure: Measure) -> dict[str, Any]:
    return {
        "attribute": measure.name,
        "reference": measure.reference,
        "status": measure.status.value,
        **numbers_of(measure),
        "volume": measure.volume,
        "reasons": [one.code for one in measure.reasons],
    }


def source_of(verdict: Verdict, kept: Any) -> dict[str, Any] | None:
    """The text of the regulation to which a rule refers, or of the article, where it is known."""
    if verdict.article:
        return article_source(verdict.article)
    rules: KeptRules
    for rules in kept:
        if rules.kept.zone == verdict.zone and (content := rules.texts.get(verdict.content)):
            return {"content": content["id"], "title": content["title"], "text": content["text"]}
    return None


def article_source(article: str) -> dict[str, Any] | None:
    (national,) = [one for one in national_rules() if one.article == article]
    if not national.text:
        return None
    title = _("Code de l’urbanisme, article %(article)s (%(source)s)")
    return {"content": article, "title": title % {"article": article, "source": national.source}, "text": national.text}


# -- sides ------------------------------------------------------------------------------------------------------------


def sides_as_json(place: Place, crs: str, *, can_correct: bool) -> dict[str, Any]:
    sides = place.plot.sides
    return {
        "type": "FeatureCollection",
        "crs": crs,
        "corner": sides.corner,
        "crossings": [one.name for one in sides.crossings],
        "accuracy_m": rounded(place.plot.accuracy.limits),
        "notes": side_notes(place),
        "can_correct": can_correct,
        "buildings": [
            {"id": number, "area_m2": rounded(shape.area, 1), "geometry": geojson(shape, crs)}
            for number, shape in sorted(place.buildings.items())
        ],
        "features": [side_as_json(one, number, crs) for number, one in enumerate(sides.sides)],
    }


def side_as_json(side: Side, number: int, crs: str) -> dict[str, Any]:
    properties = {
        "side": number,
        "kind": side.kind.value,
        "kind_label": str(KINDS[side.kind]),
        "origin": side.origin.value,
        "origin_label": str(ORIGINS[side.origin]),
        "names": list(side.names),
        "length_m": rounded(side.line.length, 2),
        "uncertain": side.uncertain,
        "derived": side.derived,
    }
    return {"type": "Feature", "geometry": geojson(side.line, crs), "properties": properties}


def side_notes(place: Place) -> list[str]:
    """What is doubtful or unusual about the sides."""
    sides, notes = place.plot.sides, []
    if hidden := [str(name) for layer, name in AROUND_SIDES.items() if layer in place.hidden]:
        message = _("Not shown to you, so that sides may be taken for others: %(names)s.")
        notes.append(message % {"names": ", ".join(hidden)})
    if any(one.uncertain == "nothing_known" for one in sides.sides):
        notes.append(str(REASONS["side_doubtful"]))
    if any(one.uncertain == "no_way" for one in sides.sides):
        notes.append(str(REASONS["no_way_known"]))
    if sides.crossings:
        names = ", ".join(sorted({one.name for one in sides.crossings if one.name})) or "?"
        notes.append(_("A way runs through the terrain: %(names)s.") % {"names": names})
    return notes


# -- envelopes --------------------------------------------------------------------------------------------------------


def envelopes_as_json(made: Envelopes, crs: str) -> dict[str, Any]:
    place = made.place
    steps = [step_as_json(step, zone, crs) for zone, envelope in made.parts for step in envelope.steps]
    message = _("An envelope is no right to build: rules in words, easements and networks are not in it.")
    return {
        "type": "FeatureCollection",
        "crs": crs,
        "parcels": list(place.ground.idus),
        "accuracy_m": rounded(place.plot.accuracy.limits),
        "zones": [envelope_as_json(zone, envelope) for zone, envelope in made.parts],
        "notes": [*made.notes, *place_notes(place), message],
        "features": steps,
    }


def envelope_as_json(zone: ZonePart, envelope: Envelope) -> dict[str, Any]:
    return {
        "zone": zone.zone,
        "idurba": zone.idurba,
        "terrain_m2": rounded(zone.plot.terrain.area, 2),
        "area_m2": rounded(envelope.area, 2),
        "ces_m2": rounded(envelope.ces, 2),
        "height_m": rounded(envelope.top),
        "eaves_m": rounded(envelope.eaves),
        "volume_m3": rounded(envelope.volume, 1),
        "bounded_volume_m3": rounded(envelope.bounded_volume, 1),
        "left_out": list(envelope.left_out),
    }


def step_as_json(step: Step, zone: ZonePart, crs: str) -> dict[str, Any]:
    properties = {
        "zone": zone.zone,
        "bottom": rounded(step.bottom),
        "top": rounded(step.top),
        "area_m2": rounded(step.shape.area, 2),
    }
    return {"type": "Feature", "geometry": geojson(step.shape, crs), "properties": properties}


def shadow_as_json(shadow: Shadow) -> dict[str, Any]:
    sun = shadow.sun
    return {
        "sun": {name: rounded(getattr(sun, name), 4) for name in ("azimuth", "elevation", "grid_azimuth")},
        "shadow": geojson(shadow.shape),
        "area_m2": rounded(shadow.shape.area, 2),
        "neighbours": [
            {
                "parcel": one.idu,
                "name": one.label,
                "shaded_m2": rounded(one.shaded_m2, 2),
                "buildings_m2": rounded(one.buildings_m2, 2),
            }
            for one in shadow.neighbours
        ],
        "terrain": [model.photo.slug for model in shadow.models],
        "obstacles": shadow.obstacles,
        "pixel_m": shadow.pixel_m,
        "notes": list(shadow.notes),
    }


# -- hours of sun -----------------------------------------------------------------------------------------------------


def sun_hours_as_json(result: SunHours) -> dict[str, Any]:
    """Hours to the hundredth, m² to the tenth."""
    return {
        "day": result.day,
        "classes": [
            {"from_h": first, "to_h": end, "area_m2": rounded(shape.area, 1), "shape": geojson(shape)}
            for (first, end), shape in zip(class_ranges(), result.classes, strict=True)
        ],
        "neighbours": [
            {
                "parcel": one.idu,
                "name": one.label,
                "garden": loss_as_json(one.garden),
                "buildings": loss_as_json(one.buildings),
            }
            for one in result.neighbours
        ],
        "obstacles": result.obstacles,
        "terrain": [model.photo.slug for model in result.models],
        "pixel_m": rounded(result.pixel_m),
        "notes": list(result.notes),
    }


def loss_as_json(loss: Loss | None) -> dict[str, Any] | None:
    if loss is None:
        return None
    return {
        "area_m2": rounded(loss.area_m2, 1),
        "mean_h": rounded(loss.mean, 2),
        "most_h": rounded(loss.most, 2),
        "lost_m2": rounded(loss.lost_m2, 1),
    }


# -- in three dimensions ----------------------------------------------------------------------------------------------


SOLID_KINDS: Mapping[str, str] = {"RoofSurface": "roof", "WallSurface": "wall", "GroundSurface": "floor"}


def scene_as_json(scene: Scene) -> dict[str, Any]:
    """Coordinates in EPSG:2154 to the centimetre, those of faces to the millimetre above the foot of their volume."""
    shapes = shapely.set_precision([one.plan.shape for one in scene.buildings], 0.01, mode="pointwise")
    return {
        "bbox": list(scene.bounds),
        "ground": str(scene.ground.photo) if scene.ground else None,
        "volumes": [
            {
                "foot_m": rounded(one.foot_m),
                "height_m": rounded(one.height_m),
                "faces": [
                    {
                        "kind": SOLID_KINDS[face.kind],
                        "rings": [[[round(value, 3) for value in corner] for corner in ring] for ring in face.rings],
                    }
                    for face in one.faces
                ],
            }
            for one in scene.volumes
        ],
        "buildings": {
            "type": "FeatureCollection",
            "features": [
                {
                    "type": "Feature",
                    "id": one.plan.pk,
                    "geometry": json.loads(shape),
                    "properties": {
                        "height_m": rounded(one.plan.height_m, 2),
                        "ground_m": rounded(one.plan.ground_m, 2),
                        "measured": one.plan.measured,
                        "distance_m": rounded(one.distance_m, 2),
                    },
                }
                for one, shape in zip(scene.buildings, shapely.to_geojson(shapes), strict=True)
            ],
        },
        "notes": list(scene.notes),
    }
