"""What planning says of a ground: sections of the parcel sheet."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis_core.members.rights import Rights
from layers.features.display import display_date
from layers.parcels.own_sections import fact
from layers.parcels.sections import Answer, Collect, Crossing, Ground, Line, Link, Section, Source, Vintage
from layers.planning.cnig import page_number, piece_name
from layers.planning.labels import kind_label, state_label
from layers.planning.services import crossing
from layers.planning.services.files import address_of, page_of_zone

ZONE = "zone"


def zoning(ground: Ground, rights: Rights, crossings: Sequence[Crossing]) -> Answer:
    """The zones of the documents in force that day."""
    lines = [of_document(ZONE, one, "plu-zones", one.values["libelong"]) for one in crossings]
    return Answer(lines=lines, notes=without_document(ground, lines), vintages=documents_of(crossings))


def prescriptions(ground: Ground, rights: Rights, crossings: Sequence[Crossing]) -> Answer:
    return detail_lines(crossings, "prescription", "psc", crossing.PRESCRIPTIONS)


def information(ground: Ground, rights: Rights, crossings: Sequence[Crossing]) -> Answer:
    return detail_lines(crossings, "information", "inf", crossing.INFORMATION)


def detail_lines(crossings: Sequence[Crossing], what: str, code: str, source: Source) -> Answer:
    lines = []
    for one in crossings:
        label = kind_label(code, one.values["type"], one.values["subtype"])
        lines.append(of_document(what, one, source.layer_of(one.values), label))
    # Whether a document is known at all, the zoning says.
    notes = [] if lines else [_("None is known here.")]
    return Answer(lines=lines, notes=notes, vintages=documents_of(crossings))


def of_document(what: str, one: Crossing, layer: str, detail: str) -> Line:
    """A line about a row of a planning document; highlighted on the map while the layer shows the document."""
    values = one.values
    facts = [fact("document", _("Document"), values["idurba"])]
    if approved := values["approved_date"]:
        facts.append(fact("approved_date", _("Approved on"), approved, display_date(approved)))
    return Line(
        key=f"{what}:{values['id']}",
        title=values["libelle"],
        detail=detail,
        measure=one.measure,
        layer=layer if values["published"] else None,
        feature=values["id"] if values["published"] else None,
        facts=facts,
        links=document_links(
            values,
            _("Regulation, zone %(zone)s") % {"zone": values["libelle"]} if what == ZONE else "",
            values["libelle"] if what == ZONE else "",
        ),
    )


def document_links(values: Mapping[str, Any], title: str = "", zone: str = "") -> list[Link]:
    """The written piece that a row names, at its page: as it was delivered, else where its address leads.

    Where neither names a page, the outline of the piece may say where the zone begins.
    """
    url = address_of(values["folder"], values["files"], values["nomfic"]) or values["urlfic"]
    if not url:
        return []
    title = title or piece_name(values["nomfic"]) or _("Written piece")
    page = page_number(url) or page_number(values["nomfic"]) or page_of_zone(values["files"], values["nomfic"], zone)
    if page is None:
        return [Link(title=title, url=url)]
    text = _("%(title)s, p. %(page)s") % {"title": title, "page": page}
    return [Link(title=text, url=url if "#" in url else f"{url}#page={page}")]


def without_document(ground: Ground, lines: Sequence[Line]) -> list[str]:
    """Why there is nothing: no document is known for that day, or none that says something here."""
    if lines:
        return []
    if crossing.is_ruled(ground):
        return [_("The planning document in force says nothing of this place.")]
    return [_("No planning document in force on %(day)s is known here.") % {"day": display_date(ground.day)}]


def documents_of(crossings: Sequence[Crossing]) -> list[Vintage]:
    """Each document once, with the day of its approval."""
    dated = {one.values["idurba"]: one.values["approved_date"] for one in crossings}
    return [Vintage(title=idurba, day=day_in(approved)) for idurba, approved in dated.items()]


def day_in(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def easements(ground: Ground, rights: Rights, crossings: Sequence[Crossing]) -> Answer:
    """The footprints of easements, with their acts."""
    lines = [easement_line(one) for one in crossings]
    notes = [] if lines else [_("No easement is known here.")]
    layers = sorted({line.layer for line in lines if line.layer})
    return Answer(lines=lines, notes=notes, vintages=[Vintage(layer=layer) for layer in layers])


def easement_line(one: Crossing) -> Line:
    values, acts = one.values, one.values["acts"] or ()
    facts = [fact("category", _("Category"), values["category"])]
    facts += [fact("manager", _("Manager"), values["manager"])] if values["manager"] else []
    facts += [fact("act", _("Act"), describe_act(act)) for act in acts]
    addresses = [(act["name"], address_of(act["folder"], act["files"] or (), act["piece"])) for act in acts]
    return Line(
        key=f"easement:{values['id']}",
        title=f"{values['category']} · {values['long_name'] or values['name']}",
        detail=values["type"],
        measure=one.measure,
        layer=crossing.EASEMENTS.layer_of(values),
        feature=values["id"],
        facts=facts,
        links=[Link(title=name, url=url) for name, url in addresses if url],
    )


def describe_act(act: Mapping[str, Any]) -> str:
    """What it is, and of when."""
    label: str = act["type"] or act["name"]
    return f"{label} · {display_date(act['decided_date'])}" if act["decided_date"] else label


def risks(ground: Ground, rights: Rights, crossings: Sequence[Crossing]) -> Answer:
    """The zones of risk plans."""
    plans = {one.values["plan"]: one.values["state_date"] for one in crossings}
    notes = [] if crossings else [_("No zone of a risk plan is known here.")]
    vintages = [Vintage(title=name, day=day_in(state)) for name, state in plans.items()]
    return Answer(lines=[risk_line(one) for one in crossings], notes=notes, vintages=vintages)


def risk_line(one: Crossing) -> Line:
    values = one.values
    facts = [fact("plan", _("Plan"), values["plan"])]
    if values["state"]:
        day = f" · {display_date(values['state_date'])}" if values["state_date"] else ""
        facts.append(fact("state", _("State"), values["state"], f"{state_label(values['state'])}{day}"))
    return Line(
        key=f"risk:{values['id']}",
        title=values["code"],
        detail=values["name"],
        measure=one.measure,
        layer="risques-zones",
        feature=values["id"],
        facts=facts,
        links=[Link(title=values["plan"], url=values["url"])] if values["url"] else [],
    )


def section(slug: str, title: Any, order: int, collect: Collect, source: Source) -> Section:
    return Section(
        slug=slug, title=title, order=order, collect=collect, sources=(source,), layers=tuple(source.layers())
    )


SECTIONS = (
    section("zoning", gettext_lazy("Zoning"), 30, zoning, crossing.ZONES),
    section("prescriptions", gettext_lazy("Prescriptions"), 40, prescriptions, crossing.PRESCRIPTIONS),
    section("planning-information", gettext_lazy("Planning information"), 50, information, crossing.INFORMATION),
    section("easements", gettext_lazy("Easements"), 60, easements, crossing.EASEMENTS),
    section("risks", gettext_lazy("Risks"), 65, risks, crossing.RISKS),
)
