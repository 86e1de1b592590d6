"""Requests for road works (Cerfa 14023, 14024), what was attached to them, and the orders that were published."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gis_core.database import clock as database_clock
from gis_core.fields import current_instant
from gis_core.members.rights import Rights
from gis_core.members.technicians import TECHNICIANS
from gis_core.models import AttachedDocument, Member, User
from networks.roadworks.models.work import Work


class WorkRequestQuerySet(models.QuerySet["WorkRequest"]):
    def visible_to(self, rights: Rights) -> WorkRequestQuerySet:
        """Requests name people: they are seen by those who deal with them, the member's technicians and the town halls
        of the communes (`triggers.py` keeps it in PostgreSQL), and by the agency.
        """
        if rights.agency:
            return self
        deals = [member for member, role in rights.roles.items() if role in TECHNICIANS]
        town = Q(owner_id__in=rights.town_halls(), insee__in=list(rights.town_insee))
        return self.filter(Q(owner_id__in=deals) | town)


class WorkRequest(models.Model):
    """Who asks to occupy or close a road, where, when and what for, as the counter enters it from the paper form.

    What names the applicant, or may, is emptied when the time to keep it is over (`arpent.forget_requests`): their own
    words (`place`, `description`), too; of a company, how its people are reached. The commune, the references, the days
    and the decision stay. `decided_by` and `joined_by` say who of the member decided and chose the works.
    """

    security = "filed"
    history = False

    class Form(models.TextChoices):
        PERMISSION = "14023", _("14023: road occupation permit")
        TRAFFIC = "14024", _("14024: traffic order")

    class Kind(models.TextChoices):
        PERMISSION = "permission", _("Permission de voirie (works in the ground)")
        PARKING = "stationnement", _("Permis de stationnement (nothing in the ground)")
        ALIGNMENT = "alignement", _("Alignment")
        TRAFFIC = "circulation", _("Traffic order")

    class State(models.TextChoices):
        RECEIVED = "received", pgettext_lazy("request", "Received")
        ACCEPTED = "accepted", pgettext_lazy("request", "Accepted")
        REFUSED = "refused", pgettext_lazy("request", "Refused")
        PUBLISHED = "published", pgettext_lazy("request", "Order published")
        ANSWERED = "answered", pgettext_lazy("request", "Answered")
        WITHDRAWN = "withdrawn", pgettext_lazy("request", "Withdrawn by the applicant")

    owner = models.ForeignKey(Member, models.PROTECT, related_name="+", verbose_name=_("member"))
    shared_with = ArrayField(models.IntegerField(), default=list, blank=True, editable=False)
    version = models.IntegerField(default=1, db_default=1, editable=False)
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.RECEIVED)
    form = models.CharField(_("form"), max_length=5, choices=Form)
    kind = models.CharField(_("what is asked for"), max_length=14, choices=Kind)
    received_date = models.DateField(_("received on"))
    needed_date = models.DateField(_("decision needed before"), null=True, blank=True)
    insee = models.CharField(_("commune"), max_length=5)
    place = models.CharField(_("place"), max_length=200)
    start_reference = models.CharField(_("from (PR)"), max_length=60, blank=True)
    end_reference = models.CharField(_("to (PR)"), max_length=60, blank=True)
    description = models.CharField(_("works"), max_length=1000)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    length_m = models.FloatField(_("length taken (m)"), null=True, blank=True)
    width_m = models.FloatField(_("width taken (m)"), null=True, blank=True)
    is_company = models.BooleanField(_("the applicant is a company or an authority"), default=False)
    applicant_name = models.CharField(_("applicant"), max_length=150, blank=True)
    applicant_address = models.CharField(_("address"), max_length=300, blank=True)
    applicant_email = models.EmailField(_("e-mail"), max_length=150, blank=True)
    applicant_phone = models.CharField(_("telephone"), max_length=30, blank=True)
    company = models.CharField(_("company that carries out the works"), max_length=150, blank=True)
    work = models.ForeignKey(Work, models.SET_NULL, null=True, blank=True, related_name="requests")
    joined_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", editable=False)
    decided_date = models.DateField(_("decided on"), null=True, editable=False)
    decided_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", editable=False)
    # Decided once, even reopened since: it is a public archive, and stays.
    was_decided = models.BooleanField(default=False, db_default=False, editable=False)
    forgotten_date = models.DateField(null=True, editable=False)
    made_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("entered by"))
    made_at = models.DateTimeField(default=current_instant, editable=False)
    due: date
    """The last day to answer, as `services.requests.requests_seen_by` reads it."""

    objects = WorkRequestQuerySet.as_manager()

    class Meta:
        db_table = "road_request"
        verbose_name = _("request")
        verbose_name_plural = _("requests")
        ordering: ClassVar[list[str]] = ["-received_date", "-pk"]
        indexes: ClassVar = [models.Index(fields=["owner", "-received_date"], name="road_request_latest")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="road_request_days_in_order"),
            models.CheckConstraint(
                condition=Q(forgotten_date=None, applicant_name__gt="")
                | Q(forgotten_date__isnull=False, applicant_email="", applicant_phone="")
                & (Q(applicant_name="") | Q(is_company=True)),
                name="road_request_applicant",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.place}"


class WorkTransmissionQuerySet(models.QuerySet["WorkTransmission"]):
    def visible_to(self, rights: Rights) -> WorkTransmissionQuerySet:
        """Who dealt with the request where it was sent from, the counter too, and who decides where it went."""
        if rights.agency:
            return self
        deals = [member for member, role in rights.roles.items() if role in TECHNICIANS]
        town = Q(owner_id__in=rights.town_halls(), insee__in=list(rights.town_insee))
        return self.filter(Q(owner_id__in=deals) | Q(receiver_id__in=deals) | town)


class WorkTransmission(models.Model):
    """A request that went to the member that is competent: its number, the day and to whom, and nothing of who asked.

    Only `arpent.transmit_request` writes it, with the owner of the request; `shared_with` is the receiver. Of a
    receiver that left the platform, the name remains (`gis_core.ownership`).
    """

    security = "owner"
    history = False

    owner = models.ForeignKey(Member, models.PROTECT, related_name="+", verbose_name=_("member"))
    shared_with = ArrayField(models.IntegerField(), default=list, blank=True, editable=False)
    receiver = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+", verbose_name=_("sent to"))
    receiver_name = models.CharField(_("sent to"), max_length=200, blank=True, default="", db_default="")
    number = models.BigIntegerField(_("request"))
    insee = models.CharField(_("commune"), max_length=5)
    sent_date = models.DateField(_("transmitted on"))

    objects = WorkTransmissionQuerySet.as_manager()

    class Meta:
        db_table = "road_transmission"
        verbose_name = _("transmission of a request")
        verbose_name_plural = _("transmissions of requests")
        ordering: ClassVar[list[str]] = ["-sent_date", "-pk"]
        indexes: ClassVar = [models.Index(fields=["number"], name="road_transmission_request")]

    def __str__(self) -> str:
        return str(self.number)

    @property
    def sent_to(self) -> str:
        return self.receiver.name if self.receiver else self.receiver_name


class WorkPiece(AttachedDocument):
    """A file that was attached to a request, kept under `<files>/works/`."""

    security = "part:request_id:filed"
    history = False

    request = models.ForeignKey(WorkRequest, models.CASCADE, related_name="documents")
    added_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    added_at = models.DateTimeField(default=current_instant, editable=False)

    class Meta(AttachedDocument.Meta):
        db_table = "road_piece"
        verbose_name = _("piece")
        verbose_name_plural = _("pieces")
        ordering: ClassVar[list[str]] = ["id"]


class WorkOrder(models.Model):
    """An order that was published: everybody reads it, and it names nobody but companies.

    It keeps what its words say, whatever becomes of the works: days, place, the `communes` that the stretch crosses,
    `over_at`, the end of the last day, or of the night that began on it. `sha256` is of the published file; the one
    that was numbered, with its recipient, stays the letter `letter_id`. Once it is no longer published, everybody reads
    the number and the day alone (`arpent.unpublished_orders`).
    """

    security = "announced"

    owner = models.ForeignKey(Member, models.PROTECT, related_name="+", verbose_name=_("member"))
    announced = models.GeneratedField(
        expression=models.ExpressionWrapper(Q(unpublished_at=None), output_field=models.BooleanField()),
        output_field=models.BooleanField(),
        db_persist=True,
    )
    version = models.IntegerField(default=1, db_default=1, editable=False)
    number = models.CharField(_("number"), max_length=30)
    numbered_date = models.DateField(_("numbered on"), default=timezone.localdate)
    title = models.CharField(_("subject"), max_length=200)
    kind = models.CharField(max_length=40)
    insee = models.CharField(_("commune"), max_length=5)
    communes = ArrayField(models.CharField(max_length=5), default=list)
    place = models.CharField(_("place"), max_length=200)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    over_at = models.DateTimeField()
    letter_id = models.BigIntegerField(unique=True, editable=False)
    work_id = models.BigIntegerField(null=True, editable=False)
    published_at = models.DateTimeField(_("published on"), default=current_instant, editable=False)
    unpublished_at = models.DateTimeField(_("no longer published since"), null=True, editable=False)
    abrogated_by = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", editable=False)
    sha256 = models.CharField(max_length=64)

    class Meta:
        db_table = "road_order"
        verbose_name = _("published order")
        verbose_name_plural = _("published orders")
        ordering: ClassVar[list[str]] = ["-published_at", "-pk"]
        indexes: ClassVar = [models.Index(fields=["ends_on", "starts_on"], name="road_order_days")]
        constraints: ClassVar = [models.UniqueConstraint(fields=["owner", "number"], name="road_order_number")]

    def __str__(self) -> str:
        return self.number

    @property
    def is_over(self) -> bool:
        return self.over_at <= database_clock.now()


class WorkOrderFile(models.Model):
    """The published PDF file, apart from its order: the history keeps rows, and would keep a copy for each change."""

    security = "part:order_id:announced"
    history = False

    order = models.OneToOneField(WorkOrder, models.CASCADE, related_name="file")
    pdf = models.BinaryField()

    class Meta:
        db_table = "road_order_file"
        verbose_name = _("file of an order")
        verbose_name_plural = _("files of orders")

    def __str__(self) -> str:
        return str(self.order)
