"""People, what they are at each organisation, and the tokens of their programs."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser
from django.contrib.auth.models import UserManager as DjangoUserManager
from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.db.models.functions import Now, TruncDate
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from gis_core.database import clock as database_clock
from gis_core.fields import current_instant, in_a_year
from gis_core.members.rights import Role
from gis_core.models.organisations import Commune, Member
from gis_core.validators import validate_person_name


class UserManager(DjangoUserManager["User"]):
    use_in_migrations = False

    def create_user(self, username: str, email: str | None = None, password: str | None = None, **fields: Any) -> User:
        """A new account; without a password nobody can sign in until one is set by mail."""
        user = self.model(username=self.model.normalize_username(username), email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractUser):
    """A person. What they may do comes from their memberships alone: Django's flags are derived from them.

    Two other kinds have an account: a member's program, which signs in by its tokens alone and for which `responsible`
    answers, and the security officer, who reads the security journal and nothing else.
    """

    class Kind(models.TextChoices):
        PERSON = "person", _("Person")
        PROGRAM = "program", _("Service account")
        SECURITY = "security", _("Security officer")

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
    # How the person left the map, as its address says it after the "#"; empty while they have not arranged it.
    map_view = models.CharField(max_length=2_000, default="", db_default="", blank=True, editable=False)
    # What an administrator of the agency has to see to comes by mail, unless they want none (operations.watch).
    alert_mails = models.BooleanField(_("alerts by mail"), default=True, db_default=True)
    kind = models.CharField(
        _("kind of account"), max_length=8, choices=Kind, default=Kind.PERSON, db_default=Kind.PERSON, editable=False
    )
    responsible: models.ForeignKey[User | None, User | None] = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, editable=False, related_name="programs",
        verbose_name=_("responsible person"),
    )  # fmt: skip
    # The hash of the password before this one: neither may be chosen again.
    former_password = models.CharField(max_length=128, blank=True, editable=False)

    objects = UserManager()  # type: ignore[misc]
    # The API token by which the person asks, and what it is called; none in a session.
    token: ApiToken | None = None
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
        """Those that give rights: they were accepted, and their last day (in Paris) is not over."""
        return self.exclude(accepted_at=None).exclude(last_date__lt=TruncDate(Now()))

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
    # The sign-in method whose rules gave the role, and may end it; null for one given by hand.
    given_by = models.ForeignKey(
        "gis_core.SignInMethod", models.RESTRICT, null=True, blank=True, related_name="+", verbose_name=_("given by")
    )
    # It gives rights until the end of this day in Paris; the worker ends it afterwards.
    last_date = models.DateField(_("last day"), null=True, blank=True)

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


class Absence(models.Model):
    """A person of a member is away from `first_date` to `last_date`, and `colleague` does their work meanwhile.

    `work` says what was given to the colleague at `handed_at`, by the names of kinds of work (`gis_core.points.WORK`):
    the numbers of what is given back, as far as it still is the colleague's, when the absence ends.
    """

    security = "owner"

    owner = models.ForeignKey(Member, models.CASCADE, related_name="+", verbose_name=_("member"))
    shared_with = ArrayField(models.IntegerField(), db_default=[], default=list, blank=True, editable=False)
    person = models.ForeignKey(User, models.CASCADE, related_name="+", verbose_name=_("person"))
    colleague = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("colleague"))
    first_date = models.DateField(_("first day"))
    last_date = models.DateField(_("last day"))
    work = models.JSONField(default=dict, editable=False)
    handed_at = models.DateTimeField(null=True, editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)
    version = models.IntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        ordering: ClassVar[list[str]] = ["first_date", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(last_date__gte=models.F("first_date")), name="absence_lasts"),
            models.UniqueConstraint(fields=["owner", "person"], condition=models.Q(ended_at=None), name="absence_once"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.first_date} {self.last_date}"


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

    Only its SHA-256 digest is kept; `prefix` tells it apart. It opens what its owner's rights of the moment open, and
    of that what it is made for: without `may_write` PostgreSQL refuses to write for it; `desks`, `layers` (ids) and
    `networks` (`192.0.2.0/24`) narrow it, each where it is not empty (`gis_core.tokens.scopes`).
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="api_tokens", verbose_name=_("user"))
    name = models.CharField(_("name"), max_length=80)
    prefix = models.CharField(_("beginning"), max_length=12)
    digest = models.BinaryField(max_length=32, unique=True)
    created_at = models.DateTimeField(_("made on"), default=current_instant, editable=False)
    expires_at = models.DateTimeField(_("ends on"), default=in_a_year)
    last_used_at = models.DateTimeField(_("last use"), null=True, blank=True)
    last_address = models.CharField(_("last address"), max_length=45, default="", db_default="", blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    may_write = models.BooleanField(_("may write"), default=True, db_default=True)
    desks = ArrayField(
        models.CharField(max_length=20), default=list, db_default=[], blank=True, verbose_name=_("desks")
    )
    layers = ArrayField(models.BigIntegerField(), default=list, db_default=[], blank=True, verbose_name=_("layers"))
    networks = ArrayField(
        models.CharField(max_length=43), default=list, db_default=[], blank=True, verbose_name=_("allowed addresses")
    )
    # When its owner was reminded that it ends, and that nobody uses it.
    end_reminded_at = models.DateTimeField(null=True, editable=False)
    unused_reminded_at = models.DateTimeField(null=True, editable=False)

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
