"""What the parcel sheet says of a file's ground, as sentences that acts carry: rules with their documents and dates.

A limit that is uncertain (“limite à vérifier”) is said so: nobody signs it unread.
"""

import re
from collections.abc import Sequence

from django.utils.translation import override

from gis_core.letters.kinds import Value
from gis_core.letters.template import TO_COMPLETE
from gis_core.members.rights import Rights
from layers.features.display import display_number
from layers.parcels.sections import Line
from permits.models import Permit
from permits.services.land import LandReading, read_land

RULES = ("zoning", "prescriptions", "easements", "risks")
PREEMPTION = ("planning-information",)
SERVED = ("networks", "roads")
EQUIPMENT = {
    "Eau potable": ("drinking_water", "water_connections"),
    "Assainissement": ("wastewater", "sewer_connections"),
    "Électricité": (),
    "Voirie": ("road",),
}
"""The public equipment of A.410-5, and the facts of the sheet that speak of each."""


def read_ground(permit: Permit, rights: Rights, *, certifies: bool) -> LandReading:
    """What an act says of the ground, read once; of a certificate, pre-emption and public equipment too."""
    with override("fr"):
        return read_land(permit, rights, (*RULES, *PREEMPTION, *SERVED) if certifies else RULES)


def rules_values(land: LandReading) -> dict[str, Value]:
    """Fields of every act: the zones with their document, prescriptions of the plan, easements with acts, risks."""
    return {
        "zones": [describe_zone(line) for line in land.lines("zoning")],
        "documents": documents_in_force(land.lines("zoning")),
        "regles": [describe_rule(line) for line in land.lines("prescriptions")],
        "servitudes": [describe_easement(line) for line in land.lines("easements")],
        "risques": [describe_risk(line) for line in land.lines("risks")],
        "superficie": f"{display_number(round(land.area_m2))} m²" if land.area_m2 else "",
    }


def certificate_values(land: LandReading) -> dict[str, Value]:
    """Fields of certificates: pre-emption (A.410-4 b) and the public equipment (A.410-5), always."""
    return {"preemption": preemption_of(land), "equipements": [describe_equipment(name, land) for name in EQUIPMENT]}


# -- sentences --------------------------------------------------------------------------------------------------------


MONTHS = {
    "jan.": "janvier", "fév.": "février", "juil.": "juillet", "sep.": "septembre", "oct.": "octobre",
    "nov.": "novembre", "déc.": "décembre",
}  # fmt: skip
SHORT_DAY = re.compile(rf"\b(\d{{1,2}})(\s)({'|'.join(map(re.escape, MONTHS))})(\s\d{{4}})")


def in_full(text: str) -> str:
    """The days of a text as an act writes them: « 4 juillet 1927 », « 1er mars 2026 »."""
    long = SHORT_DAY.sub(lambda day: f"{day[1]}{day[2]}{MONTHS[day[3]]}{day[4]}", text)
    return re.sub(r"(?<!\d)1(\s[a-zéû]{3,9}\s\d{4})", r"1er\1", long)


def facts_of(line: Line) -> dict[str, str]:
    return {fact.name: in_full(fact.display or str(fact.value)) for fact in line.facts}


def share_of(line: Line) -> str:
    """« pour 412 m² du terrain »; that the limit is uncertain; nothing for a point or the whole of it."""
    measure = line.measure
    if measure is None:
        return ""
    if measure.uncertain:
        return f"limite à vérifier, {TO_COMPLETE} : le terrain est-il concerné ?]"
    if measure.area_m2 is not None and measure.share is not None and measure.share < 0.999:
        return f"pour {display_number(round(measure.area_m2))} m² du terrain"
    return ""


def join_parts(*parts: str) -> str:
    return ", ".join(part for part in parts if part)


def describe_zone(line: Line) -> str:
    facts = facts_of(line)
    name = f"zone {line.title}" + (f" ({line.detail})" if line.detail and line.detail != line.title else "")
    return join_parts(name, f"document {facts['document']}" if "document" in facts else "", share_of(line))


def documents_in_force(lines: Sequence[Line]) -> list[str]:
    """Each planning document once, with the day of its approval."""
    dated: dict[str, str] = {}
    for line in lines:
        facts = facts_of(line)
        if document := facts.get("document"):
            dated[document] = facts.get("approved_date", "")
    return [f"{name}, approuvé le {day}" if day else name for name, day in dated.items()]


def describe_rule(line: Line) -> str:
    return join_parts(f"{line.title} ({line.detail})" if line.detail else line.title, share_of(line))


def describe_easement(line: Line) -> str:
    """« AC1 · Abords de l’église, arrêté · 3 avril 1932, pour 412 m² du terrain »."""
    acts = " ; ".join(in_full(fact.display or str(fact.value)) for fact in line.facts if fact.name == "act")
    return join_parts(line.title, line.detail, f"instituée par : {acts}" if acts else "", share_of(line))


def describe_risk(line: Line) -> str:
    facts = facts_of(line)
    return join_parts(line.detail or line.title, facts.get("plan", ""), facts.get("state", ""), share_of(line))


def preemption_of(land: LandReading) -> list[str]:
    """Inside or outside of each pre-emption perimeter that the plan's information names."""
    if "planning-information" not in land.answers:
        return [f"{TO_COMPLETE} : droit de préemption]"]
    inside = [
        line for line in land.lines("planning-information") if "préemption" in f"{line.title} {line.detail}".lower()
    ]
    if not inside:
        return ["Le terrain n’est situé dans aucun périmètre connu de droit de préemption."]
    return [
        f"Le terrain est situé à l’intérieur du périmètre : {join_parts(line.detail, line.title, share_of(line))}"
        for line in inside
    ]


def describe_equipment(name: str, land: LandReading) -> str:
    """One line of the state of public equipment: what the networks' data say, and what only people know."""
    answers = [land.answers[slug] for slug in SERVED if slug in land.answers]
    facts = {fact.name: fact.display for answer in answers for fact in answer.facts}
    said = [facts[fact] for fact in EQUIPMENT[name] if facts.get(fact)]
    if not said:
        return f"{name} : {TO_COMPLETE} : équipement existant ou prévu, gestionnaire, délai]"
    return f"{name} : {', branchements : '.join(said)} ; {TO_COMPLETE} : desservi ou non, capacité suffisante ou non]"
