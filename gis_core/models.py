"""Members, territories, users and their rights, API tokens, jobs, history."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser
from django.contrib.auth.models import UserManager as DjangoUserManager
from django.contrib.gis.db import models
from django.contrib.gis.db.models.functions import Transform
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GistIndex
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gis_core.database import clock as database_clock
from gis_core.fields import current_instant, in_a_year
from gis_core.members.rights import Rights, Role
from gis_core.validators import validate_person_name, validate_siren


def web_mercator(kind: type[models.GeometryField[Any, Any]]) -> models.GeneratedField:
    """The stored EPSG:3857 copy of `geom`; Django makes no index for it, so declare a GistIndex beside it."""
    return models.GeneratedField(expression=Transform("geom", 3857), output_field=kind(srid=3857), db_persist=True)


class Commune(models.Model):
    """A commune with its boundary, by INSEE code (`geom` in EPSG:2154)."""

    security = "reference"

    insee = models.CharField(
        _("INSEE code"), max_length=5, unique=True, validators=[RegexValidator(r"^(\d{2}|2[AB])\d{3}$")]
    )
    name = models.CharField(_("name"), max_length=100)
    search_text = models.CharField(max_length=120, editable=False, default="")
    population = models.PositiveIntegerField(_("population"), null=True, blank=True)
    source_date = models.DateField(_("vintage"), null=True, blank=True)
    geom = models.MultiPolygonField(_("boundary"), srid=2154)
    geom_3857 = web_mercator(models.MultiPolygonField)

    class Meta:
        verbose_name = _("commune")
        verbose_name_plural = _("communes")
        ordering: ClassVar[list[str]] = ["name"]
        indexes: ClassVar = [GistIndex(fields=["geom_3857"], name="commune_geom_3857")]

    def __str__(self) -> str:
        return f"{self.name} ({self.insee})"


class MemberQuerySet(models.QuerySet["Member"]):
    def visible_to(self, rights: Rights) -> MemberQuerySet:
        """The user's own members; every member for the agency."""
        return self if rights.agency else self.filter(pk__in=list(rights.roles))

    def administered_by(self, rights: Rights) -> MemberQuerySet:
        """The members whose people and data the user manages; every member for the agency."""
        return self if rights.agency else self.filter(pk__in=rights.administered())


class Member(models.Model):
    """An authority that shares the platform; its territory is a set of communes, which may overlap with others'."""

    security = "edited"

    class Kind(models.TextChoices):
        EPCI = "epci", _("Inter-communal body")
        PETR = "petr", _("Territorial pole (PETR)")
        DEPARTEMENT = "departement", _("Département")

    slug = models.SlugField(_("short name"), unique=True)
    name = models.CharField(_("name"), max_length=150)
    siren = models.CharField("SIREN", max_length=9, unique=True, validators=[validate_siren])
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    communes: models.ManyToManyField[Commune, Territory] = models.ManyToManyField(
        Commune, through="Territory", related_name="members", verbose_name=_("communes")
    )

    objects = MemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        ordering: ClassVar[list[str]] = ["name"]

    def __str__(self) -> str:
        return self.name


class Territory(models.Model):
    """A commune of a member's territory. The code, not the row, is what rights refer to: vintages come and go."""

    security = "edited"

    member = models.ForeignKey(Member, models.CASCADE, related_name="territories", verbose_name=_("member"))
    commune = models.ForeignKey(
        Commune,
        models.RESTRICT,
        to_field="insee",
        db_column="insee",
        related_name="territories",
        verbose_name=_("commune"),
    )

    class Meta:
        verbose_name = _("commune of a territory")
        verbose_name_plural = _("communes of territories")
        constraints: ClassVar = [models.UniqueConstraint(fields=["member", "commune"], name="territory_once")]

    def __str__(self) -> str:
        return f"{self.member_id} {self.commune_id}"


class UserManager(DjangoUserManager["User"]):
    use_in_migrations = False

    def create_user(self, username: str, email: str | None = None, password: str | None = None, **fields: Any) -> User:
        """A new account; without a password nobody can sign in until one is set by mail."""
        user = self.model(username=self.model.normalize_username(username), email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractUser):
    """A person. What they may do comes from their memberships alone: Django's flags are derived from them."""

    first_name = models.CharField(_("first name"), max_length=150, blank=True, validators=[validate_person_name])
    last_name = models.CharField(_("last name"), max_length=150, blank=True, validators=[validate_person_name])
    language = models.CharField(
        _("language"), max_length=5, choices=[("fr", "Français"), ("en", "English")], default="fr"
    )
    members: models.ManyToManyField[Member, Membership] = models.ManyToManyField(
        Member, through="Membership", related_name="people"
    )

    # By list: the titles and query strings of the filters that the person keeps (gis_core.desk.saved_filters).
    saved_filters = models.JSONField(default=dict, blank=True, editable=False)
    # The hash of the password before this one: neither may be chosen again.
    former_password = models.CharField(max_length=128, blank=True, editable=False)

    objects = UserManager()  # type: ignore[misc]
    # What the API token is called by which the person asks; empty in a session.
    token_name = ""
    # Set by whoever changes the password and wants the API tokens to outlive it.
    keeps_tokens = False

    class Meta(AbstractUser.Meta):
        verbose_name = _("user")  # type: ignore[assignment]
        verbose_name_plural = _("users")  # type: ignore[assignment]

    def __str__(self) -> str:
        return self.get_full_name() or self.username

    def set_password(self, raw_password: str | None) -> None:
        """Keep the former one's hash beside the new one's (saved with it, not when a sign-in only renews the hash)."""
        former = self.password if self.pk and self.has_usable_password() else ""
        super().set_password(raw_password)
        self.former_password = former or self.former_password

    @cached_property
    def is_superuser(self) -> bool:  # type: ignore[override]
        """Whether the person administers the whole platform."""
        return self.is_active and self.memberships.accepted().filter(role=Role.AGENCY_ADMINISTRATOR).exists()

    @property
    def is_staff(self) -> bool:  # type: ignore[override]
        return self.is_superuser


class MembershipQuerySet(models.QuerySet["Membership"]):
    def accepted(self) -> MembershipQuerySet:
        """Those that give rights."""
        return self.exclude(accepted_at=None)

    def pending(self) -> MembershipQuerySet:
        """Invitations that wait for the person's answer."""
        return self.filter(accepted_at=None)


class Membership(models.Model):
    """A user's role at a member; `communes` narrows a town hall user to their own.

    It gives no rights before `accepted_at`, and until then shows the member nothing of the account behind
    `invited_email`, the address that was typed: not even whether there was one before.
    """

    security = "given"

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships", verbose_name=_("user"))
    member = models.ForeignKey(Member, models.CASCADE, related_name="memberships", verbose_name=_("member"))
    role = models.CharField(_("role"), max_length=24, choices=Role)
    communes: models.ManyToManyField[Commune, Any] = models.ManyToManyField(
        Commune, through="TownHall", blank=True, verbose_name=_("communes")
    )
    created_at = models.DateTimeField(_("made on"), default=current_instant, editable=False)
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True, default=current_instant)
    invited_email = models.EmailField(_("invited address"), max_length=150, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "member"], name="membership_once"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="membership_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.member} · {self.get_role_display()}"

    @property
    def account(self) -> User | None:
        """The account as far as the member may know it: None until the person accepts."""
        return self.user if self.accepted_at else None

    @property
    def name(self) -> str:
        """What the member calls the person."""
        return str(self.account or self.invited_email)

    @property
    def email(self) -> str:
        return self.account.email if self.account else self.invited_email


class TownHall(models.Model):
    """A commune that a town hall user works for."""

    security = "given"

    membership = models.ForeignKey(Membership, models.CASCADE, verbose_name=_("membership"))
    commune = models.ForeignKey(
        Commune, models.RESTRICT, to_field="insee", db_column="insee", verbose_name=_("commune")
    )

    class Meta:
        verbose_name = _("town hall")
        verbose_name_plural = _("town halls")
        constraints: ClassVar = [models.UniqueConstraint(fields=["membership", "commune"], name="town_hall_once")]

    def __str__(self) -> str:
        return f"{self.membership_id} {self.commune_id}"


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def valid(self) -> ApiTokenQuerySet:
        return self.filter(revoked_at=None, expires_at__gt=database_clock.now(), user__is_active=True)


class ApiToken(models.Model):
    """A named, revocable secret for programs, good until `expires_at`.

    Only its SHA-256 digest is kept; `prefix` tells it apart.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="api_tokens", verbose_name=_("user"))
    name = models.CharField(_("name"), max_length=80)
    prefix = models.CharField(_("beginning"), max_length=12)
    digest = models.BinaryField(max_length=32, unique=True)
    created_at = models.DateTimeField(_("made on"), default=current_instant, editable=False)
    expires_at = models.DateTimeField(_("ends on"), default=in_a_year)
    last_used_at = models.DateTimeField(_("last use"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        ordering: ClassVar[list[str]] = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    @property
    def last_date(self) -> date:
        """Its last day, in Paris."""
        return timezone.localtime(self.expires_at - timedelta(seconds=1)).date()

    @property
    def is_over(self) -> bool:
        """Whether its end date has passed."""
        return self.expires_at <= database_clock.now()


class JobQuerySet(models.QuerySet["Job"]):
    def visible_to(self, rights: Rights) -> JobQuerySet:
        """Jobs of the user's members and those that are the user's alone; every job for the agency."""
        if rights.agency:
            return self
        own = models.Q(owner=None, started_by__isnull=False, started_by_id=rights.user_id)
        return self.filter(models.Q(owner_id__in=rights.members()) | own)


class Job(models.Model):
    """A long piece of work that a person can watch. The queue's own row is Procrastinate's; this one is shown.

    Without an owner it is seen by whoever started it alone (and by the agency).
    """

    security = "job"
    # Progress is written several times a second; what the job did to the data is in that data's history.
    history = False

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")

    kind = models.CharField(_("kind"), max_length=40)
    title = models.CharField(_("title"), max_length=200)
    owner = models.ForeignKey(Member, models.CASCADE, null=True, blank=True, verbose_name=_("owner"))
    shared_with = ArrayField(
        models.IntegerField(), default=list, blank=True, verbose_name=_("members it is shared with")
    )
    started_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, verbose_name=_("started by"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    progress = models.FloatField(_("progress"), null=True, blank=True)
    message = models.CharField(_("message"), max_length=500, blank=True)
    parameters = models.JSONField(_("parameters"), default=dict, blank=True)
    report = models.JSONField(_("report"), null=True, blank=True)
    # Instants are the database's: workers and web servers are on several machines.
    created_at = models.DateTimeField(_("made on"), db_default=Now(), editable=False)
    started_at = models.DateTimeField(_("started on"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended on"), null=True, blank=True)
    # Counts the times it was begun or given to another worker: a worker that lost it ends nothing any more.
    run = models.IntegerField(default=0, editable=False)
    version = models.IntegerField(default=1, editable=False)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        ordering: ClassVar[list[str]] = ["-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(progress__isnull=True) | models.Q(progress__range=(0, 1)),
                name="job_progress_is_a_share",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Letterhead(models.Model):
    """What stands around a member's letters: who writes, from where, who signs, and how a decision is appealed."""

    security = "owner"

    owner = models.OneToOneField(Member, models.CASCADE, related_name="letterhead", verbose_name=_("member"))
    shared_with = ArrayField(models.IntegerField(), default=list, blank=True, editable=False)
    name = models.CharField(_("name at the top"), max_length=150, blank=True)
    address = models.TextField(_("address"), blank=True)
    contact = models.TextField(_("contact"), blank=True)
    place = models.CharField(_("place of the letters"), max_length=80, blank=True)
    signatory = models.TextField(_("signatory"), blank=True)
    appeals = models.TextField(_("how a decision is appealed"), blank=True)
    logo = models.BinaryField(null=True, editable=False)
    version = models.IntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("letterhead")
        verbose_name_plural = _("letterheads")

    def __str__(self) -> str:
        return self.name or str(self.owner)


class LetterTemplate(models.Model):
    """A member's own template of a kind of letter. Each saving adds a row: the latest version is the one in force.

    `is_default` says that from then on the built-in template is in force again.
    """

    security = "owner"
    history = False  # its versions are rows

    owner = models.ForeignKey(Member, models.CASCADE, related_name="letter_templates", verbose_name=_("member"))
    shared_with = ArrayField(models.IntegerField(), default=list, blank=True, editable=False)
    kind = models.CharField(_("kind of letter"), max_length=40)
    version = models.IntegerField(default=1, editable=False)
    title = models.CharField(_("subject"), max_length=200)
    body = models.TextField(_("text"))
    is_default = models.BooleanField(default=False)
    made_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("made by"))
    made_at = models.DateTimeField(_("made on"), default=current_instant, editable=False)

    class Meta:
        verbose_name = _("letter template")
        verbose_name_plural = _("letter templates")
        ordering: ClassVar[list[str]] = ["-version"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "kind", "version"], name="letter_template_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} v{self.version}"


class LetterCounter(models.Model):
    """The last number given of a member's series in a year. `arpent.next_letter_number` alone writes it."""

    security = "system"
    history = False

    # Nobody reads the table, Django neither when it deletes a member: the letters themselves protect their owner.
    owner = models.ForeignKey(Member, models.DO_NOTHING, related_name="+")
    series = models.CharField(max_length=10)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "series", "year"], name="letter_counter_once")
        ]

    def __str__(self) -> str:
        return f"{self.series}-{self.year}-{self.last:06d}"


class LetterQuerySet(models.QuerySet["Letter"]):
    def visible_to(self, rights: Rights) -> LetterQuerySet:
        """Letters of the user's members; for a town hall those of its communes; every letter for the agency.

        The app whose letters they are may show fewer, in PostgreSQL too: those that name somebody.
        """
        if rights.agency:
            return self
        town = models.Q(owner_id__in=rights.town_halls(), insee__in=list(rights.town_insee))
        return self.filter(models.Q(owner_id__in=rights.members()) | town)

    def about(self, kind: str, key: str) -> LetterQuerySet:
        return self.filter(about_kind=kind, about_key=key)

    def light(self) -> LetterQuerySet:
        """Without their files."""
        return self.defer("pdf", "docx")


class Letter(models.Model):
    """A letter about something (`about_kind`, `about_key`): words that are changed until it is final.

    PostgreSQL refuses to change or remove a final letter (`refuse_final.sql`); it keeps its number, the bytes of its
    files and the SHA-256 of the PDF file. `nominative` letters name somebody whose data are protected: no history of
    their drafts is kept. `begun_with` is what the app that began it wants to know again of what the words came from.
    """

    security = "filed"
    history = False

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        FINAL = "final", _("Final")

    owner = models.ForeignKey(Member, models.PROTECT, related_name="letters", verbose_name=_("member"))
    shared_with = ArrayField(models.IntegerField(), default=list, blank=True, editable=False)
    insee = models.CharField(_("INSEE code"), max_length=5, blank=True)
    about_kind = models.CharField(max_length=20)
    about_key = models.CharField(max_length=40)
    kind = models.CharField(_("kind of letter"), max_length=40)
    nominative = models.BooleanField(default=False)
    title = models.CharField(_("subject"), max_length=200)
    recipient = models.TextField(_("recipient"), blank=True)
    body = models.TextField(_("text"))
    signatory = models.TextField(_("signatory"), blank=True)
    begun_with = models.JSONField(default=dict, db_default={}, editable=False)
    state = models.CharField(_("state"), max_length=5, choices=State, default=State.DRAFT)
    number = models.CharField(_("number"), max_length=30, null=True)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("written by"))
    created_at = models.DateTimeField(_("written on"), default=current_instant, editable=False)
    finalised_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("made final by"))
    finalised_at = models.DateTimeField(_("made final on"), null=True)
    pdf = models.BinaryField(null=True)
    docx = models.BinaryField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)
    version = models.IntegerField(default=1, editable=False)

    objects = LetterQuerySet.as_manager()

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        ordering: ClassVar[list[str]] = ["-id"]
        indexes: ClassVar = [models.Index(fields=["about_kind", "about_key"], name="letter_about")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "number"], name="letter_number_once"),
            models.CheckConstraint(
                condition=models.Q(state="draft", number=None)
                | models.Q(
                    state="final", number__isnull=False, finalised_at__isnull=False, sha256__regex="^[0-9a-f]{64}$"
                )
                & models.Q(pdf__isnull=False, docx__isnull=False),
                name="letter_final_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.number or self.title


class Removable(models.Model):
    """A document of an administrative file, kept on the disk: `services.removals` removes it and erases its content."""

    # Taken out of the file, and kept: by whom and why (nobody: the night's task). Still read by who opened it before.
    removed_at = models.DateTimeField(_("removed on"), null=True)
    removed_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("removed by"))
    removed_reason = models.CharField(_("why it was removed"), max_length=300, default="")
    # Nobody opens it any more: it says who applied, which was forgotten.
    closed = models.BooleanField(default=False)
    # Its content is no longer there, with the visa of the Archives départementales (Code du patrimoine, L.212-2).
    erased_at = models.DateTimeField(_("erased on"), null=True)
    erased_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("erased by"))
    visa_number = models.CharField(_("number of the visa"), max_length=60, default="")
    visa_date = models.DateField(_("date of the visa"), null=True)

    class Meta:
        abstract = True
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(removed_at=None) | ~models.Q(removed_reason=""),
                name="removed_%(class)s_says_why",
            ),
            models.CheckConstraint(
                condition=models.Q(erased_at=None)
                | (models.Q(removed_at__isnull=False, visa_date__isnull=False) & ~models.Q(visa_number="")),
                name="erased_%(class)s_has_a_visa",
            ),
        ]


class RetentionTime(models.Model):
    """How long a member keeps the documents of one kind of file after its end: no text gives it, an agreement does.

    `source` names the table of retention times (DUA) that the member has agreed on with its Archives départementales.
    """

    security = "edited"

    class Kind(models.TextChoices):
        PERMIT = "permit", _("Planning applications")
        ROAD_REQUEST = "road_request", _("Requests and orders of road works")

    member = models.ForeignKey(Member, models.CASCADE, related_name="retention_times", verbose_name=_("member"))
    kind = models.CharField(_("kind of file"), max_length=12, choices=Kind)
    years = models.PositiveSmallIntegerField(
        _("years after the end of the file"), validators=[MinValueValidator(1), MaxValueValidator(200)]
    )
    source = models.CharField(
        _("source"), max_length=300, help_text=_("The table agreed with the Archives départementales, and its date.")
    )

    class Meta:
        verbose_name = _("retention time of documents")
        verbose_name_plural = _("retention times of documents")
        ordering: ClassVar[list[str]] = ["member", "kind"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["member", "kind"], name="retention_time_once"),
            models.CheckConstraint(
                condition=models.Q(years__gte=1, years__lte=200) & ~models.Q(source=""),
                name="retention_time_has_a_source",
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())


class IdempotencyKey(models.Model):
    """A write that was done, under the key that its client gave it: sent again with the same key, it is not done again.

    `scope` says what was written: `form` for a form of a page, `layer <id>` for an edit of a layer's feature. `answer`
    is what the write made, null until it is done; `digest` is what a form sent (hexadecimal SHA-256).
    """

    security = "person"
    history = False

    person = models.ForeignKey(User, models.CASCADE, related_name="+")
    key = models.UUIDField()
    scope = models.CharField(max_length=40)
    digest = models.CharField(max_length=64, default="")
    answer = models.JSONField(null=True)
    at = models.DateTimeField(default=current_instant, editable=False)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["person", "key"], name="idempotency_key_once")]
        indexes: ClassVar = [models.Index(fields=["at"], name="idempotency_key_at")]

    def __str__(self) -> str:
        return str(self.key)


class HistoryEvent(models.Model):
    """One thing that someone did: an edit, an import (however many rows it touched), a raw SQL statement."""

    security = "system"

    kind = models.CharField(max_length=40)
    table = models.CharField(max_length=130)
    layer = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    by_user = models.IntegerField(null=True)
    by_role = models.CharField(max_length=63)
    rows = models.BigIntegerField(null=True)
    detail = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("history event")
        verbose_name_plural = _("history events")
        indexes: ClassVar = [models.Index(fields=["table", "at"]), models.Index(fields=["layer", "id"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.table} {self.at:%Y-%m-%d %H:%M}"


class RowHistory(models.Model):
    """A row as it was before a change: its columns as JSON, its geometry (EPSG:2154) apart, where it changed."""

    security = "system"

    event = models.ForeignKey(HistoryEvent, models.CASCADE, related_name="rows_changed", db_index=False)
    pk_value = models.BigIntegerField()
    operation = models.CharField(max_length=6)
    version = models.IntegerField()
    old = models.JSONField(null=True)
    old_geom = models.GeometryField(srid=2154, null=True, spatial_index=False)
    geom_changed = models.BooleanField(db_default=True)

    class Meta:
        verbose_name = _("row history")
        verbose_name_plural = _("row histories")
        indexes: ClassVar = [models.Index(fields=["pk_value", "event"]), models.Index(fields=["event", "id"])]

    def __str__(self) -> str:
        return f"{self.operation} {self.pk_value} v{self.version}"


class SourceImport(models.Model):
    """An import of reference data or of roads that can be taken back: what it replaced is kept in `ReplacedRow`.

    `before` is what else was so before it: the dates of the layers. With `all_communes` it was not held to a member's
    territory: the agency alone takes it back.
    """

    security = "job"
    history = False

    class State(models.TextChoices):
        LOADED = "loaded", pgettext_lazy("import", "Loaded")
        TAKEN_BACK = "taken_back", _("Taken back")
        FORGOTTEN = "forgotten", _("What it replaced is no longer kept")

    source = models.CharField(_("source"), max_length=40)
    title = models.CharField(_("title"), max_length=200)
    owner = models.ForeignKey(Member, models.SET_NULL, null=True, blank=True, verbose_name=_("owner"))
    shared_with = ArrayField(models.IntegerField(), default=list, blank=True, editable=False)
    started_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, verbose_name=_("started by"))
    job = models.ForeignKey(Job, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("job"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.LOADED)
    all_communes = models.BooleanField(default=False, editable=False)
    before = models.JSONField(default=dict, editable=False)
    counts = models.JSONField(null=True, editable=False)
    created_at = models.DateTimeField(_("made on"), db_default=Now(), editable=False)
    taken_back_at = models.DateTimeField(_("taken back on"), null=True)
    taken_back_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", editable=False)
    version = models.IntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering: ClassVar[list[str]] = ["-id"]

    def __str__(self) -> str:
        return self.title


WITH_FILES = models.Q(table="planning_document") | models.Q(table="planning_easementset")
"""Tables whose rows name files that are kept as long as the row may come back."""


class ReplacedRow(models.Model):
    """A row as it was before an import changed or removed it; of rows that came, their ids, a statement at a time.

    `left_as` are digests of the rows as the import left them, where people change them, too.
    """

    security = "system"

    source_import = models.ForeignKey(SourceImport, models.DO_NOTHING, related_name="+", db_index=False)
    table = models.CharField(max_length=130)
    operation = models.CharField(max_length=6)
    row = models.BigIntegerField(null=True)
    old = models.JSONField()
    old_geom = models.GeometryField(srid=2154, null=True, spatial_index=False)
    left_as = ArrayField(models.BigIntegerField(), null=True)

    class Meta:
        verbose_name = _("replaced row")
        verbose_name_plural = _("replaced rows")
        indexes: ClassVar = [
            models.Index(fields=["source_import", "table", "row"], name="replaced_row"),
            # Every night and every backup ask which files come back with an import that is taken back.
            models.Index(fields=["table"], name="replaced_planning", condition=WITH_FILES),
        ]

    def __str__(self) -> str:
        return f"{self.operation} {self.table} {self.row}"
