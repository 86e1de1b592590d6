"""Notices to people: whom to reach and how, what is written to which addresses, and every message that was sent.

Who people are is personal data. No role of PostgreSQL reads contacts or messages: functions do, for the roles that the
member chose, and write in the journal. Geometries are in EPSG:2154.
"""

from __future__ import annotations

from typing import ClassVar
from uuid import uuid4

from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gis_core.fields import current_instant
from gis_core.members.owned import MembersQuerySet
from gis_core.members.rights import Role
from gis_core.models import Member, User


class Channel(models.TextChoices):
    SMS = "sms", _("Text message")
    EMAIL = "email", _("E-mail")


class Settings(models.Model):
    """What a member chooses: who reads contacts, on which legal basis people are warned, how long what is kept."""

    security = "edited"

    class Basis(models.TextChoices):
        CONSENT = "consent", _("Consent: those who agreed, by channel")
        MISSION = "mission", _("Public service or contract: everybody who did not object")

    member = models.OneToOneField(Member, models.CASCADE, related_name="+", verbose_name=_("member"))
    reader_roles = ArrayField(models.CharField(max_length=24, choices=Role), verbose_name=_("who reads contacts"))
    basis = models.CharField(_("legal basis"), max_length=8, choices=Basis, default=Basis.CONSENT)
    contact_years = models.PositiveSmallIntegerField(_("years that contacts are kept"), default=5)
    message_months = models.PositiveSmallIntegerField(_("months that recipients are kept"), default=12)

    class Meta:
        verbose_name = _("settings of notices")
        verbose_name_plural = _("settings of notices")

    def __str__(self) -> str:
        return str(self.member)


class Contact(models.Model):
    """Somebody to warn. Nobody reads the table: `arpent.read_contacts` and its like do.

    `reference` is the member's own number of the person, `connection` a service connection ("water-connections:123"),
    `address_key` the address as it is compared. A consent is true, false, or null where nobody was asked.
    """

    security = "system"
    history = False

    owner = models.ForeignKey(Member, models.DO_NOTHING, related_name="+", verbose_name=_("member"))
    reference = models.CharField(_("reference"), max_length=60, blank=True)
    name = models.CharField(_("name"), max_length=200)
    name_key = models.CharField(max_length=260, editable=False)
    address = models.CharField(_("address"), max_length=200, blank=True)
    address_key = models.CharField(max_length=260, blank=True, editable=False)
    connection = models.CharField(_("service connection"), max_length=80, blank=True)
    geom = models.PointField(srid=2154, null=True)
    phone = models.CharField(_("telephone"), max_length=20, blank=True)
    mobile = models.BooleanField(default=False)
    email = models.EmailField(_("e-mail"), blank=True)
    sms_consent = models.BooleanField(_("agrees to text messages"), null=True)
    sms_consent_date = models.DateField(null=True)
    sms_consent_how = models.CharField(max_length=120, blank=True)
    email_consent = models.BooleanField(_("agrees to e-mails"), null=True)
    email_consent_date = models.DateField(null=True)
    email_consent_how = models.CharField(max_length=120, blank=True)
    search_text = models.TextField(blank=True, editable=False)
    confirmed_date = models.DateField(_("confirmed on"))

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        indexes: ClassVar = [
            models.Index(fields=["owner", "connection"], name="contact_connection"),
            models.Index(fields=["owner", "address_key"], name="contact_address"),
            models.Index(fields=["owner", "name_key", "id"], name="contact_in_order"),
            models.Index(fields=["phone"], name="contact_phone"),
            GinIndex(OpClass(F("search_text"), name="gin_trgm_ops"), name="contact_search"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["owner", "reference"], name="contact_reference", condition=~Q(reference="")
            ),
            models.UniqueConstraint(
                fields=["owner", "name_key", "address_key"], name="contact_once", condition=Q(reference="")
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class OptOut(models.Model):
    """Somebody does not want messages any more. It outlives the contact: whoever is imported again is not warned."""

    security = "system"
    history = False

    class How(models.TextChoices):
        LINK = "link", _("by the link of an e-mail")
        REPLY = "reply", _("by answering STOP")
        HAND = "hand", _("told to the service")

    owner = models.ForeignKey(Member, models.DO_NOTHING, related_name="+", verbose_name=_("member"))
    channel = models.CharField(max_length=5, choices=Channel)
    value = models.CharField(max_length=254)
    how = models.CharField(max_length=5, choices=How)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["owner", "channel", "value"], name="opt_out_once")]
        indexes: ClassVar = [models.Index(fields=["value"], name="opt_out_value")]

    def __str__(self) -> str:
        return f"{self.channel} {self.at}"


class ContactReading(models.Model):
    """A line of the journal: who read or wrote which contacts, and why. Only a function writes it.

    No foreign keys: it outlives what it speaks of.
    """

    security = "journal"
    history = False

    class Action(models.TextChoices):
        READ = "read", _("Read")
        SAVED = "written", _("Written")
        EXPORTED = "exported", _("Exported")
        FORGOTTEN = "forgotten", _("Forgotten")
        STOPPED = "stopped", _("Opted out")

    at = models.DateTimeField(_("date"))
    by_user = models.IntegerField()
    by_name = models.CharField(_("person"), max_length=310)
    action = models.CharField(_("action"), max_length=9, choices=Action)
    members = ArrayField(models.IntegerField())
    contacts = ArrayField(models.BigIntegerField(), verbose_name=_("contacts"))
    purpose = models.CharField(_("purpose"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("line of the journal of contacts")
        verbose_name_plural = _("journal of contacts")
        ordering: ClassVar[list[str]] = ["-id"]

    def __str__(self) -> str:
        return f"{self.at} {self.by_name}"


class NoticeQuerySet(MembersQuerySet["Notice"]):
    """Notices, seen by the members that own them."""


class Notice(models.Model):
    """What is written to the people of some addresses, or of an `area`, once.

    `sms` and `title`, `body` are templates (`letters.py`) until it is sent; `about_kind` and `about_key` say what it
    came from ("outage", "12").
    """

    security = "owner"

    class Kind(models.TextChoices):
        PLANNED = "planned", _("Planned water cut")
        BURST = "burst", _("Burst: water cut now")
        BOIL = "boil", _("Do not drink the water")
        END = "end", _("End of the cut")
        WORKS = "works", _("Works")
        MOVED = "moved", _("Works moved to other days")
        CALLED_OFF = "off", _("Works cancelled")
        OTHER = "other", _("Other notice")

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Sent")

    owner = models.ForeignKey(Member, models.PROTECT, related_name="+", verbose_name=_("member"))
    shared_with = ArrayField(models.IntegerField(), db_default=[], default=list, blank=True, editable=False)
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.DRAFT)
    starts_at = models.DateTimeField(_("from"), null=True, blank=True)
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)
    reason = models.CharField(_("why"), max_length=200, blank=True)
    place = models.CharField(_("where"), max_length=120, blank=True)
    phone = models.CharField(_("telephone of the service"), max_length=30, blank=True)
    sms = models.TextField(_("text message"))
    title = models.CharField(_("subject"), max_length=200)
    body = models.TextField(_("text"))
    area = models.MultiPolygonField(srid=2154, null=True, spatial_index=False)
    about_kind = models.CharField(max_length=20, blank=True)
    about_key = models.CharField(max_length=40, blank=True)
    made_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("made by"))
    made_at = models.DateTimeField(_("made on"), default=current_instant, editable=False)
    sent_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("sent by"))
    sent_at = models.DateTimeField(_("sent on"), null=True)
    job_id = models.BigIntegerField(null=True)
    trial_job_id = models.BigIntegerField(null=True)
    version = models.IntegerField(default=1, db_default=1, editable=False)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering: ClassVar[list[str]] = ["-id"]
        indexes: ClassVar = [models.Index(fields=["owner", "-id"], name="notice_of_member")]

    def __str__(self) -> str:
        return self.name


class Target(models.Model):
    """An address that a notice is about. It says nothing of who lives there."""

    security = "part:notice_id"
    history = False

    notice = models.ForeignKey(Notice, models.CASCADE, related_name="targets", verbose_name=_("notice"))
    address = models.CharField(_("address"), max_length=200)
    address_key = models.CharField(max_length=260, editable=False)
    place = models.PointField(srid=2154, null=True, spatial_index=False)
    connection = models.CharField(_("service connection"), max_length=80, blank=True)
    dwellings = models.IntegerField(_("dwellings"), null=True)
    sensitive = models.CharField(_("sensitive user"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("address of a notice")
        verbose_name_plural = _("addresses of a notice")
        indexes: ClassVar = [
            models.Index(fields=["notice", "connection"], name="target_connection"),
            models.Index(fields=["notice", "address_key"], name="target_address"),
        ]

    def __str__(self) -> str:
        return self.address


class Message(models.Model):
    """One message of a notice to one number or e-mail address, which is there once whatever happens.

    It is inserted before anything is sent. `key` goes with it to the gateway each time that it is tried, `value` is
    forgotten some months after.
    """

    security = "system"
    history = False

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        HANDING = "handing", _("Being handed over")
        HANDED = "handed", _("Handed over")
        DELIVERED = "delivered", _("Delivered")
        FAILED = "failed", _("Failed")
        UNKNOWN = "unknown", _("Not known")
        STOPPED = "stopped", _("Opted out before")

    # Nobody reads the table, Django neither when it deletes a draft, which has none.
    notice = models.ForeignKey(Notice, models.DO_NOTHING, related_name="+", verbose_name=_("notice"))
    channel = models.CharField(max_length=5, choices=Channel)
    value = models.CharField(max_length=254, null=True)
    key = models.UUIDField(default=uuid4, unique=True)
    addresses = ArrayField(models.CharField(max_length=200), default=list)
    state = models.CharField(max_length=9, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    handed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    provider_id = models.CharField(max_length=120, blank=True)
    why = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["notice", "channel", "value"], name="message_once")]
        indexes: ClassVar = [
            models.Index(fields=["notice", "state"], name="message_state"),
            models.Index(fields=["provider_id"], name="message_provider", condition=~Q(provider_id="")),
            models.Index(fields=["value"], name="message_value"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.key}"


class EarlyReport(models.Model):
    """A delivery report that came before the gateway's own answer told which message it is of."""

    security = "system"
    history = False

    provider_id = models.CharField(max_length=120, unique=True)
    state = models.CharField(max_length=9, choices=Message.State)
    why = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.provider_id
