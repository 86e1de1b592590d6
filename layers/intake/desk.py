"""The pages of an import, in the frame of the desk that it belongs to: the list with the form that sends files, the
import in its five steps, its findings as a table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from gis_core.desk.tabs import Show, page
from gis_core.desk.uploads import View, upload_page
from gis_core.errors import ArpentError, Forbidden, Invalid, NotFound
from gis_core.http.files import file_response
from gis_core.http.middleware import rights_of_request, signed_in_user
from gis_core.http.problem import status_of
from gis_core.jobs.services import describe_job, describe_jobs
from gis_core.members.rights import Rights
from gis_core.models import Job, Member
from layers.features.display import display_number, with_unit
from layers.intake.finding_groups import findings_context, findings_csv
from layers.intake.import_loss import describe_loss, word_scopes
from layers.intake.models import FileImport
from layers.intake.object_changes import changes_context
from layers.intake.services import imports
from layers.intake.services.inbox import Sent
from layers.intake.services.reverting import describe_reverting
from layers.intake.source import Source, nothing

State = FileImport.State
MOST_IMPORTS: Final = 30
MIB: Final = 1_048_576
FORM_BYTES: Final = MIB
"""What a form holds at most beside its files."""
STEPS: Final = {
    State.READING: 2,
    State.CHOOSING: 3,
    State.REFUSED: 2,
    State.READY: 4,
    State.APPLYING: 5,
    State.APPLIED: 5,
    State.REVERTING: 5,
    State.REVERTED: 5,
}
"""Files, content, choices, check, result: at which of them an import is."""

type Context = Callable[[FileImport, QueryDict], dict[str, Any]]
type Choices = Callable[[FileImport, QueryDict], dict[str, Any]]


def no_choices(*_given: Any) -> dict[str, Any]:
    return {}


def no_summary(made: FileImport) -> str:
    return ""


def progress_lines(latest: Sequence[FileImport], rights: Rights) -> dict[int, str]:
    """How far the jobs are that work on some of these imports, by the imports' numbers."""
    jobs = imports.jobs_of([made for made in latest if made.is_under_way], rights)
    messages = describe_jobs(list(jobs.values()))
    return {number: progress_line(job, messages[job.pk][1]) for number, job in jobs.items()}


def progress_line(job: Job, message: str) -> str:
    """How far a job is and what it is at, in a line."""
    share = "" if job.progress is None else with_unit(display_number(100 * job.progress, 0), "%")
    return " · ".join(filter(None, (share, message)))


@dataclass(frozen=True, kw_only=True)
class ImportDesk:
    """The pages of the imports of one source; `urls` are the names of the list, of an import, of its findings
    (each of these with one number in its address, the import's).

    `others` are further sources that have the same pages; `sent_as` says which of them all the form that sends files
    means, and raises Invalid.

    `show` is the desk's frame, in which `intake/file_imports.html` and `intake/file_import.html` are shown: with the
    template `frame` around, and the desk's `labels` (title, lead, files, formats, look, empty, reverting). `accept`
    raises Invalid for files of no kind that is read; `given` reads what the form that sends files says, `choices` what
    the page of an import says, and raises Invalid. `context` is what the desk's own parts of the page need: `parts`
    names their templates (choices, plan, report), each shown at its step (`revert` in place of the common way to take
    an import back). `actions` are buttons beside those that are common to all, or in their place. `summary` says in the
    list what an import did, from its report.
    """

    source: Callable[[], Source]
    others: Callable[[], Sequence[Source]] = tuple
    sent_as: Callable[[QueryDict], Source] | None = None
    show: Show
    tab: str
    urls: tuple[str, str, str]
    frame: str
    labels: Callable[[], dict[str, Any]]
    parts: Mapping[str, str]
    context: Context = no_choices
    choices: Choices = no_choices
    accept: Callable[[Sequence[Sent]], None] = nothing
    given: Callable[[QueryDict], dict[str, Any]] = no_choices
    list_context: Callable[[], dict[str, Any]] = dict
    actions: Mapping[str, Callable[[HttpRequest, FileImport, Rights], HttpResponse]] = field(default_factory=dict)
    summary: Callable[[FileImport], str] = no_summary

    def patterns(self, folder: str) -> list[URLPattern]:
        """The addresses of its pages, below a folder such as `importer/`."""
        views = {"": self.imports(), "<int:import_id>/": self.one(), "<int:import_id>/lignes.csv": self.findings()}
        return [path(folder + own, view, name=name) for (own, view), name in zip(views.items(), self.urls, strict=True)]

    # -- the list, and files sent --

    def imports(self) -> View:
        """The imports of the asker's members; files sent to one of them."""

        def too_large(request: HttpRequest) -> HttpResponse:
            return self.list_page(request, refused=describe_most(self.source().most_bytes), status=413)

        def most() -> int:
            given = self.source().most_bytes
            usual: int = settings.UPLOAD_MAX_BYTES
            return usual if given is None else min(usual, given + FORM_BYTES)

        def imports_page(request: HttpRequest) -> HttpResponse:
            rights = self.rights_of(request)
            if request.method != "POST":
                return self.list_page(request)
            try:
                made = self.receive(request, rights)
            except NotFound:
                raise
            except ArpentError as error:
                return self.list_page(request, refused=error.message, status=status_of(error), posted=True)
            return redirect(self.urls[1], made.pk)

        checked = require_http_methods(["GET", "HEAD", "POST"])(page(imports_page))
        return upload_page(page(too_large), most)(checked)

    def receive(self, request: HttpRequest, rights: Rights) -> FileImport:
        """The import of the files that a form sent, queued to be read.

        Raises Invalid, Forbidden, NotFound, Unavailable (disk full).
        """
        source = self.sent_as(request.POST) if self.sent_as else self.source()
        files = request.FILES.getlist("file")
        self.accept(files)
        return imports.receive(
            source,
            files=files,
            member=imports.member_for(source, request.POST.get("member", ""), rights),
            choices=self.given(request.POST),
            user=signed_in_user(request),
            rights=rights,
        )

    def list_page(
        self, request: HttpRequest, *, refused: str = "", status: int = 200, posted: bool = False
    ) -> HttpResponse:
        """It must not read the request's body where that may be what was refused."""
        source, rights = self.source(), self.rights_of(request)
        context = {
            "frame": self.frame,
            "labels": self.labels(),
            "parts": self.parts,
            "members": self.members_of(request),
            "refused": refused,
            "posted": request.POST if posted else {},
            "kept_days": source.kept.days,
            "one_file": source.one_file,
            "past": self.past(rights, self.members_of(request)),
            **self.list_context(),
        }
        return self.show(request, "intake/file_imports.html", self.tab, context, status)

    def past(self, rights: Rights, members: Sequence[Member]) -> list[tuple[FileImport, str, Any, str]]:
        """The latest imports, their addresses, of which source they are where there are several, what they did."""
        labels = {one.slug: one.label for one in self.sources()} if self.others() else {}
        rows = imports.imports_of_all(self.sources(), rights, members).defer("contents", "findings", "plan")
        latest = list((rows if self.summary is not no_summary else rows.defer("report"))[:MOST_IMPORTS])
        going = progress_lines(latest, rights)
        return [
            (
                made,
                reverse(self.urls[1], args=[made.pk]),
                labels.get(made.source, ""),
                going[made.pk] if made.pk in going else self.summary(made),
            )
            for made in latest
        ]

    def sources(self) -> list[Source]:
        return [self.source(), *self.others()]

    def source_of(self, made: FileImport) -> Source:
        return next(one for one in self.sources() if one.slug == made.source)

    def import_of(self, request: HttpRequest, import_id: int) -> FileImport:
        """An import of these pages. Raises Forbidden, NotFound."""
        rights, members = self.rights_of(request), self.members_of(request)
        return imports.import_among(self.sources(), import_id, rights, members)

    # -- one import --

    def one(self) -> View:
        """One import: what it lacks, what it would do, what it did; its next step."""

        def import_page(request: HttpRequest, **given: int) -> HttpResponse:
            rights = self.rights_of(request)
            (import_id,) = given.values()
            made = self.import_of(request, import_id)
            if request.method != "POST":
                return self.page_of(request, made)
            try:
                return self.act(request, made, rights)
            except NotFound:
                raise
            except ArpentError as error:
                made = self.import_of(request, import_id)
                return self.page_of(request, made, refused=error.message, status=status_of(error))

        return require_http_methods(["GET", "HEAD", "POST"])(page(import_page))

    def act(self, request: HttpRequest, made: FileImport, rights: Rights) -> HttpResponse:
        """Do what a button says. Raises Invalid, Conflict."""
        source, user, posted = self.source_of(made), signed_in_user(request), request.POST
        action = posted.get("action", "")
        if action in self.actions:
            return self.actions[action](request, made, rights)
        if action == "forget":
            imports.forget(source, made.pk, rights=rights)
            return redirect(self.urls[0])
        if action == "read":
            imports.choose(source, made.pk, self.choices(made, posted), user=user, rights=rights)
        elif action == "load":
            typed = posted.get("accepted", "")
            chosen = self.choices(made, posted)
            imports.start_applying(source, made.pk, chosen, typed=typed, user=user, rights=rights)
        elif action == "take_back":
            imports.start_reverting(source, made.pk, user=user, rights=rights)
        else:
            raise Invalid(_("This step is not known."), parameter="action")
        return redirect(self.urls[1], made.pk)

    def page_of(self, request: HttpRequest, made: FileImport, *, refused: str = "", status: int = 200) -> HttpResponse:
        rights = rights_of_request(request)
        context: dict[str, Any] = {
            "frame": self.frame,
            "labels": self.labels(),
            "parts": self.parts,
            "made": made,
            "step": STEPS[State(made.state)],
            "refused": refused,
            "imports_url": reverse(self.urls[0]),
            "findings_url": reverse(self.urls[2], args=[made.pk]),
            "may_revert": imports.may_revert(self.source_of(made), made, rights),
        }
        if made.is_under_way:
            context |= describe_progress(made, rights)
        else:
            context |= findings_context(made.findings) | loss_context(made, request.POST)
            if made.state == State.READY:
                context |= changes_context((made.plan or {}).get("changes", ()), made.owner)
            context |= self.context(made, request.POST)
            if "revert" in self.parts:
                context |= describe_reverting(made, rights)
        return self.show(request, "intake/file_import.html", self.tab, context, status)

    # -- its findings --

    def findings(self) -> View:
        """Every finding of an import, as a spreadsheet opens it."""

        def findings_page(request: HttpRequest, **given: int) -> HttpResponse:
            (import_id,) = given.values()
            made = self.import_of(request, import_id)
            return file_response(findings_csv(made.findings), "text/csv; charset=utf-8", f"import-{made.pk}.csv")

        return require_safe(page(findings_page))

    def rights_of(self, request: HttpRequest) -> Rights:
        """The asker's rights. Raises PermissionDenied for who may bring such files in for nobody."""
        self.members_of(request)
        return rights_of_request(request)

    def members_of(self, request: HttpRequest) -> list[Member]:
        """The members for whom the asker may bring such files in, asked for once a request. Raises PermissionDenied."""
        known: dict[str, list[Member]] = request.__dict__.setdefault("import_members", {})
        source = self.source()
        if source.slug not in known:
            try:
                known[source.slug] = imports.members_of(source, rights_of_request(request))
            except Forbidden as error:
                raise PermissionDenied from error
        return known[source.slug]


def describe_most(most_bytes: int | None) -> str:
    """Why files that are too large are refused."""
    if most_bytes is None:
        return _("The files are too large.")
    return _("The file is larger than %(most)s MB.") % {"most": most_bytes // MIB}


def describe_progress(made: FileImport, rights: Rights) -> dict[str, Any]:
    """For `desk/job.html`, while a job works on an import."""
    job = imports.job_of(made, rights) if made.is_under_way else None
    if job is None:
        return {}
    label, message = describe_job(job)
    return {"job": job, "job_label": label, "job_message": message}


def loss_context(made: FileImport, posted: QueryDict) -> dict[str, Any]:
    """For `intake/loss_field.html` and `intake/compared.html`."""
    done = made.report is not None and "compared" in made.report
    compared = ((made.report if done else made.plan) or {}).get("compared")
    context: dict[str, Any] = {"compared": compared and word_scopes(compared), "tried": made.state == State.READY}
    if made.state == State.READY and (loss := imports.loss_of(made)):
        context |= {"loss": loss | {"message": describe_loss(loss)}, "typed": posted.get("accepted", "")}
    return context
