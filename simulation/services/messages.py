"""Verdicts, reasons and refusals said in the reader's language."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from layers.features.display import display_number, with_unit
from simulation.engine.sru import SruError
from simulation.engine.verdicts import Measure, Reason, Status, Verdict
from simulation.engine.volumes import Roof

STATUSES: Mapping[Status, Promise] = {
    Status.RESPECTED: gettext_lazy("Respected"),
    Status.BROKEN: gettext_lazy("Broken"),
    Status.TO_JUDGE: gettext_lazy("To be judged"),
    Status.NOT_APPLICABLE: gettext_lazy("Not applicable"),
}
CATEGORIES: Mapping[str, Promise] = {
    "Alignement": gettext_lazy("Building line"),
    "AspectExterieur": gettext_lazy("Outward look"),
    "Autorisation": gettext_lazy("What the zone lets stand"),
    "CES": gettext_lazy("Ground coverage"),
    "Cloture": gettext_lazy("Fences"),
    "CoefficientBiotope": gettext_lazy("Open ground and biotope"),
    "Gabarit": gettext_lazy("Building profile"),
    "Hauteur": gettext_lazy("Height of buildings"),
    "Interdiction": gettext_lazy("What the zone forbids"),
    "Retrait": gettext_lazy("Setback"),
    "RetraitAlignement": gettext_lazy("Setback from ways"),
    "RetraitFacadeHauteur": gettext_lazy("Setback by height"),
    "Stationnement": gettext_lazy("Parking"),
}
"""Classes of the standard as the desk of the map says them; one that is not here is said as it is."""
REFERENCES: Mapping[str, Promise] = {
    "emprisePublique": gettext_lazy("from the public domain"),
    "limitePublique": gettext_lazy("from the public domain"),
    "axeVoie": gettext_lazy("from the axis of the way"),
    "limiteLaterale": gettext_lazy("from a side limit"),
    "fond": gettext_lazy("from the rear limit"),
    "alignementOppose": gettext_lazy("from the alignment across the way"),
    "batimentMitoyen": gettext_lazy("from another building of the plot"),
    "pignonAttenant": gettext_lazy("from an adjoining gable"),
    "bergesCoursEau": gettext_lazy("from the bank of a stream"),
    "litCoursEau": gettext_lazy("from the bed of a stream"),
}
ATTRIBUTES: Mapping[str, Promise] = {
    "vMinRetrait": gettext_lazy("Setback"),
    "vMaxRetrait": gettext_lazy("Greatest setback"),
    "alignement": gettext_lazy("Distance to the alignment"),
    "retraitMin": gettext_lazy("Setback of the façade"),
    "pente": gettext_lazy("By height and distance"),
    "hauteurFaitageMaxBatimentToiturePente": gettext_lazy("Height of the ridge"),
    "hauteurMaxEgoutBatimentToiturePente": gettext_lazy("Height of the eaves"),
    "hauteurMaxAcrotereBatiment": gettext_lazy("Height of the acroterion"),
    "hauteurMaxFacade": gettext_lazy("Height of the façade"),
    "nbMaxNivDroits": gettext_lazy("Levels"),
    "penteToitureMin": gettext_lazy("Slope of the roof"),
    "penteToitureMax": gettext_lazy("Slope of the roof"),
    "ratioMax": gettext_lazy("Share of the terrain that is built over"),
    "empriseMax": gettext_lazy("Ground that is built over"),
    "surfaceImpermeableMax": gettext_lazy("Ground that buildings seal"),
    "proportionEspacePleineTerre": gettext_lazy("Open ground at most"),
    "proportionEspaceVert": gettext_lazy("Green ground at most"),
    "coeffPleineTerre": gettext_lazy("Open ground at most"),
}
REASONS: Mapping[str, Promise] = {
    "margin_within_accuracy": gettext_lazy(
        "The margin is smaller than the accuracy of the data: the cadastre is not a legal boundary."
    ),
    "unknown_class": gettext_lazy("The catalogue of the standard has no class “%(category)s”: read the text."),
    "label": gettext_lazy("This rule is in words: read them."),
    "not_drawn": gettext_lazy("What this rule is about is not in the drawn volumes."),
    "no_value": gettext_lazy("The rule gives no value to compare with."),
    "unread": gettext_lazy("“%(name)s” could not be read (%(value)s)."),
    "unknown_attribute": gettext_lazy("“%(name)s” is not of the standard’s catalogue: it is not taken into account."),
    "hanging_point": gettext_lazy("The text does not say at which height the gabarit hangs (%(label)s)."),
    "no_axis": gettext_lazy("No axis of a way is known here."),
    "no_opposite": gettext_lazy("The alignment across the way is not known."),
    "no_alignment": gettext_lazy("The terrain touches no way or public domain that is known."),
    "no_side": gettext_lazy("The terrain has no side limit."),
    "no_rear": gettext_lazy("The terrain has no rear limit."),
    "no_building": gettext_lazy("No other building stands on the terrain."),
    "no_water": gettext_lazy("The plan shows no water within 60 m."),
    "reference_unknown": gettext_lazy("This is not measured from the plan."),
    "side_doubtful": gettext_lazy("Nothing is known beyond a limit: which kind it is of is not certain."),
    "no_way_known": gettext_lazy("No way is known here: side and rear limits cannot be told from each other."),
    "part_of_facade": gettext_lazy("The rule is about a part of the façades only."),
    "both_allowed": gettext_lazy("The rule allows standing on the limit or away from it."),
    "carried": gettext_lazy("The setback of the same rule says the distance."),
    "ground_unknown": gettext_lazy("The height of the natural ground is not known here."),
    "low_point_unknown": gettext_lazy(
        "The height is counted from another place than the foot of the building, and the relief is not known here."
    ),
    "below_reference": gettext_lazy("No part is higher than the height from which the rule applies."),
    "openings": gettext_lazy("The volumes do not say which façades have openings."),
    "storeys": gettext_lazy("The rule counts storeys, which the volumes do not say."),
    "levels_unknown": gettext_lazy("The volumes do not say their levels."),
    "roof_levels_unknown": gettext_lazy("The volumes do not say their levels in the roof."),
    "flat_roof": gettext_lazy("The roof is flat: it has neither ridge nor eaves."),
    "pitched_roof": gettext_lazy("The roof is pitched: it has no acroterion."),
    "ways_not_drawn": gettext_lazy("Buildings leave enough ground; ways, terraces and parking are not drawn."),
    "exception": gettext_lazy("The rule has an exception: %(label)s"),
    "condition": gettext_lazy("It depends on a condition that only a person can say: %(label)s."),
    "band_unknown": gettext_lazy("The band of this rule cannot be placed: %(label)s."),
    "outside_band": gettext_lazy("Nothing stands in the band of %(start)s to %(end)s m."),
    "other_zone": gettext_lazy("The rule is of the zone %(zone)s."),
    "other_area": gettext_lazy("The terrain (%(area)s m²) has not the area for which the rule is."),
    "thin_part": gettext_lazy("The part in the zone %(zone)s is thinner than the plan is accurate."),
    "level_ground": gettext_lazy("The ground at the limit is not known: it was taken as level."),
    "may_be_imposed": gettext_lazy("%(article)s may be imposed; it obliges nobody by itself."),
    "unconfirmed": gettext_lazy(
        "National rule %(article)s: its number and text are not confirmed here by an official source; read it."
    ),
}
ROOFS: Mapping[Roof, Promise] = {
    Roof.FLAT: gettext_lazy("flat roof"),
    Roof.GABLE: gettext_lazy("gable roof"),
    Roof.HIP: gettext_lazy("hip roof"),
    Roof.MONO: gettext_lazy("mono-pitch roof"),
}
SRU_ERRORS: Mapping[str, Promise] = {
    "json": gettext_lazy("The rules are no valid JSON: line %(line)s, column %(column)s (%(message)s)."),
    "no_number": gettext_lazy("The rules are no valid JSON: “%(value)s” is no number."),
    "too_deep": gettext_lazy("The rules are nested too deeply."),
    "too_many": gettext_lazy("There are too many rules or parts of a rule: %(most)s at most."),
    "no_rules": gettext_lazy("The rules are neither a list of JSON nor an object."),
    "no_rule": gettext_lazy("Rule %(place)s is no JSON object."),
    "no_constraint": gettext_lazy("Rule %(place)s has no constraint (“contraintes”, or “catContrainte”)."),
    "no_category": gettext_lazy("Rule %(place)s: a part of it does not say its “%(name)s”."),
}
JSON_FAULTS: Mapping[str, Promise] = {
    "Illegal trailing comma": gettext_lazy("a comma too many"),
    "Expecting value": gettext_lazy("a value is missing"),
    "Expecting property name": gettext_lazy("a name between quotes is missing"),
    "Expecting ',' delimiter": gettext_lazy("a comma is missing"),
    "Expecting ':' delimiter": gettext_lazy("a colon is missing"),
    "Unterminated string": gettext_lazy("a text does not end"),
    "Invalid control character": gettext_lazy("a text holds a character that it may not"),
    "Invalid \\escape": gettext_lazy("a text holds a backslash that means nothing"),
    "Extra data": gettext_lazy("something follows the end"),
}
AT_LEAST = {"vMinRetrait", "retraitMin", "penteToitureMin", "coeffPleineTerre"} | {
    f"proportionEspace{kind}" for kind in ("PleineTerre", "Vert")
}


def describe_sru_error(error: SruError) -> str:
    """Why rules cannot be read, with the line and the column where they are known."""
    params = dict(error.params)
    if error.code == "json":
        fault = str(params["message"])
        params["message"] = next((str(text) for begin, text in JSON_FAULTS.items() if fault.startswith(begin)), fault)
    return str(SRU_ERRORS[error.code]) % {"line": error.line, "column": error.column, **params}


def describe_reason(reason: Reason) -> str:
    return str(REASONS[reason.code]) % display_params(reason.params)


def display_params(params: Mapping[str, Any]) -> dict[str, Any]:
    return {name: display_number(value) if isinstance(value, float) else value for name, value in params.items()}


def display_value(value: float, unit: str) -> str:
    if unit == "ratio":
        return with_unit(display_number(value * 100, 1), "%")
    if unit == "levels":
        return display_number(value, 0)
    return with_unit(display_number(value, 2), unit)


ROUNDING = 0.005
"""Shares and metres that no sentence shows."""


def describe_measure(measure: Measure) -> str:
    """“Setback from a side limit: 2 m for 3 m at least, off by 1 m, accuracy 0.2 m.” Empty where nothing is."""
    if measure.value is None or measure.limit is None or measure.margin is None:
        return ""
    unit = measure.unit
    params = {
        "what": " ".join(filter(None, [label_of(measure), str(REFERENCES.get(measure.reference, ""))])),
        "value": display_value(measure.value, unit),
        "limit": display_value(measure.limit, unit),
        "margin": display_value(abs(measure.margin), unit),
    }
    comparison = (
        _("%(value)s for %(limit)s at least")
        if is_least(measure.name, measure.value - measure.limit, measure.margin)
        else _("%(value)s for %(limit)s at most")
    )
    margin = _("off by %(margin)s") if measure.margin < 0 else _("margin %(margin)s")
    if 0 < -measure.margin < abs(measure.value - measure.limit) - ROUNDING:
        # A setback is asked, and the limit itself is nearer.
        margin = _("off by %(margin)s from the limit, on which the rule allows building")
    parts = [
        _("%(what)s: %(comparison)s") % {"what": params["what"], "comparison": comparison % params},
        margin % params,
    ]
    if measure.accuracy:
        parts.append(_("accuracy %(accuracy)s") % {"accuracy": display_value(measure.accuracy, unit)})
    return f"{', '.join(parts)}."


def is_least(name: str, excess: float, margin: float) -> bool:
    """Whether the limit is the least that is asked: a margin counts from it upwards."""
    return excess * margin > 0 or name in AT_LEAST


def label_of(measure: Measure) -> str:
    return str(ATTRIBUTES.get(measure.name, measure.name))


def title_of_verdict(verdict: Verdict) -> str:
    """Where its rule is from and what it is about."""
    about = verdict.libelle or str(CATEGORIES.get(verdict.category, verdict.category))
    return " · ".join(filter(None, (verdict.article or verdict.zone, about)))


def describe_verdict(verdict: Verdict) -> str:
    """The status, what decides it, and why: never that something is authorised."""
    decisive = verdict.decisive
    parts = [f"{STATUSES[verdict.status]}."]
    parts += [describe_measure(decisive)] if decisive else []
    parts += [describe_reason(reason) for reason in unique(verdict.reasons)]
    return " ".join(part for part in parts if part)


def unique(reasons: Sequence[Reason]) -> list[Reason]:
    return list({repr(one): one for one in reasons}.values())
