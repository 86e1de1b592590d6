"""Who decides on a file and who signs, on a day; what a member's administrators write of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import IO, Any

from django.db import transaction
from django.utils.translation import gettext as _

from gis_core.errors import Conflict, Invalid, NotFound
from gis_core.letters.logo import logo_of
from gis_core.letters.services import limit_text
from gis_core.members.organisations import get_administered_member
from gis_core.members.rights import Rights
from gis_core.models import Commune, Member
from permits.deadlines.law import Kind
from permits.models import Authority, Permit, Signatory
from permits.services.reading import format_day

Quality = Authority.Quality
TITLES: Mapping[str, str] = {
    Quality.MAYOR: "Le maire",
    Quality.PRESIDENT: "Le président",
    Quality.MAYOR_FOR_STATE: "Le maire",
    Quality.PREFECT: "Le préfet",
}
"""How the author of an act is called, in the act."""
FOR: Mapping[str, str] = {
    Quality.MAYOR: "au nom de la commune",
    Quality.PRESIDENT: "au nom de l’établissement public de coopération intercommunale",
    Quality.MAYOR_FOR_STATE: "au nom de l’État",
    Quality.PREFECT: "au nom de l’État",
}
"""In whose name (A.410-3 a, L.422-1, L.422-3)."""
TEXTS = {"name": 150, "address": 1_000, "contact": 1_000, "place": 80, "visas": 4_000, "court": 200}


@dataclass(frozen=True, slots=True)
class Signature:
    """Who decides and who signs an act."""

    authority: Authority
    signatory: Signatory

    @property
    def block(self) -> str:
        """« Pour le maire et par délégation,\\nL’adjoint à l’urbanisme,\\n\\n\\nPaul Durand »."""
        title, who = TITLES[self.authority.quality], f"{self.signatory.first_name} {self.signatory.last_name}"
        if not self.signatory.delegation:
            return f"{self.signatory.quality or title},\n\n\n{who}"
        author = title[0].lower() + title[1:]
        return f"Pour {author} et par délégation,\n{self.signatory.quality},\n\n\n{who}"


# -- on a day ---------------------------------------------------------------------------------------------------------


def authority_of(permit: Permit, day: date) -> Authority:
    """Who decides on the file on a day: what is written for its commune and kind comes before what is for all.

    Raises Conflict, in words that say what to write where.
    """
    rows = Authority.objects.filter(owner=permit.owner_id, insee__in=("", permit.insee)).holding(day)
    good = [row for row in rows if not row.kinds or permit.kind in row.kinds]
    if not good:
        raise Conflict(_("Nobody is written who decides on this file: write the authority in the settings first."))
    best = max(map(precision, good))
    first, *others = [row for row in good if precision(row) == best]
    if others:
        names = ", ".join(sorted(str(row) for row in (first, *others)))
        message = _("Two authorities decide on this file on the same day (%(names)s): end one of them in the settings.")
        raise Conflict(message % {"names": names})
    return first


def precision(authority: Authority) -> tuple[bool, bool]:
    return bool(authority.insee), bool(authority.kinds)


def signatories_of(authority: Authority, day: date) -> list[Signatory]:
    """Who may sign its acts on a day."""
    return list(Signatory.objects.filter(authority=authority).holding(day))


def signatories_for(permit: Permit, day: date) -> list[Signatory]:
    """Who may sign an act about the file on a day; nobody where the settings do not say who decides."""
    try:
        return signatories_of(authority_of(permit, day), day)
    except Conflict:
        return []


def signature_for(permit: Permit, day: date, signatory_id: int | None = None) -> Signature:
    """Who decides and signs on a day; with several who may sign, the one that was chosen.

    Raises Conflict (nobody may), Invalid (several may and none was chosen, or another one).
    """
    authority = authority_of(permit, day)
    people = signatories_of(authority, day)
    if not people:
        message = _("Nobody may sign for “%(authority)s” on %(day)s: write a signatory in the settings first.")
        raise Conflict(message % {"authority": authority, "day": format_day(day)})
    if signatory_id is None and len(people) == 1:
        return Signature(authority, people[0])
    chosen = next((one for one in people if one.pk == signatory_id), None)
    if chosen is None:
        message = _("Choose who signs: %(names)s.") % {"names": ", ".join(map(str, people))}
        raise Invalid(message, parameter="signatory_id")
    return Signature(authority, chosen)


def check_signature(permit: Permit, kept: Mapping[str, Any], block: str, day: date) -> None:
    """Refuse an act that nobody may sign on this day, or whose signature does not name who was chosen.

    Raises Invalid, Conflict.
    """
    signatory = Signatory.objects.filter(pk=int(kept.get("signatory") or 0)).first()
    if signatory is None:
        raise Invalid(_("An act is signed: choose who signs it."), parameter="signatory")
    authority = authority_of(permit, day)
    if signatory.authority_id != authority.pk:
        message = _("“%(authority)s” decides on this file today: begin the act again.")
        raise Conflict(message % {"authority": authority})
    if signatory.since_date > day or (signatory.until_date and signatory.until_date < day):
        ended = signatory.until_date if signatory.until_date and signatory.until_date < day else signatory.since_date
        message = _("%(name)s may not sign on %(day)s (%(limit)s): begin the act again with another signatory.")
        limit = _("until %(day)s") if ended == signatory.until_date else _("from %(day)s")
        details = {"name": signatory, "day": format_day(day), "limit": limit % {"day": format_day(ended)}}
        raise Invalid(message % details, parameter="signatory")
    if (
        signatory.last_name.casefold() not in block.casefold()
        or signatory.first_name.casefold() not in block.casefold()
    ):
        message = _(
            "The signature does not name %(name)s, who was chosen: first name, last name and quality stand there."
        )
        raise Invalid(message % {"name": signatory}, parameter="signatory")


# -- what administrators write ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorityText:
    """What is written of an authority."""

    insee: str
    kinds: Sequence[str]
    quality: str
    texts: Mapping[str, str]
    since: date
    until: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What is written of a signatory."""

    first_name: str
    last_name: str
    quality: str
    delegation: str
    since: date
    until: date | None


def authorities_of(member: Member) -> list[Authority]:
    """Those of a member, with their signatories."""
    rows = Authority.objects.filter(owner=member).defer("logo").prefetch_related("signatories")
    return list(rows.order_by("insee", "-since_date", "pk"))


def authority_edited(slug: str, authority_id: int, rights: Rights) -> Authority:
    """One of a member that the user administers. Raises Forbidden, NotFound."""
    member = get_administered_member(rights=rights, slug=slug)
    row = Authority.objects.filter(owner=member, pk=authority_id).select_related("owner").first()
    if row is None:
        raise NotFound(_("There is nothing at this address, or you may not see it."))
    return row


def signatory_edited(authority: Authority, signatory_id: int) -> Signatory:
    """Who signs for an authority. Raises NotFound."""
    row = Signatory.objects.filter(authority=authority, pk=signatory_id).first()
    if row is None:
        raise NotFound(_("There is nothing at this address, or you may not see it."))
    return row


@transaction.atomic
def save_authority(
    slug: str,
    authority_id: int | None,
    given: AuthorityText,
    rights: Rights,
    *,
    logo: IO[bytes] | None = None,
    size: int = 0,
    without_logo: bool = False,
) -> Authority:
    """Write an authority of a member, or change it. Raises Forbidden, NotFound, Invalid."""
    member = get_administered_member(rights=rights, slug=slug)
    row = authority_edited(slug, authority_id, rights) if authority_id else Authority(owner=member)
    if given.insee and given.insee not in communes_of(member):
        raise Invalid(_("This commune is not one of the member’s."), parameter="insee")
    if unknown := set(given.kinds) - {kind.value for kind in Kind}:
        raise Invalid(_("“%(name)s” is no kind of file.") % {"name": unknown.pop()}, parameter="kinds")
    check_days(given.since, given.until)
    for name, longest in TEXTS.items():
        setattr(row, name, limit_text(given.texts.get(name, ""), longest, name))
    for name in ("name", "place"):
        if not getattr(row, name):
            raise Invalid(_("There is nothing written here."), parameter=name)
    row.insee, row.kinds, row.quality = given.insee, list(given.kinds), Quality(given.quality)
    row.since_date, row.until_date = given.since, given.until
    if logo is not None:
        row.logo = logo_of(logo, size)
    elif without_logo:
        row.logo = None
    row.save()
    return row


@transaction.atomic
def save_signatory(slug: str, authority_id: int, signatory_id: int | None, given: Person, rights: Rights) -> Signatory:
    """Write who signs, or change it; nobody is removed, their last day is written. Raises as `save_authority`."""
    authority = authority_edited(slug, authority_id, rights)
    row = signatory_edited(authority, signatory_id) if signatory_id else Signatory(authority=authority)
    check_days(given.since, given.until)
    for name in ("first_name", "last_name", "quality", "delegation"):
        setattr(row, name, " ".join(str(getattr(given, name)).split()))
    for name in ("first_name", "last_name", "quality"):
        if not getattr(row, name):
            raise Invalid(_("There is nothing written here."), parameter=name)
    row.since_date, row.until_date = given.since, given.until
    row.save()
    return row


def check_days(since: date, until: date | None) -> None:
    if until is not None and until < since:
        raise Invalid(_("The last day is before the first."), parameter="until")


def communes_of(member: Member) -> dict[str, str]:
    """The communes of a member: their names by INSEE code."""
    rows = Commune.objects.filter(territories__member=member).order_by("name").distinct()
    return dict(rows.values_list("insee", "name"))
