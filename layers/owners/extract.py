"""The extract that a third party is given: an A4 document of what L.107 A lets anybody know."""

from dataclasses import dataclass, field
from io import BytesIO

from django.utils.timezone import localtime
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from gis_core.http.admission import PDF, limit_concurrency
from gis_core.long_dates import format_long_date
from layers.features.display import display_area
from layers.owners.services.reading import AccountSeen, OwnerSeen, ParcelSeen
from layers.owners.services.requests import Extract
from layers.printing.document import BOLD, REGULAR, Document, wrap_text
from layers.printing.palette import INK, INK_SOFT, LINE, Colour
from layers.printing.paper import SHEETS

TITLE, HEADING, TEXT, SMALL = 5.0, 3.6, 3.0, 2.5
LEADING = 1.4
INDENT = 6.0


@dataclass(slots=True)
class Sheet:
    """A document that is written from top to bottom; `y` is where the next line begins (mm from the lower edge)."""

    document: Document
    width: float
    height: float
    margin: float
    y: float = field(default=0.0)

    def begin(self) -> None:
        self.document.page(self.width, self.height)
        self.y = self.height - self.margin

    def write(
        self, text: str, size: float = TEXT, *, font: str = REGULAR, ink: Colour = INK, indent: float = 0.0
    ) -> None:
        """A paragraph; a new page where this one is full."""
        for line in wrap_text(text, size, self.width - 2 * self.margin - indent, font):
            if self.y - size * LEADING < self.margin:
                self.begin()
            self.y -= size * LEADING
            self.document.write(self.margin + indent, self.y, line, size, font=font, ink=ink)

    def space(self, height: float) -> None:
        self.y -= height

    def rule(self) -> None:
        self.y -= 2.0
        self.document.line(self.margin, self.y, self.width - self.margin, self.y, 0.2, LINE)
        self.y -= 1.0


@limit_concurrency(PDF)
def pdf(extract: Extract) -> bytes:
    """The document, made in memory: nothing nominative is written on disk."""
    width, height, margin, _label = SHEETS["A4"]
    target = BytesIO()
    title = _("Extract of the land register")
    document = Document(
        target, title=title, author=str(extract.service), subject=number_of(extract), language=get_language() or "fr"
    )
    sheet = Sheet(document, width, height, margin + 5)
    sheet.begin()
    write_head(sheet, extract, title)
    for parcel in extract.parcels:
        write_parcel(sheet, parcel)
    write_foot(sheet, extract)
    document.save()
    return target.getvalue()


def number_of(extract: Extract) -> str:
    return _("Request no. %(number)s") % {"number": extract.number}


def write_head(sheet: Sheet, extract: Extract, title: str) -> None:
    day = format_long_date(localtime(extract.at))
    sheet.write(str(extract.service), SMALL, ink=INK_SOFT)
    sheet.write(title, TITLE, font=BOLD)
    sheet.write(f"{number_of(extract)} · {day}", TEXT, ink=INK_SOFT)
    sheet.space(3)
    sheet.write(_("Given to: %(name)s") % {"name": extract.requester.name})
    if extract.requester.address:
        sheet.write(extract.requester.address, SMALL, ink=INK_SOFT)


def write_parcel(sheet: Sheet, parcel: ParcelSeen) -> None:
    sheet.rule()
    sheet.write(_("Parcel %(idu)s") % {"idu": parcel.idu}, HEADING, font=BOLD)
    facts = [parcel.address, display_area(parcel.area_m2), _("register of %(year)s") % {"year": parcel.year}]
    sheet.write(" · ".join(part for part in facts if part), TEXT, ink=INK_SOFT)
    for account in parcel.accounts:
        write_account(sheet, account)


def write_account(sheet: Sheet, account: AccountSeen) -> None:
    sheet.space(2)
    holds = pgettext("owner", "ground") if account.ground else "; ".join(account.premises)
    sheet.write(_("Account %(code)s: %(holds)s") % {"code": account.code, "holds": holds}, TEXT, font=BOLD)
    for owner in account.owners:
        write_owner(sheet, owner)
    if not account.owners:
        sheet.write(_("The register names no owner."), TEXT, indent=INDENT, ink=INK_SOFT)


def write_owner(sheet: Sheet, owner: OwnerSeen) -> None:
    right = ", ".join(part for part in (owner.right, owner.share) if part)
    sheet.write(f"{owner.name} ({right})" if right else owner.name, TEXT, indent=INDENT)
    address = ", ".join(owner.address.split("\n")) if owner.address else ""
    if address:
        sheet.write(address, SMALL, indent=INDENT, ink=INK_SOFT)


def write_foot(sheet: Sheet, extract: Extract) -> None:
    sheet.rule()
    if extract.missing:
        note = _("Not in the register: %(parcels)s")
        sheet.write(note % {"parcels": ", ".join(extract.missing)}, SMALL)
    note = _(
        "Given under articles L.107 A and R*107 A-1 to A-7 of the Livre des procédures fiscales. The register is kept "
        "for taxes: it proves no property. Whoever receives these names and addresses answers for what becomes of them."
    )
    sheet.write(note, SMALL, ink=INK_SOFT)
