"""Members, users and jobs in the administration. People and roles are given in /membres/, where the rules are."""

from __future__ import annotations

from typing import Any

import allauth.account.admin
import allauth.mfa.admin
import allauth.socialaccount.admin
import allauth.usersessions.admin  # noqa: F401
import django.contrib.auth.admin  # noqa: F401  (all of them register what is unregistered below)
from allauth.account.models import EmailAddress, EmailConfirmation
from django import forms
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db.models import Count, Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django.admin import ProcrastinateJobAdmin
from procrastinate.contrib.django.models import ProcrastinateJob

from gis_core.administration.edit_admin import EditAdmin, EditModelForm, EditTabularInline
from gis_core.errors import Conflict
from gis_core.long_dates import format_long_date
from gis_core.members import people
from gis_core.members.closing import close_access
from gis_core.models import ApiToken, Commune, Job, Member, Membership, RetentionTime, Territory, User


class ReadOnly(admin.ModelAdmin):  # type: ignore[type-arg]
    """Looked at, never changed here."""

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class MemberForm(EditModelForm):
    """A member's territory is typed or pasted as INSEE codes: a département has hundreds."""

    insee_codes = forms.CharField(
        label=_("INSEE codes of the communes"),
        widget=forms.Textarea(attrs={"rows": 8, "cols": 60}),
        required=False,
        help_text=_("Separated by spaces, commas or new lines. The communes must have been imported."),
    )

    class Meta:
        model = Member
        fields = ("name", "slug", "siren", "kind")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.instance.pk:
            codes = self.instance.territories.order_by("commune_id").values_list("commune_id", flat=True)
            self.initial["insee_codes"] = " ".join(codes)

    def clean_insee_codes(self) -> frozenset[str]:
        codes = frozenset(self.cleaned_data["insee_codes"].replace(",", " ").split())
        known = set(Commune.objects.filter(insee__in=codes).values_list("insee", flat=True))
        if unknown := sorted(codes - known):
            raise forms.ValidationError(_("Unknown communes: %(codes)s."), params={"codes": ", ".join(unknown[:20])})
        return codes


class RetentionTimeInline(EditTabularInline):
    """How long the documents of a member's files are kept; one row by kind of file."""

    model = RetentionTime
    extra = 0
    max_num = len(RetentionTime.Kind)


@admin.register(Member)
class MemberAdmin(EditAdmin):
    form = MemberForm
    inlines = (RetentionTimeInline,)
    list_display = ("name", "kind", "siren", "communes_count", "people_link")
    list_filter = ("kind",)
    search_fields = ("name", "siren")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Member]:
        members: QuerySet[Member] = super().get_queryset(request)
        return members.annotate(commune_count=Count("territories"))

    @admin.display(description=_("communes"), ordering="commune_count")
    def communes_count(self, member: Member) -> int:
        return int(getattr(member, "commune_count", 0))

    @admin.display(description=_("people"))
    def people_link(self, member: Member) -> str:
        return format_html('<a href="{}">{}</a>', reverse("people", args=[member.slug]), _("People and roles"))

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if "insee_codes" in form.changed_data:
            member, wanted = form.instance, form.cleaned_data["insee_codes"]
            member.territories.exclude(commune_id__in=wanted).delete()
            Territory.objects.bulk_create(
                [Territory(member=member, commune_id=code) for code in sorted(wanted)], ignore_conflicts=True
            )

    def has_delete_permission(self, request: HttpRequest, obj: Member | None = None) -> bool:
        """A member with people, layers or jobs is not deleted by a click."""
        return obj is not None and not obj.memberships.exists()


class MembershipInline(admin.TabularInline):  # type: ignore[type-arg]
    model = Membership
    fields = ("member", "role", "created_at", "accepted_at", "last_date")
    readonly_fields = fields
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class TokenInline(EditTabularInline):
    model = ApiToken
    fields = ("name", "prefix", "created_at", "expires_at", "last_used_at", "revoked_at")
    readonly_fields = ("name", "prefix", "created_at", "expires_at", "last_used_at")
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class UserForm(EditModelForm):
    """An account; that of the agency's last administrator is not closed."""

    def __init__(self, *args: Any, **options: Any) -> None:
        if args:
            # Before the account's row, as whoever invites or removes does.
            people.lock_people()
        super().__init__(*args, **options)

    def clean_is_active(self) -> bool:
        is_active: bool = self.cleaned_data["is_active"]
        if not is_active:
            try:
                people.check_may_close(self.instance)
            except Conflict as error:
                raise forms.ValidationError(str(error.message)) from error
        return is_active


@admin.register(User)
class UserAdmin(EditAdmin):
    form = UserForm
    fields = ("username", "email", "first_name", "last_name", "language", "is_active", "last_login", "date_joined")
    list_display = ("username", "last_name", "first_name", "email", "is_active", "last_login")
    list_filter = ("is_active", "memberships__role", "memberships__member")
    search_fields = ("username", "first_name", "last_name", "email")
    inlines = (MembershipInline, TokenInline)

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        own = ("is_active",) if obj == request.user else ()
        return ("last_login", "date_joined", *own)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """What an account that is closed came in by is shut with it."""
        super().save_model(request, obj, form, change)
        if not obj.is_active and "is_active" in form.changed_data:
            close_access(obj, why="account_closed")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """People are invited by a member's administrator."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """An account is closed, not deleted: history names it."""
        return False


@admin.register(Commune)
class CommuneAdmin(ReadOnly):
    fields = ("insee", "name", "population", "source_date")
    list_display = fields
    search_fields = ("insee", "name")


@admin.register(Job)
class JobAdmin(ReadOnly):
    fields = (
        "title",
        "kind",
        "owner",
        "started_by",
        "state",
        "progress",
        "message",
        "created_at",
        "started_at",
        "ended_at",
        "parameters",
        "report",
    )
    list_display = ("title", "kind", "owner", "state", "progress", "started_by", "created_at", "ended_at")
    list_filter = ("state", "kind", "owner")
    search_fields = ("title", "message")
    date_hierarchy = "created_at"


# Rights come from roles alone, and allauth reads the address from the account; who is joined to which provider, second
# factors and sessions have pages of their own, and secrets are in no table of this administration.
_UNUSED: list[type[Model]] = [Group, EmailAddress, EmailConfirmation, ProcrastinateJob]
for _app in ("socialaccount", "mfa", "usersessions"):
    _UNUSED += apps.get_app_config(_app).get_models()
for _unused in _UNUSED:
    if admin.site.is_registered(_unused):
        admin.site.unregister(_unused)


QUEUE_STATES = {
    "todo": _("Waiting"),
    "doing": _("Running"),
    "succeeded": _("Done"),
    "failed": _("Failed"),
    "cancelled": _("Cancelled"),
    "aborted": _("Stopped"),
}
QUEUE_EVENTS = {
    **QUEUE_STATES,
    "deferred": _("Put into the queue"),
    "scheduled": _("Put off"),
    "started": _("Begun"),
    "deferred_for_retry": _("Put back into the queue"),
    "abort_requested": _("Asked to stop"),
}


class QueueStateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(QUEUE_STATES.items())

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(status=self.value()) if self.value() else queryset


@admin.register(ProcrastinateJob)
class QueueAdmin(ProcrastinateJobAdmin):
    """The queue's own rows, without Procrastinate's inline styles, which our content security policy refuses."""

    list_display = ["number", "task_name", "arguments", "state", "attempts", "scheduled_at"]
    list_filter = [QueueStateFilter, "task_name"]
    fields = [
        "task_name",
        "arguments",
        "state",
        "queue_name",
        "lock",
        "queueing_lock",
        "scheduled_at",
        "attempts",
        "events",
    ]
    inlines = []
    actions = ["retry", "cancel", "abort"]

    def get_readonly_fields(self, request: Any, obj: Any = None) -> list[str]:
        return [str(name) for name in self.fields]

    @admin.display(description=_("number"), ordering="pk")
    def number(self, job: ProcrastinateJob) -> str:
        return str(job.pk)

    @admin.display(description=_("arguments"))
    def arguments(self, job: ProcrastinateJob) -> str:
        return str(job.args)[:2000]

    @admin.display(description=_("state"), ordering="status")
    def state(self, job: ProcrastinateJob) -> str:
        return str(QUEUE_STATES.get(job.status, job.status))

    @admin.display(description=_("what happened"))
    def events(self, job: ProcrastinateJob) -> str:
        events = reversed(job.procrastinateevent_set.all())
        lines = ((format_long_date(localtime(event.at), "j N Y H:i:s"), QUEUE_EVENTS[event.type]) for event in events)
        return format_html_join(mark_safe("<br>"), "{} · {}", lines)

    @admin.action(description=_("Run again the failed or interrupted tasks"))
    def retry(self, request: HttpRequest, queryset: Any) -> None:
        super().retry(request, queryset)

    @admin.action(description=_("Cancel the waiting tasks"))
    def cancel(self, request: HttpRequest, queryset: Any) -> None:
        super().cancel(request, queryset)

    @admin.action(description=_("Stop the waiting or running tasks"))
    def abort(self, request: HttpRequest, queryset: Any) -> None:
        super().abort(request, queryset)
