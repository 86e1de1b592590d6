"""What planning says of a ground: sections of the parcel sheet."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis_core.rights import Rights
from layers.features.display import display_date
from layers.parcels.crossing import Crossing, Crossings
from layers.parcels.own_sections import fact
from layers.parcels.sections import Answer, Ground, Line, Link, Section, Vintage, register_section
from layers.planning.models import Document, Easement, RiskPlan
from layers.planning.services import crossing
from layers.planning.services.files import address_of
from layers.planning.words import kind_in_words

ENDINGS = {"surface": "surf", "line": "lin", "point": "pct"}


def register_sections() -> None:
    """Called when the app starts."""
    for slug, title, order, collect, layers in (
        ("zoning", gettext_lazy("Zoning"), 30, zoning, ("plu-zones",)),
        ("prescriptions", gettext_lazy("Prescriptions"), 40, prescriptions, of_kinds("plu-prescriptions")),
        ("planning-information", gettext_lazy("Planning information"), 50, information, of_kinds("plu-informations")),
        ("easements", gettext_lazy("Easements"), 60, easements, of_kinds("sup-assiettes")),
        ("risks", gettext_lazy("Risks"), 70, risks, ("risques-zones",)),
    ):
        register_section(Section(slug=slug, title=title, order=order, collect=collect, layers=layers))


def of_kinds(layers: str) -> tuple[str, ...]:
    """The layers of surfaces, lines and points."""
    return tuple(f"{layers}-{kind}" for kind in ENDINGS.values())


def zoning(ground: Ground, rights: Rights) -> Answer:
    """The zones of the documents in force that day."""
    found = crossing.zones(ground)
    documents = crossing.documents(found)
    lines = [of_document("zone", one, documents, "plu-zones", ground, one.values["libelong"]) for one in found]
    notes = found.notes() or without_document(ground, lines)
    return Answer(lines=lines, notes=notes, vintages=vintages(documents))


def prescriptions(ground: Ground, rights: Rights) -> Answer:
    return detail_lines(ground, crossing.prescriptions(ground), "prescription", "psc", "plu-prescriptions")


def information(ground: Ground, rights: Rights) -> Answer:
    return detail_lines(ground, crossing.information(ground), "information", "inf", "plu-informations")


def detail_lines(ground: Ground, found: Crossings, what: str, code: str, layers: str) -> Answer:
    documents = crossing.documents(found)
    lines = []
    for one in found:
        values = one.values
        words = kind_in_words(code, values[f"type{code}"], values[f"stype{code}"])
        layer = f"{layers}-{ENDINGS[values['kind']]}"
        lines.append(of_document(what, one, documents, layer, ground, words))
    # Whether a document is known at all, the zoning says.
    notes = found.notes() if lines else [_("None is known here.")]
    return Answer(lines=lines, notes=notes, vintages=vintages(documents))


def of_document(
    what: str, one: Crossing, documents: Mapping[int, Document], layer: str, ground: Ground, detail: str
) -> Line:
    """A line about a row of a planning document; highlighted on the map while the layer shows the document."""
    values, document = one.values, documents[one.values["document_id"]]
    facts = [fact("document", _("Document"), document.idurba)]
    if document.approved_date:
        shown = display_date(document.approved_date)
        facts.append(fact("approved_date", _("Approved on"), document.approved_date.isoformat(), shown))
    return Line(
        key=f"{what}:{values['id']}",
        title=values["libelle"],
        detail=detail,
        measure=one.measure,
        layer=layer if document.shown else None,
        feature=values["id"] if document.shown else None,
        facts=facts,
        links=pieces(document, values),
    )


def pieces(document: Document, values: Mapping[str, Any]) -> list[Link]:
    """The written piece that a row names: as it was delivered, else where its address leads."""
    kept = address_of(document.folder, document.files, values["nomfic"])
    url = kept or values["urlfic"]
    return [Link(title=values["nomfic"] or _("Written piece"), url=url)] if url else []


def without_document(ground: Ground, lines: Sequence[Line]) -> list[str]:
    """Why there is nothing: no document is known for that day, or none that says something here."""
    if lines:
        return []
    if crossing.in_force_at(ground):
        return [_("The planning document in force says nothing of this place.")]
    return [_("No planning document in force on %(day)s is known here.") % {"day": display_date(ground.day)}]


def vintages(documents: Mapping[int, Document]) -> list[Vintage]:
    return [Vintage(title=one.idurba, day=one.approved_date) for one in documents.values()]


def easements(ground: Ground, rights: Rights) -> Answer:
    """The footprints of easements, with their acts."""
    found = crossing.easements(ground)
    known = Easement.objects.in_bulk({one.values["easement_id"] for one in found})
    acts = crossing.acts(found)
    lines = [easement_line(one, known[one.values["easement_id"]], acts) for one in found]
    notes = found.notes() if lines else [_("No easement is known here.")]
    layers = sorted({line.layer for line in lines if line.layer})
    return Answer(lines=lines, notes=notes, vintages=[Vintage(layer=layer) for layer in layers])


def easement_line(one: Crossing, easement: Easement, acts: Mapping[int, Sequence[Mapping[str, Any]]]) -> Line:
    linked = acts.get(easement.pk, ())
    facts = [fact("category", _("Category"), easement.category)]
    facts += [fact("manager", _("Manager"), easement.manager)] if easement.manager else []
    facts += [fact("act", _("Act"), act_in_words(one_act["act"])) for one_act in linked]
    addresses = [(act["act"], address_of(act["folder"], act["files"], act["act"].piece)) for act in linked]
    return Line(
        key=f"easement:{one.values['id']}",
        title=f"{easement.category} · {easement}",
        detail=one.values["type"],
        measure=one.measure,
        layer=f"sup-assiettes-{ENDINGS[one.values['kind']]}",
        feature=one.values["id"],
        facts=facts,
        links=[Link(title=str(act), url=url) for act, url in addresses if url],
    )


def act_in_words(act: Any) -> str:
    """What it is, and of when."""
    words = act.type or act.name
    return f"{words} · {display_date(act.decided_date)}" if act.decided_date else words


def risks(ground: Ground, rights: Rights) -> Answer:
    """The zones of risk plans."""
    found = crossing.risks(ground)
    plans = RiskPlan.objects.in_bulk({one.values["plan_id"] for one in found})
    lines = [risk_line(one, plans[one.values["plan_id"]]) for one in found]
    notes = found.notes() if lines else [_("No zone of a risk plan is known here.")]
    return Answer(
        lines=lines, notes=notes, vintages=[Vintage(title=str(one), day=one.state_date) for one in plans.values()]
    )


def risk_line(one: Crossing, plan: RiskPlan) -> Line:
    facts = [fact("plan", _("Plan"), plan.name)]
    if plan.state:
        day = f" · {display_date(plan.state_date)}" if plan.state_date else ""
        facts.append(fact("state", _("State"), plan.state, f"{plan.state}{day}"))
    return Line(
        key=f"risk:{one.values['id']}",
        title=one.values["code"],
        detail=one.values["name"],
        measure=one.measure,
        layer="risques-zones",
        feature=one.values["id"],
        facts=facts,
        links=[Link(title=plan.name, url=plan.url)] if plan.url else [],
    )
