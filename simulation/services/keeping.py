"""Rules of zones and texts of regulations kept by a member: who may, reading, writing, files in and out."""

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gis_core.database import clock as database_clock
from gis_core.errors import Forbidden, Invalid, NotFound
from gis_core.files.markup import parse_xml
from gis_core.members.organisations import member_seen_by
from gis_core.members.rights import Rights, Role
from gis_core.models import Member, Territory, User
from layers.planning.models import Document, Zone
from simulation.engine.catalogue import fold
from simulation.engine.conditions import ZONE
from simulation.engine.regulation import Content, Regulation, RegulationError, read_json, read_xml
from simulation.engine.sru import Rule, SruError, parse_sru, read_rules, rule_as_json, unread_of, write_rules
from simulation.models import RegulationText, ZoneRules
from simulation.services.answers import regulation_of
from simulation.services.messages import describe_sru_error

INSTRUCTORS = frozenset({Role.PERMIT_INSTRUCTOR, Role.GIS_ADMINISTRATOR})
"""Who enters the rules of zones for a member (the agency's administrator may all)."""
MOST_BYTES = 8_000_000
MOST_RULES = 500
NUMBERED = re.compile(r"(.+)/regle\d+(?:-\d+)?")
"""The identifier that `write_rules` gives."""


def enters_rules(rights: Rights) -> bool:
    """Whether the user enters the rules of zones for some member."""
    return rights.agency or not INSTRUCTORS.isdisjoint(rights.roles.values())


def member_entering(slug: str, rights: Rights) -> Member:
    """A member for which the user enters rules. Raises NotFound, Forbidden."""
    member = member_seen_by(rights=rights, slug=slug)
    if not rights.has_role(member.pk, INSTRUCTORS):
        raise Forbidden(_("Your role does not let you enter the rules of zones."))
    return member


def members_entering(rights: Rights) -> list[Member]:
    """The members for which the user enters rules, by name. Raises Forbidden where there is none."""
    if not enters_rules(rights):
        raise Forbidden(_("Your role does not let you enter the rules of zones."))
    rows = Member.objects.visible_to(rights).order_by("name")
    return [one for one in rows if rights.has_role(one.pk, INSTRUCTORS)]


# -- documents and their zones ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentLine:
    """A planning document, how many zones it has and how many of them have rules of the member."""

    document: Document
    zones: int
    ruled: int


def documents_of(members: Sequence[Member]) -> list[tuple[Member, list[DocumentLine]]]:
    """Of each member the planning documents of its communes, those in force first, then the latest."""
    communes: dict[int, set[str]] = {one.pk: set() for one in members}
    for member_id, insee in Territory.objects.filter(member__in=members).values_list("member_id", "commune__insee"):
        communes[member_id].add(insee)
    every = sorted(set().union(*communes.values()))
    documents = list(Document.objects.filter(communes__overlap=every).order_by("-approved_date", "idurba"))
    in_force = set(Document.objects.in_force(database_clock.today()).values_list("pk", flat=True))
    documents.sort(key=lambda one: one.pk not in in_force)
    zones = dict(
        Zone.objects.filter(document__in=documents)
        .order_by()
        .values_list("document_id")
        .annotate(count=Count("libelle", distinct=True))
    )
    ruled = Counter(ZoneRules.objects.filter(owner__in=members).values_list("owner_id", "idurba"))
    return [
        (
            member,
            [
                DocumentLine(document=one, zones=zones.get(one.pk, 0), ruled=ruled[member.pk, one.idurba])
                for one in documents
                if communes[member.pk].intersection(one.communes)
            ],
        )
        for member in members
    ]


def document_of(idurba: str, member: Member, rights: Rights) -> Document:
    """A document of the member's communes; any for the agency. Raises NotFound."""
    rows = Document.objects.filter(idurba=idurba)
    if not rights.agency:
        rows = rows.filter(communes__overlap=list(member.communes.values_list("insee", flat=True)))
    document = rows.first()
    if document is None:
        raise NotFound(_("There is nothing at this address, or you may not see it."))
    return document


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneLine:
    """A zone of a document: its label, what it is called, how many rules are entered, where its text is."""

    zone: str
    title: str
    rules: int
    regulation: str | None


def zones_of(document: Document, member: Member) -> list[ZoneLine]:
    """Every zone of the document, and those that have rules and are in it no more."""
    kept = {one.zone: len(one.rules) for one in ZoneRules.objects.filter(owner=member, idurba=document.idurba)}
    rows = (
        Zone.objects.filter(document=document)
        .order_by("libelle", "pk")
        .values("libelle", "libelong", "nomfic", "urlfic")
    )
    lines: dict[str, ZoneLine] = {}
    for row in rows:
        if row["libelle"] not in lines:
            values = {"folder": document.folder, "files": document.files, **row}
            lines[row["libelle"]] = ZoneLine(
                zone=row["libelle"], title=row["libelong"], rules=kept.get(row["libelle"], 0),
                regulation=regulation_of(values) or document.regulation_url or None,
            )  # fmt: skip
    gone = [
        ZoneLine(zone=zone, title="", rules=count, regulation=None) for zone, count in kept.items() if zone not in lines
    ]
    return [*lines.values(), *gone]


def zone_of(document: Document, member: Member, zone: str) -> ZoneLine:
    """One of them. Raises NotFound."""
    line = next((one for one in zones_of(document, member) if one.zone == zone), None)
    if line is None:
        raise NotFound(_("There is nothing at this address, or you may not see it."))
    return line


def kept_rules(document: Document, member: Member, zone: str) -> list[Rule]:
    row = ZoneRules.objects.filter(owner=member, idurba=document.idurba, zone=zone).first()
    return read_rules(row.rules) if row else []


def contents_of_zone(document: Document, member: Member, zone: str) -> list[Content]:
    """The texts of the regulation for a zone, where the member has its level 1."""
    row = RegulationText.objects.filter(owner=member, idurba=document.idurba).first()
    contents = [
        Content(one["id"], one["title"], tuple(one["zones"]), one["text"]) for one in (row.contents if row else ())
    ]
    return [one for one in contents if one.is_of(zone)]


# -- writing ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def save_rules(
    document: Document, member: Member, zone: str, rules: Sequence[Rule], user: User, rights: Rights
) -> None:
    """Keep the rules of a zone; none at all takes them away. Raises Forbidden, Invalid."""
    if not rights.has_role(member.pk, INSTRUCTORS):
        raise Forbidden(_("Your role does not let you enter the rules of zones."))
    if len(rules) > MOST_RULES:
        raise Invalid(_("A zone has %(most)s rules at most.") % {"most": MOST_RULES}, parameter="rules")
    rows = ZoneRules.objects.filter(owner=member, idurba=document.idurba, zone=zone)
    rows_of_rules = [rule_as_json(rule) for rule in rules]
    if not rules:
        rows.delete()
        return
    changed = {"rules": rows_of_rules, "changed_by": user, "changed_at": database_clock.now()}
    if not rows.update(**changed):
        ZoneRules.objects.create(owner=member, idurba=document.idurba, zone=zone, **changed)


# -- files ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReport:
    """What a file brought: rules by zone, or contents of a text; what of it is not of the standard's catalogue."""

    rules: Mapping[str, int] = field(default_factory=dict)
    contents: int = 0
    unread: Sequence[tuple[str, str]] = ()

    @property
    def sentences(self) -> list[str]:
        lines = [
            ngettext("Zone %(zone)s: %(count)s rule.", "Zone %(zone)s: %(count)s rules.", count)
            % {"zone": zone, "count": count}
            for zone, count in self.rules.items()
        ]
        if self.contents:
            lines.append(
                ngettext("%(count)s content of the text.", "%(count)s contents of the text.", self.contents)
                % {"count": self.contents}
            )
        if self.unread:
            names = ", ".join(dict.fromkeys(f"{one} {two}".strip() for one, two in self.unread))
            lines.append(_("Kept, and not of the standard’s catalogue: %(names)s.") % {"names": names[:500]})
        return lines


@transaction.atomic
def import_file(
    document: Document, member: Member, content: bytes, zone: str, user: User, rights: Rights
) -> FileReport:
    """Take a file of the SRU standard: level 1 (XML or JSON), or the rules of level 2 (JSON), all of it or nothing.

    Rules go to the zone that they name, else to `zone`; they replace those of the zone. Raises Forbidden, Invalid.
    """
    if not rights.has_role(member.pk, INSTRUCTORS):
        raise Forbidden(_("Your role does not let you enter the rules of zones."))
    if len(content) > MOST_BYTES:
        raise Invalid(
            _("The file is too large: %(most)s MB at most.") % {"most": MOST_BYTES // 1_000_000}, parameter="file"
        )
    if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return keep_text(document, member, read_text(content), user)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Invalid(_("The file is neither XML nor JSON in UTF-8."), parameter="file") from error
    if (regulation := text_in_json(text)) is not None:
        return keep_text(document, member, regulation, user)
    return import_rules(document, member, text, zone, user, rights)


def read_text(content: bytes) -> Regulation:
    try:
        return read_xml(parse_xml(content))
    except RegulationError as error:
        raise Invalid(describe_regulation_error(error), parameter="file") from error
    except Invalid as error:
        raise Invalid(error.message, parameter="file") from error


def text_in_json(text: str) -> Regulation | None:
    """The regulation of level 1 that a JSON text is, None for another text."""
    try:
        read = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(read, dict) or "titre" not in read:
        return None
    try:
        return read_json(read)
    except RegulationError as error:
        raise Invalid(describe_regulation_error(error), parameter="file") from error


def describe_regulation_error(error: RegulationError) -> str:
    if error.code == "no_content":
        return _("The regulation has no content: nothing was kept.")
    return _("The file is no regulation of the SRU standard (“ReglementDU”, “titre”).")


def keep_text(document: Document, member: Member, regulation: Regulation, user: User) -> FileReport:
    """Keep the text in place of the former one. Raises Invalid for that of another document."""
    if regulation.idurba and regulation.idurba.casefold() != document.idurba.casefold():
        message = _("This is the regulation of %(theirs)s, not of %(document)s: nothing was kept.")
        raise Invalid(message % {"theirs": regulation.idurba[:60], "document": document.idurba}, parameter="file")
    contents = [one.as_json() for one in regulation.contents]
    changed = {"name": regulation.name[:300] or document.idurba, "url": regulation.url[:500], "contents": contents}
    RegulationText.objects.update_or_create(
        owner=member,
        idurba=document.idurba,
        defaults={**changed, "changed_by": user, "changed_at": database_clock.now()},
    )
    return FileReport(contents=len(contents))


def import_rules(document: Document, member: Member, text: str, zone: str, user: User, rights: Rights) -> FileReport:
    try:
        rules = parse_sru(text)
    except SruError as error:
        raise Invalid(describe_sru_error(error), parameter="file", line=error.line, column=error.column) from error
    by_zone: dict[str, list[Rule]] = {}
    labels = {one.zone for one in zones_of(document, member)}
    texts = {one["id"]: one["zones"] for row in texts_kept(document, member) for one in row.contents}
    for rule in rules:
        names = zones_in_rule(rule, texts.get(rule.content, ())) or ([zone] if zone else [])
        if not names or not labels.issuperset(names):
            raise Invalid(describe_unknown_zone(names, document), parameter="zone")
        for name in names:
            by_zone.setdefault(name, []).append(rule)
    for name, own in by_zone.items():
        own = [without_defaults(rule, name) for rule in own]
        save_rules(document, member, name, own, user, rights)
    counts = {name: len(own) for name, own in sorted(by_zone.items())}
    return FileReport(rules=counts, unread=unread_of(rules))


def without_defaults(rule: Rule, zone: str) -> Rule:
    """A rule without what writing it added: numbers, labels that repeat the class, the condition of its own zone.

    The rules of a former version of the document lose its name with their numbers.
    """
    number = NUMBERED.fullmatch(rule.identifier)
    stem = number[1] if number and number[1].endswith(f"/{zone}") else None
    conditions = [one for some in rule.alternatives for one in some]
    always = len(conditions) == 1 and fold(conditions[0].libelle) == fold(f"Zone {zone}")
    constraints = [
        replace(
            one,
            identifier="" if rule.identifier and one.identifier.startswith(rule.identifier) else one.identifier,
            libelle="" if one.libelle == one.category else one.libelle,
        )
        for one in rule.constraints
    ]
    return replace(
        rule,
        identifier="" if stem else rule.identifier,
        content="" if rule.content == stem else rule.content,
        alternatives=() if always else rule.alternatives,
        constraints=constraints,
    )


def texts_kept(document: Document, member: Member) -> Sequence[RegulationText]:
    return list(RegulationText.objects.filter(owner=member, idurba=document.idurba))


def zones_in_rule(rule: Rule, zones: Sequence[str]) -> list[str]:
    """The zones of the text of a rule, else that of its conditions."""
    conditions = [one for some in rule.alternatives for one in some]
    labels = [match[1] for one in conditions if (match := ZONE.fullmatch(one.libelle.strip()))]
    return list(zones) or list(dict.fromkeys(labels))


def describe_unknown_zone(names: Sequence[str], document: Document) -> str:
    if not names:
        return _("A rule names no zone: choose the one for which the rules are.")
    message = _("%(document)s has no zone %(zone)s: nothing was kept.")
    return message % {"document": document.idurba, "zone": ", ".join(names)[:120]}


def export_rules(document: Document, member: Member, zone: str = "") -> list[dict[str, Any]]:
    """The rules of a zone, or of all zones, as the standard writes them."""
    rows = ZoneRules.objects.filter(owner=member, idurba=document.idurba).order_by("zone")
    if zone:
        rows = rows.filter(zone=zone)
    return [
        rule for row in rows for rule in write_rules(read_rules(row.rules), f"{document.idurba}/{row.zone}", row.zone)
    ]
