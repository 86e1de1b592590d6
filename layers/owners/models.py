"""The nominative domain: who owns what (MAJIC), who may read it, and the journal of everyone who did.

Nobody reads the first five tables without a line in the journal that names the parcels: PostgreSQL itself asks for it
(`security`, see gis_core/sql/secure_table.sql). `account` is département, direction, commune and number: 12 characters.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from gis_core.members.rights import Role
from gis_core.models import Member


class Level(models.TextChoices):
    """How much of the owners a role reads, within its member's communes."""

    NONE = "none", _("The plan only")
    NAMES = "names", _("Names and addresses")
    ALL = "all", _("Everything, birth and exemptions too")


class OfYear(models.Model):
    """What rows of the register have in common: the year and the commune of the delivery that they came in with."""

    history = False

    year = models.PositiveSmallIntegerField(_("year"))
    insee = models.CharField(_("INSEE code"), max_length=5)

    class Meta:
        abstract = True


class Holding(OfYear):
    """A parcel of the register in a year, and the account that it belongs to. `subdivisions` counts the fiscal ones."""

    security = "nominative:names:idu"

    idu = models.CharField(_("identifier"), max_length=14)
    account = models.CharField(_("account"), max_length=12)
    area_m2 = models.BigIntegerField(_("cadastral area"))
    address = models.CharField(_("address"), max_length=60, blank=True)
    subdivisions = models.PositiveSmallIntegerField(_("fiscal subdivisions"), default=0)

    class Meta:
        verbose_name = _("parcel of the register")
        verbose_name_plural = _("parcels of the register")
        constraints: ClassVar = [models.UniqueConstraint(fields=["idu", "year"], name="holding_once")]
        indexes: ClassVar = [
            models.Index(fields=["insee", "year"], name="holding_of_commune"),
            models.Index(fields=["account", "year"], name="holding_of_account"),
        ]

    def __str__(self) -> str:
        return f"{self.idu} {self.year}"


class Premises(OfYear):
    """A local (a flat, a house, a shop) on a parcel, and the account that it belongs to."""

    security = "nominative:names:idu"

    invar = models.CharField(_("invariant"), max_length=10)
    idu = models.CharField(_("identifier"), max_length=14)
    account = models.CharField(_("account"), max_length=12)
    where = models.CharField(_("place"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("premises")
        verbose_name_plural = _("premises")
        indexes: ClassVar = [
            models.Index(fields=["idu", "year"], name="premises_of_parcel"),
            models.Index(fields=["insee", "year"], name="premises_of_commune"),
            models.Index(fields=["account", "year"], name="premises_of_account"),
        ]

    def __str__(self) -> str:
        return f"{self.invar} {self.year}"


class Owner(OfYear):
    """Somebody who has a right in an account: name, address, right. Birth is in a table of its own."""

    security = "nominative:names:account"

    account = models.CharField(_("account"), max_length=12)
    rank = models.CharField(_("rank"), max_length=2)
    person = models.CharField(_("person"), max_length=6)
    right_code = models.CharField(_("right"), max_length=1, blank=True)
    share_code = models.CharField(_("shared right"), max_length=1, blank=True)
    kind = models.CharField(_("kind"), max_length=1, blank=True)
    group_code = models.CharField(_("group"), max_length=2, blank=True)
    denomination = models.CharField(_("denomination"), max_length=60, blank=True)
    title = models.CharField(_("title"), max_length=3, blank=True)
    name = models.CharField(_("name"), max_length=60, blank=True)
    first_names = models.CharField(_("first names"), max_length=40, blank=True)
    legal_form = models.CharField(_("legal form"), max_length=4, blank=True)
    siren = models.CharField("SIREN", max_length=9, blank=True)
    address = models.CharField(_("address"), max_length=140, blank=True)

    class Meta:
        verbose_name = _("owner")
        verbose_name_plural = _("owners")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "year", "rank", "person"], name="owner_once")
        ]
        indexes: ClassVar = [models.Index(fields=["insee", "year"], name="owner_of_commune")]

    def __str__(self) -> str:
        return f"{self.account} {self.rank}"


class Birth(OfYear):
    """When and where an owner was born, as the administration writes it: for the level “everything” alone."""

    security = "nominative:all:account"

    account = models.CharField(_("account"), max_length=12)
    rank = models.CharField(_("rank"), max_length=2)
    person = models.CharField(_("person"), max_length=6)
    born = models.CharField(_("date of birth"), max_length=10, blank=True)
    birthplace = models.CharField(_("place of birth"), max_length=58, blank=True)

    class Meta:
        verbose_name = _("birth of an owner")
        verbose_name_plural = _("births of owners")
        indexes: ClassVar = [
            models.Index(fields=["account", "year"], name="birth_of_account"),
            models.Index(fields=["insee", "year"], name="birth_of_commune"),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.rank}"


class Exemption(OfYear):
    """Why a subdivision of a parcel pays no land tax: for the level “everything” alone."""

    security = "nominative:all:idu"

    idu = models.CharField(_("identifier"), max_length=14)
    subdivision = models.CharField(_("subdivision"), max_length=2, blank=True)
    rank = models.CharField(_("rank"), max_length=2, blank=True)
    code = models.CharField(_("reason"), max_length=2, blank=True)
    first_year = models.CharField(_("first year"), max_length=4, blank=True)
    last_year = models.CharField(_("last year"), max_length=4, blank=True)

    class Meta:
        verbose_name = _("exemption")
        verbose_name_plural = _("exemptions")
        indexes: ClassVar = [
            models.Index(fields=["idu", "year"], name="exemption_of_parcel"),
            models.Index(fields=["insee", "year"], name="exemption_of_commune"),
        ]

    def __str__(self) -> str:
        return f"{self.idu} {self.code}"


class OwnerAccess(models.Model):
    """How much of the owners a role reads at a member; without a row, the plan only. History keeps every change."""

    security = "edited"

    member = models.ForeignKey(Member, models.CASCADE, related_name="+", verbose_name=_("member"))
    role = models.CharField(_("role"), max_length=24, choices=Role)
    level = models.CharField(_("access to owners"), max_length=5, choices=Level, default=Level.NONE)

    class Meta:
        verbose_name = _("access to owners")
        verbose_name_plural = _("accesses to owners")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["member", "role"], name="owner_access_once"),
            models.CheckConstraint(condition=models.Q(level__in=Level.values), name="owner_access_level_known"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="owner_access_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.member} · {self.get_role_display()} · {self.get_level_display()}"


class JournalLine(models.Model):
    """One consultation, export, extract or refusal. Only a function of PostgreSQL writes it; nobody changes it.

    It names parcels, never owners. `members` are those in whose communes it was asked, whose administrators read it;
    `owners` how many were read; `refusal` why none were; `flagged` that too many were read in a short time. No foreign
    keys: it outlives what it speaks of.
    """

    security = "journal"
    history = False

    class Action(models.TextChoices):
        CONSULTATION = "consultation", _("Consultation")
        EXPORT = "export", _("Export")
        EXTRACT = "extract", _("Extract for a third party")
        SEARCH = "search", _("Search by name")

    class Purpose(models.TextChoices):
        PERMIT = "permit", _("Planning application")
        PLANNING = "planning", _("Town planning")
        WORKS = "works", _("Works or networks")
        LAND = "land", _("Land purchase or sale")
        TAX = "tax", _("Local taxes")
        SAFETY = "safety", _("Safety, insalubrity, dangerous buildings")
        THIRD_PARTY = "third_party", _("Request of a third party")
        OTHER = "other", _("Another purpose")

    at = models.DateTimeField(_("date"))
    action = models.CharField(_("action"), max_length=12, choices=Action)
    by_user = models.IntegerField()
    by_name = models.CharField(_("person"), max_length=310)
    by_token = models.CharField(_("API token"), max_length=80, blank=True)
    members = ArrayField(models.IntegerField())
    purpose = models.CharField(_("purpose"), max_length=11, choices=Purpose)
    reference = models.CharField(_("reference"), max_length=200, blank=True)
    parcels = ArrayField(models.CharField(max_length=14), verbose_name=_("parcels"))
    owners = models.IntegerField(_("owners"))
    refusal = models.CharField(_("refusal"), max_length=300, blank=True)
    flagged = models.BooleanField(_("unusual"))

    class Meta:
        verbose_name = _("line of the journal of owners")
        verbose_name_plural = _("journal of owners")
        ordering: ClassVar[list[str]] = ["-id"]
        indexes: ClassVar = [models.Index(fields=["by_user", "at"], name="journal_of_person")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.by_name}"


class ThirdPartyRequest(models.Model):
    """What somebody asked at a member's counter (LPF R*107 A-1): kept while it counts for the limits, then forgotten.

    `service` is the member's id; `requester_key` tells the same person written in two ways. A function of PostgreSQL
    alone writes and counts.
    """

    security = "system"
    history = False

    class Exemption(models.TextChoices):
        """Whom the limits do not bind (LPF R*107 A-3, II)."""

        NONE = "", _("None: the limits apply")
        HOLDER = "holder", _("Holder of a right in these parcels, or their agent")
        AUTHORITY = "authority", _("Authority or administration in a procedure")

    at = models.DateTimeField()
    service = models.BigIntegerField()
    requester = models.CharField(max_length=150)
    requester_key = models.CharField(max_length=150)
    address = models.CharField(max_length=300, blank=True)
    parcels = ArrayField(models.CharField(max_length=14))
    exemption = models.CharField(max_length=9, choices=Exemption, blank=True)
    by_user = models.IntegerField()

    class Meta:
        verbose_name = _("request of a third party")
        verbose_name_plural = _("requests of third parties")
        indexes: ClassVar = [models.Index(fields=["service", "requester_key", "at"], name="request_of_requester")]

    def __str__(self) -> str:
        return f"{self.pk}"
