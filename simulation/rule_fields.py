"""The usual rules with figures, as an instructor types them: which field is which attribute of which constraint.

A rule of a zone that has just these attributes is shown in its fields; every other one is kept as it is, and listed.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from simulation.engine.catalogue import Part
from simulation.engine.sru import Element, Rule

type Label = str | Promise

BOTH = "alignementEtRetraitPossibles"
POINTS: Mapping[str, Label] = {
    "": _("not said: the lowest point of the building"),
    "pointPlusBasBatiment": _("lowest point of the building"),
    "pointLePlusBasTerrain": _("lowest point of the terrain"),
    "pointLePlusHautTerrain": _("highest point of the terrain"),
    "pointRueOuEmprisePubliqueJouxtantUniteFonciere": _("the street in front of the terrain"),
}
MAY_ALIGN: Mapping[str, Label] = {"": _("no"), BOTH: _("yes: on the limit, or set back")}
ALIGNMENTS: Mapping[str, Label] = {"": _("not said"), "impose": _("imposed"), "interdit": _("forbidden")}


@dataclass(frozen=True, slots=True)
class RuleField:
    """One field: `attribute` of the catalogue, its `unit`, or the `choices` of its values."""

    name: str
    attribute: str
    label: Label
    unit: str = ""
    most: float = 1_000.0
    choices: Mapping[str, Label] | None = None
    whole: bool = False
    many: bool = False
    """Whether the catalogue's attribute is a list."""


@dataclass(frozen=True, slots=True)
class FieldGroup:
    """One constraint: its class, what is always the same of it, its fields; `when` is the condition it is under.

    Few regulations say what is `rare`: it is folded away as long as nothing is entered.
    """

    name: str
    category: str
    label: Label
    fields: Sequence[RuleField]
    fixed: Mapping[str, Any] = field(default_factory=dict)
    when: Element | None = None
    rare: bool = False

    @property
    def alternatives(self) -> list[list[Element]]:
        return [[self.when]] if self.when else []

    def owns(self, rule: Rule) -> bool:
        """Whether a rule can be shown in these fields whole."""
        if [list(one) for one in rule.alternatives] != self.alternatives or rule.kept or len(rule.constraints) != 1:
            return False
        (one,) = rule.constraints
        names = set(self.fixed) | {each.attribute for each in self.fields}
        return (
            one.category == self.category
            and not one.kept
            and not one.identifier
            and not one.libelle
            and all(one.get(name) == value for name, value in self.fixed.items())
            and set(one.values) <= names
            and set(one.values) != set(self.fixed)
        )


def setback(name: str, label: Label, references: Sequence[str], *more: RuleField) -> FieldGroup:
    least = RuleField(f"{name}_min", "vMinRetrait", _("At least"), "m")
    return FieldGroup(name, "Retrait", label, (least, *more), {"reference": list(references)})


def may_align(name: str) -> RuleField:
    return RuleField(f"{name}_align", "alignement", _("Or on the limit itself"), choices=MAY_ALIGN)


def under(category: str, libelle: str, **values: Any) -> Element:
    """A condition as regulations of the standard write it: in French, whoever reads."""
    return Element(category=category, part=Part.CONDITION, libelle=libelle, values=values)


def fences(name: str, label: Label, when: Element | None = None) -> FieldGroup:
    fields = (
        RuleField(f"{name}_max", "hMax", _("Height, at most"), "m"),
        RuleField(f"{name}_wall", "hMaxMurBahut", _("Low wall, at most"), "m"),
        RuleField(f"{name}_solid", "hMassif", _("Solid part, at most"), "m"),
        RuleField(f"{name}_open", "permeabiliteMax", _("Permeability, at most"), "%", 100),
    )
    return FieldGroup(name, "Cloture", label, fields, when=when, rare=when is not None)


def ces_of(name: str, label: Label, destination: str) -> FieldGroup:
    """The ground that buildings of one destination (R.151-27) may cover."""
    when = under("TypeBatiment", destination, destinationType=[destination])
    fields = (
        RuleField(name, "ratioMax", _("At most (0 to 1)"), "", 1),
        RuleField(f"{name}_m2", "empriseMax", _("At most"), "m²", 1_000_000),
    )
    return FieldGroup(name, "CES", label, fields, when=when, rare=True)


GROUPS: Sequence[FieldGroup] = (
    setback(
        "public",
        _("Setback from the public domain"),
        ["emprisePublique"],
        RuleField("public_max", "vMaxRetrait", _("At most"), "m"),
        may_align("public"),
    ),
    setback("axis", _("Setback from the axis of the way"), ["axeVoie"]),
    FieldGroup(
        "alignment",
        "Alignement",
        _("Standing on the alignment"),
        (RuleField("alignment_nature", "nature", _("It is"), choices=ALIGNMENTS, many=True),),
        {"alignementTotal": True},
    ),
    setback("side", _("Setback from side limits"), ["limiteLaterale"], may_align("side")),
    setback("rear", _("Setback from the rear limit"), ["fond"], may_align("rear")),
    FieldGroup(
        "prospect",
        "RetraitFacadeHauteur",
        _("Setback by height from side and rear limits"),
        (
            RuleField("prospect_slope", "pente", _("Slope (200: half of the height)"), "%", 10_000),
            RuleField("prospect_min", "retraitMin", _("At least"), "m"),
            RuleField("prospect_start", "referenceVerticaleMetres", _("For what is higher than"), "m"),
            may_align("prospect"),
        ),
        {"reference": ["limiteLaterale", "fond"], "nature": ["toutes"]},
    ),
    setback(
        "buildings",
        _("Distance between buildings of the plot"),
        ["batimentMitoyen"],
        RuleField("buildings_max", "vMaxRetrait", _("At most"), "m"),
    ),
    setback("bank", _("Setback from the bank of a stream"), ["bergesCoursEau"]),
    FieldGroup(
        "ces",
        "CES",
        _("Ground that may be built over (CES)"),
        (
            RuleField("ces", "ratioMax", _("At most (0 to 1)"), "", 1),
            RuleField("ces_m2", "empriseMax", _("At most"), "m²", 1_000_000),
        ),
    ),
    FieldGroup(
        "heights",
        "Hauteur",
        _("Heights of buildings"),
        (
            RuleField("ridge", "hauteurFaitageMaxBatimentToiturePente", _("Ridge, at most"), "m"),
            RuleField("eaves", "hauteurMaxEgoutBatimentToiturePente", _("Eaves, at most"), "m"),
            RuleField("acroterion", "hauteurMaxAcrotereBatiment", _("Acroterion, at most"), "m"),
            RuleField("facade", "hauteurMaxFacade", _("Façade, at most"), "m"),
            RuleField("levels", "nbMaxNivDroits", _("Full levels, at most (R+1: 2)"), "", 100),
            RuleField("attic", "nbMaxNivSupplAttiqueComble", _("Levels in the roof, at most"), "", 100),
            RuleField("setback_attic", "nbMaxNivSupplAttique", _("Levels set back at the top, at most"), "", 100),
            RuleField("low_point", "pointBas", _("Counted from"), choices=POINTS),
        ),
    ),
    FieldGroup(
        "gabarit_public",
        "Gabarit",
        _("Gabarit from the alignment across the way"),
        (
            RuleField("gabarit_public_base", "pointAccrochage", _("Hangs at a height of"), "m"),
            RuleField("gabarit_public_slope", "pente", _("Slope"), "%", 10_000),
        ),
        {"reference": ["alignementOppose"]},
    ),
    FieldGroup(
        "gabarit",
        "Gabarit",
        _("Gabarit from side and rear limits"),
        (
            RuleField("gabarit_base", "pointAccrochage", _("Hangs at a height of"), "m"),
            RuleField("gabarit_slope", "pente", _("Slope"), "%", 10_000),
        ),
        {"reference": ["limiteLaterale", "fond"]},
    ),
    FieldGroup(
        "open",
        "CoefficientBiotope",
        _("Open ground"),
        (
            RuleField("open_ground", "proportionEspacePleineTerre", _("Open ground, at least"), "%", 100),
            RuleField("green_ground", "proportionEspaceVert", _("Green ground, at least"), "%", 100),
            RuleField("open_ratio", "coeffPleineTerre", _("Coefficient of open ground, at least"), "", 1),
            RuleField("planted_ratio", "coeffEspaceVegetalise", _("Coefficient of planted ground"), "", 1),
            RuleField("roof_ratio", "coeffToitVegetal", _("Coefficient of planted roofs"), "", 1),
            RuleField("sealed", "surfaceImpermeableMax", _("Sealed ground, at most"), "m²", 1_000_000),
            RuleField("tree_ground", "pleineTerreParArbre", _("A tree for so much open ground"), "m²", 100_000),
            RuleField("tree_places", "placesParArbre", _("A tree for so many parking places"), "", 1_000, whole=True),
            RuleField("parking_ratio", "coeffParking", _("Coefficient of parking"), "", 1),
        ),
    ),
    FieldGroup(
        "roof",
        "AspectExterieur",
        _("Slope of roofs"),
        (
            RuleField("roof_min", "penteToitureMin", _("At least"), "%", 1_000),
            RuleField("roof_max", "penteToitureMax", _("At most"), "%", 1_000),
        ),
    ),
    FieldGroup(
        "parking",
        "Stationnement",
        _("Parking"),
        (
            RuleField("parking_min", "nbMinPlaceVoiture", _("Places for cars, at least"), "", 1_000, whole=True),
            RuleField("parking_max", "nbMaxPlaceVoiture", _("Places for cars, at most"), "", 1_000, whole=True),
            RuleField("parking_two", "nbPlaceDeuxRouesMotorises", _("Places for motorcycles"), "", 1_000, whole=True),
            RuleField("parking_bikes", "SurfPlaceVelo", _("Area for bicycles"), "m²", 10_000),
        ),
    ),
    fences("fence", _("Fences")),
    fences(
        "fence_street",
        _("Fences along the public domain"),
        under("ChampApplication", "Clôtures le long du domaine public", reference=["emprisePublique"]),
    ),
    fences(
        "fence_side",
        _("Fences along side and rear limits"),
        under("ChampApplication", "Clôtures en limites séparatives", reference=["limiteLaterale", "fond"]),
    ),
    ces_of("ces_dwelling", _("Ground covered by dwellings (CES)"), "Habitation"),
    ces_of("ces_trade", _("Ground covered by trade and services (CES)"), "Commerce et activités de service"),
    ces_of("ces_farm", _("Ground covered by farms and forestry (CES)"), "Exploitation agricole et forestière"),
    ces_of(
        "ces_public",
        _("Ground covered by public amenities (CES)"),
        "Équipements d’intérêt collectif et services publics",
    ),
    ces_of(
        "ces_other",
        _("Ground covered by other activities (CES)"),
        "Autres activités des secteurs primaire, secondaire ou tertiaire",
    ),
)
SENTENCES: Mapping[str, tuple[str, Label]] = {
    "forbidden": ("Interdiction", _("What is forbidden, a sentence a line")),
    "allowed": ("Autorisation", _("What is allowed, and under which conditions, a sentence a line")),
    "others": ("AspectExterieur", _("Everything else to be judged, a sentence a line")),
}
REMARK, CONTENT = "remark-", "content-"
"""Before the name of a group: its exceptions in words, and the content of the regulation from which it comes."""


@dataclass(frozen=True, slots=True)
class SplitRules:
    """The values of the fields, and the rules that they do not show."""

    values: Mapping[str, Any]
    others: Sequence[Rule]


def split_rules(rules: Iterable[Rule]) -> SplitRules:
    """Each rule in its fields, the first of each kind; the others as they are."""
    values: dict[str, Any] = {}
    sentences: dict[str, list[str]] = {name: [] for name in SENTENCES}
    others = []
    used: set[str] = set()
    for rule in rules:
        group = next((one for one in GROUPS if one.name not in used and one.owns(rule)), None)
        if group and has_plain_values(group, rule.constraints[0]):
            used.add(group.name)
            values |= values_of(group, rule)
        elif name := sentence_field(rule):
            sentences[name].append(rule.constraints[0].libelle)
        else:
            others.append(rule)
    return SplitRules(values | {name: "\n".join(lines) for name, lines in sentences.items()}, others)


def has_plain_values(group: FieldGroup, element: Element) -> bool:
    """Whether the fields can hold the values: a height where a gabarit hangs is a number, a choice one of those."""
    for one in group.fields:
        value = element.get(one.attribute)
        if value is None:
            continue
        if one.attribute == "pointAccrochage" and as_metres(value) is None:
            return False
        if one.choices is not None and (value[0] if one.many and len(value) == 1 else value) not in one.choices:
            return False
    return True


def as_metres(text: str) -> float | None:
    try:
        return float(str(text).removesuffix("m").strip().replace(",", "."))
    except ValueError:
        return None


def values_of(group: FieldGroup, rule: Rule) -> dict[str, Any]:
    (element,) = rule.constraints
    values: dict[str, Any] = {f"{REMARK}{group.name}": element.commentaire, f"{CONTENT}{group.name}": rule.content}
    for one in group.fields:
        value = element.get(one.attribute)
        if value is not None:
            plain = value[0] if one.many else value
            values[one.name] = without_zeros(as_metres(plain) if one.attribute == "pointAccrochage" else plain)
    return values


def without_zeros(value: Any) -> Any:
    """A whole number without decimals, as people type it."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def sentence_field(rule: Rule) -> str:
    """The field of a rule that is a sentence and nothing else."""
    if rule.alternatives or rule.kept or len(rule.constraints) != 1:
        return ""
    (one,) = rule.constraints
    plain = (
        one.libelle and "\n" not in one.libelle and not (one.values or one.kept or one.commentaire or one.identifier)
    )
    return next((name for name, (category, _label) in SENTENCES.items() if plain and category == one.category), "")


def no_content(_category: str, _sentence: str) -> str:
    return ""


def join_rules(
    values: Mapping[str, Any], others: Iterable[Rule], content_of: Callable[[str, str], str] = no_content
) -> list[Rule]:
    """The rules that the fields say, then those that they do not show.

    `content_of` says the content of the regulation for a sentence, by its category and its words; "" for none.
    """
    rules = [rule for group in GROUPS if (rule := rule_of(group, values))]
    for name, (category, _label) in SENTENCES.items():
        lines = [line.strip() for line in str(values.get(name) or "").splitlines()]
        rules += [
            Rule(content=content_of(category, line), constraints=[constraint(category, libelle=line)])
            for line in lines
            if line
        ]
    return [*rules, *others]


def rule_of(group: FieldGroup, values: Mapping[str, Any]) -> Rule | None:
    """The rule of a group of fields, None where they say nothing."""
    own: dict[str, Any] = {}
    for one in group.fields:
        value = values.get(one.name)
        if value is None or value == "":
            continue
        own[one.attribute] = [value] if one.many else f"{value:g} m" if one.attribute == "pointAccrochage" else value
    if not own:
        return None
    remark = str(values.get(f"{REMARK}{group.name}") or "").strip()
    content = str(values.get(f"{CONTENT}{group.name}") or "")
    element = constraint(group.category, values={**group.fixed, **own}, commentaire=remark)
    return Rule(content=content, alternatives=group.alternatives, constraints=[element])


def constraint(category: str, **given: Any) -> Element:
    return Element(category=category, part=Part.CONSTRAINT, **given)
