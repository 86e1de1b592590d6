"""/donnees-personnelles/: how long each kind is kept, the choices of the agency, the register of processings."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from gis_core.database import clock
from gis_core.desk.forms import AccessibleForm, blame
from gis_core.desk.signed_in import page, rights_of_page
from gis_core.errors import ArpentError
from gis_core.files.writing.csvtext import csv_file
from gis_core.files.writing.opendocument import ODS, opendocument_file
from gis_core.files.writing.rows import Column
from gis_core.http.files import file_response
from gis_core.http.middleware import rights_of_request, signed_in_user
from gis_core.jobs.services import describe_job
from gis_core.members.rights import Rights
from gis_core.models import Job, Member, RetentionChoice
from gis_core.ownership import processings, retention_jobs
from gis_core.ownership import retention as retention_times
from gis_core.ownership.pages import agency_rights
from gis_core.ownership.retention import RETENTIONS, RetentionKind, When, choices_in_force, choices_to_come
from gis_core.ownership.stock import gone_since

NIGHTS: Final = 30
FORMATS: Final = {"csv": "text/csv; charset=utf-8", "ods": ODS, "json": "application/json"}
WHENS: Final[Mapping[When, Any]] = {
    When.ALWAYS: gettext_lazy("by itself"),
    When.MEMBER: gettext_lazy("by itself, after a time that each member sets"),
    When.CHOSEN: gettext_lazy("by itself, once the agency has switched it on"),
    When.HAND: gettext_lazy("by hand"),
    When.STAYS: gettext_lazy("stays"),
}
COLUMNS: Final = (
    Column("slug", "code", "text"),
    Column("title", "données", "text"),
    Column("what", "ce qui part, à compter de quand", "text"),
    Column("when", "par quoi", "text"),
    Column("duration", "durée", "text"),
    Column("source", "texte, ou qui l'a choisie et pourquoi", "text"),
    Column("since", "depuis le", "text"),
    Column("there", "lignes ou fichiers présents", "integer"),
    Column("oldest", "le plus ancien", "text"),
    Column("gone", f"partis en {NIGHTS} nuits", "integer"),
    Column("member", "membre", "text"),
    Column("rows", "lignes ou fichiers qui partiraient cette nuit", "integer"),
    Column("why_not", "pourquoi ce n'est pas compté", "text"),
)
REGISTER: Final = [name for name in processings.COLUMNS if name not in ("title", "status")]
FRENCH: Final = {
    When.ALWAYS: "d'elles-mêmes",
    When.MEMBER: "d'elles-mêmes, après la durée que chaque membre règle",
    When.CHOSEN: "d'elles-mêmes, quand l'agence l'a mis en marche",
    When.HAND: "à la main",
    When.STAYS: "restent",
}


class ChoiceForm(AccessibleForm):
    days = forms.IntegerField(label=gettext_lazy("Kept for how many days"), min_value=1, max_value=36_500)
    source = forms.CharField(
        label=gettext_lazy("By which text, or for which reason"),
        max_length=300,
        help_text=gettext_lazy("The article and its date; or why the agency chose this time."),
    )
    starts_date = forms.DateField(
        label=gettext_lazy("Applies from"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def clean_starts_date(self) -> date:
        given: date = self.cleaned_data["starts_date"]
        if given < clock.today():
            raise forms.ValidationError(_("Give a day from today on."))
        return given


@require_safe
@page
def personal_data_page(request: HttpRequest) -> HttpResponse:
    """What there is about personal data: requests, retention, register. Raises PermissionDenied for who has none."""
    rights = rights_of_page(request)
    members = Member.objects.order_by("name")
    if not rights.agency:
        members = members.filter(pk__in=rights.list_administered_ids())
    return render(request, "ownership/personal_data.html", {"section": "", "agency": rights.agency, "members": members})


# -- how long ---------------------------------------------------------------------------------------------------------


def report_rows(counts: Mapping[str, Any], stocks: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The table in French, with what a count found: one row for each kind, and member where it was counted."""
    with translation.override("fr"):
        return list(rows_of_kinds(counts, stocks))


def rows_of_kinds(counts: Mapping[str, Any], stocks: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    chosen, names = choices_in_force(), dict(Member.objects.values_list("pk", "name"))
    gone = gone_since(NIGHTS)
    for kind in RETENTIONS.all():
        choice = chosen.get(kind.slug)
        line = {
            "slug": kind.slug,
            "title": str(kind.title),
            "what": str(kind.what),
            "when": FRENCH[kind.when],
            "duration": retention_times.duration_of(kind, choice),
            "source": retention_times.source_of(kind, choice),
            "since": f"{choice.starts_date:%Y-%m-%d}" if choice and is_on(kind, choice) else "",
            "there": (there := stocks.get(kind.slug) or (None, None))[0],
            "oldest": there[1] or "",
            "gone": gone.get(kind.slug),
            "member": "",
            "rows": None,
            "why_not": "" if counts.get(kind.slug) is not None else retention_times.why_uncounted(kind),
        }
        due = counts.get(kind.slug)
        if not due:
            yield {**line, "rows": None if due is None else 0}
        for member, count in due or []:
            yield {**line, "member": names.get(member, "") if member else "", "rows": count}


def is_on(kind: RetentionKind, choice: RetentionChoice | None) -> bool:
    """Whether the agency has switched the kind on."""
    return kind.when == When.CHOSEN and choice is not None and choice.applies


def report_file(form: str, counts: Mapping[str, Any], stocks: Mapping[str, Any]) -> bytes:
    """The same as `csv`, `ods` or `json`."""
    rows = report_rows(counts, stocks)
    if form == "json":
        return (
            json.dumps({"format": "arpent-conservation/1", "kinds": rows}, ensure_ascii=False, indent=1) + "\n"
        ).encode()
    cells = [[row[column.name] for column in COLUMNS] for row in rows]
    return opendocument_file(COLUMNS, cells, "Conservation") if form == "ods" else csv_file(COLUMNS, cells)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def retention_page(request: HttpRequest) -> HttpResponse:
    """The whole table, what the last count found, and the order of a new one."""
    rights = agency_rights(request)
    if request.method == "POST":
        try:
            retention_jobs.start_trial(user=signed_in_user(request), rights=rights)
        except ArpentError as error:
            messages.error(request, str(error.message))
        return redirect("retention")
    job = retention_jobs.trials(rights).first()
    label, message = describe_job(job) if job else ("", "")
    names = dict(Member.objects.values_list("pk", "name"))
    counts = counts_of(job)
    stocks, gone = stocks_of(job), gone_since(NIGHTS)
    chosen, to_come = choices_in_force(), choices_to_come()
    kinds = [
        {
            "kind": kind,
            "when": WHENS[kind.when],
            "is_chosen": kind.when == When.CHOSEN,
            "duration": retention_times.duration_of(kind, chosen.get(kind.slug)),
            "reason": retention_times.reason_of(kind, chosen.get(kind.slug)),
            "choice": chosen.get(kind.slug),
            "to_come": to_come.get(kind.slug),
            "is_counted": kind.slug in counts and counts[kind.slug] is not None,
            "why_not": retention_times.why_uncounted(kind),
            "stock": stocks.get(kind.slug),
            "due": by_member(counts.get(kind.slug) or [], names),
            "gone": gone.get(kind.slug),
        }
        for kind in RETENTIONS.all()
    ]
    context = {"section": "", "kinds": kinds, "job": job, "job_label": label, "job_message": message, "nights": NIGHTS}
    return render(request, "ownership/retention.html", context)


def counts_of(job: Job | None) -> dict[str, Any]:
    """What a count found, by kind: [[member, rows], …], or None where nothing is counted."""
    counts: dict[str, Any] = job.report["counts"] if job and job.state == Job.State.DONE and job.report else {}
    return counts


def by_member(counts: Sequence[Sequence[Any]], names: Mapping[int, str]) -> list[tuple[str, int]]:
    return [(names.get(member, _("No member")) if member else _("No member"), rows) for member, rows in counts]


def stocks_of(job: Job | None) -> dict[str, Any]:
    """What there was when a count was made, by kind: [how many rows or files, the day of the oldest]."""
    done = job and job.state == Job.State.DONE and job.report
    return {
        slug: (count, date.fromisoformat(oldest) if oldest else None)
        for slug, (count, oldest) in (done or {}).get("stocks", {}).items()
    }


@require_safe
@page
def retention_file(request: HttpRequest, suffix: str) -> HttpResponse:
    """The table and the last count as a file. Raises Http404 for another format."""
    rights = agency_rights(request)
    if suffix not in FORMATS:
        raise Http404
    job = retention_jobs.trials(rights).first()
    stocks = (job.report or {}).get("stocks", {}) if job and counts_of(job) else {}
    return file_response(report_file(suffix, counts_of(job), stocks), FORMATS[suffix], f"conservation.{suffix}")


@require_http_methods(["GET", "HEAD", "POST"])
@page
def choice_page(request: HttpRequest, retention: str) -> HttpResponse:
    """How long one kind is kept: a time is tried, what it would erase is shown, and confirmed; or it is stopped."""
    rights = agency_rights(request)
    declared = retention_times.chosen_kind(retention)
    if declared is None:
        raise Http404
    form, status = ChoiceForm(initial={"starts_date": clock.today()}), 200
    if request.method == "POST":
        form = ChoiceForm(request.POST if request.POST.get("step") == "try" else None)
        try:
            if take_step(request, declared, form, rights):
                return redirect("retention_choice", retention=retention)
            status = 400
        except ArpentError as error:
            if form.is_bound:
                status = blame(form, error)
            else:
                messages.error(request, str(error.message))
                return redirect("retention_choice", retention=retention)
    job = retention_jobs.trials(rights, retention).first()
    label, message = describe_job(job) if job else ("", "")
    names = dict(Member.objects.values_list("pk", "name"))
    counts = counts_of(job).get(retention) or []
    context = {
        "section": "",
        "kind": declared,
        "form": form,
        "choice": choices_in_force().get(retention),
        "to_come": choices_to_come().get(retention),
        "job": job,
        "job_label": label,
        "job_message": message,
        "trial": job if job and may_confirm(job) else None,
        "starts_later": later_start(job),
        "due": by_member(counts, names),
        "total": retention_times.total_of([(member, rows) for member, rows in counts]),
    }
    return render(request, "ownership/retention_choice.html", context, status=status)


def may_confirm(job: Job) -> bool:
    """Whether what was tried was counted, and no choice was made of it."""
    made = RetentionChoice.objects.filter(kind=job.parameters["kind"], made_at__gt=job.created_at)
    return job.state == Job.State.DONE and not made.exists()


def later_start(job: Job | None) -> date | None:
    """The day from which on what was tried would apply; None where that is now."""
    given = job.parameters.get("starts_date") if job else None
    day = date.fromisoformat(given) if given else None
    return day if day and day > clock.today() else None


def take_step(request: HttpRequest, kind: RetentionKind, form: ChoiceForm, rights: Rights) -> bool:
    """Try a time out, confirm what was tried, or stop; False where the form is wrong."""
    user, step = signed_in_user(request), request.POST.get("step")
    if step == "try":
        if not form.is_valid():
            return False
        typed = form.cleaned_data
        retention_times.check_days(kind, typed["days"])
        more = {"source": typed["source"], "starts_date": typed["starts_date"].isoformat()}
        retention_jobs.start_trial(kind=kind.slug, days=typed["days"], user=user, rights=rights, **more)
    elif step == "confirm":
        job = retention_jobs.trials(rights, kind.slug).first()
        if job is None or str(job.pk) != request.POST.get("trial") or not may_confirm(job):
            raise Http404
        kept = job.parameters
        starts = max(date.fromisoformat(kept["starts_date"]), clock.today())
        retention_times.choose(
            kind, days=kept["days"], applies=True, source=kept["source"], starts_date=starts, user=user, rights=rights
        )
        messages.success(request, _("Chosen: the nights erase what is older, from that day on."))
    else:
        retention_times.stop(kind, user=user, rights=rights)
        messages.success(request, _("Stopped: the nights erase nothing of it any more."))
    return True


# -- the register -----------------------------------------------------------------------------------------------------


def member_of_register(request: HttpRequest, slug: str) -> Member | None:
    """The member of an address, None for the whole register, which the agency alone reads.

    Raises PermissionDenied for who administers nothing, Http404 for another's member.
    """
    rights = rights_of_page(request)
    if not slug:
        if not rights.agency:
            raise PermissionDenied
        return None
    member = Member.objects.filter(slug=slug).first()
    if member is None or not (rights.agency or member.pk in rights.list_administered_ids()):
        raise Http404
    return member


@require_safe
@page
def register_page(request: HttpRequest, slug: str = "") -> HttpResponse:
    """The register of processings (GDPR, art. 30): of the agency, or of a member as controller."""
    member = member_of_register(request, slug)
    lines = [[(processings.COLUMNS[name], line[name]) for name in REGISTER] for line in processings.register(member)]
    titles = [one.title for one in processings.processings_of(member)]
    context = {
        "section": "",
        "member": member,
        "lines": list(zip(titles, lines, strict=True)),
        "draft": processings.DRAFT,
        "agency": rights_of_request(request).agency,
    }
    return render(request, "ownership/register.html", context)


@require_safe
@page
def register_file(request: HttpRequest, suffix: str, slug: str = "") -> HttpResponse:
    """The same as ODS or CSV. Raises Http404 for another format."""
    member = member_of_register(request, slug)
    if suffix not in processings.FORMATS:
        raise Http404
    name = f"registre-{member.slug if member else 'plateforme'}.{suffix}"
    return file_response(processings.register_file(suffix, member), processings.FORMATS[suffix], name)


urlpatterns = [
    path("", personal_data_page, name="personal_data"),
    path("conservation/", retention_page, name="retention"),
    path("conservation/fichier.<str:suffix>", retention_file, name="retention_file"),
    path("conservation/<slug:retention>/", choice_page, name="retention_choice"),
    path("registre/", register_page, name="register"),
    path("registre/fichier.<str:suffix>", register_file, name="register_file"),
    path("registre/<slug:slug>/", register_page, name="member_register"),
    path("registre/<slug:slug>/fichier.<str:suffix>", register_file, name="member_register_file"),
]
