"""What a new platform needs, read from its data: the agency, communes, members, people, mail, backups, HTTPS."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from psycopg.sql import SQL

from gis_core.accounts.mail import has_server
from gis_core.database import clock
from gis_core.database.statements import fetch_one
from gis_core.help.guides import Guide, guides
from gis_core.long_dates import format_long_date
from gis_core.members.rights import SYSTEM, Role, acting_as
from gis_core.models import Commune, DayMeasure, Member, Membership
from gis_core.operations.night_backups import backup_state
from gis_core.operations.watch.day_measures import CERTIFICATE, MAIL, SIZE_DAYS, latest, measures_since
from gis_core.points import START_STEPS, PageLink, Progress, StartStep
from gis_core.validators import UNKNOWN_SIREN

HIDDEN_COOKIE = "arpent_start_hidden"
IN_BAR = "getting_started_in_bar"
"""In the session of who was led to the page, or opened it, while a step was left: pages ask nothing to know it."""
MOST_NAMES = 5
TRIALS = SQL("""
    select count(*) filter (where status = 'failed'),
        count(*) filter (where status in ('todo', 'doing')),
        coalesce(max(attempts) filter (where status in ('todo', 'doing')), 0)
    from public.procrastinate_jobs where task_name = 'account_mail' and args ->> 'kind' = 'trial'
""")


@dataclass(frozen=True)
class StepNow:
    """A step and how far it is; the first that is not done comes `next`, the others later."""

    step: StartStep
    progress: Progress
    is_next: bool

    @property
    def guide(self) -> Guide | None:
        return guides().get(self.step.guide)


def steps_now() -> list[StepNow]:
    """Every step, in order."""
    steps: list[StepNow] = []
    for step in START_STEPS.all():
        progress = step.progress()
        is_next = not progress.done and not any(one.is_next for one in steps)
        steps.append(StepNow(step, progress, is_next))
    return steps


def is_visible_to(request: HttpRequest) -> bool:
    """Whether the bar leads there: for the agency, from the first visit on while a step was left at the last one."""
    rights = getattr(request, "rights", None)
    return bool(rights and rights.agency) and bool(request.session.get(IN_BAR)) and not is_hidden(request)


def is_hidden(request: HttpRequest) -> bool:
    """Whether the person took the page out of the bar of this browser."""
    return request.COOKIES.get(HIDDEN_COOKIE) == "1"


def remember_in_bar(request: HttpRequest, *, left: bool) -> None:
    """From now on the bar of this session leads there, or no longer does."""
    if bool(request.session.get(IN_BAR)) != left:
        request.session[IN_BAR] = left


def agencies() -> QuerySet[Member]:
    """The members that somebody administers the whole platform from."""
    administrators = Membership.objects.accepted().filter(member=OuterRef("pk"), role=Role.AGENCY_ADMINISTRATOR)
    return Member.objects.filter(Exists(administrators))


def agency() -> Progress:
    """The agency has its name and its SIREN."""
    if unknown := agencies().filter(siren=UNKNOWN_SIREN).first():
        return Progress(False, _("%(name)s still lacks its SIREN.") % {"name": unknown.name})
    return Progress(True, ", ".join(agencies().values_list("name", flat=True)[:MOST_NAMES]))


def communes() -> Progress:
    """Boundaries of communes are there."""
    count = Commune.objects.count()
    if not count:
        return Progress(False, _("None yet: parcels, permits and territories are attached to communes."))
    return Progress(True, ngettext("%(n)s commune.", "%(n)s communes.", count) % {"n": count})


def members() -> Progress:
    """A member has a territory, and none that is not the agency lacks one."""
    all_members = Member.objects.annotate(communes_count=Count("territories"))
    with_territory = all_members.filter(communes_count__gt=0).count()
    without = all_members.filter(communes_count=0).exclude(pk__in=agencies())
    if without:
        return Progress(False, _("Without any commune: %(names)s.") % {"names": names_of(without)})
    if not with_territory:
        return Progress(False, _("No member has a territory yet: the import of communes makes the EPCI members."))
    return Progress(
        True,
        ngettext("%(n)s member with its communes.", "%(n)s members with their communes.", with_territory)
        % {"n": with_territory},
    )


def people() -> Progress:
    """Each member has somebody, the agency two administrators at best."""
    accepted = Membership.objects.accepted().filter(member=OuterRef("pk"))
    without = Member.objects.filter(~Exists(accepted))
    if without:
        return Progress(False, _("Nobody has access yet at: %(names)s.") % {"names": names_of(without)})
    count = Membership.objects.accepted().values("user").distinct().count()
    if count < 2:
        return Progress(False, _("You are alone: invite a second administrator of the agency, then the members."))
    return Progress(True, ngettext("%(n)s person has access.", "%(n)s people have access.", count) % {"n": count})


def mail() -> Progress:
    """A mail server is set, and has taken a message: a trial, or any other."""
    if not has_server():
        return Progress(
            False, _("No mail server is set: messages are written to a folder. Set ARPENT_EMAIL_URL on the server.")
        )
    failed, waiting, attempts = fetch_one(TRIALS, {})
    with acting_as(SYSTEM):
        taken = DayMeasure.objects.filter(subject=MAIL).exists()
    if taken:
        return Progress(True, _("The mail server takes messages."))
    if waiting and attempts:
        return Progress(False, _("The mail server has not taken the trial message yet: it is tried again."))
    if waiting:
        return Progress(False, _("The trial message is leaving: look at this page again in a moment."))
    if failed:
        return Progress(False, _("The trial message could not leave: check ARPENT_EMAIL_URL, then send another."))
    return Progress(False, _("A server is set. Send yourself a trial message."))


def backups() -> Progress:
    """The last backup was restored for a trial, less than a day and a half ago."""
    state = backup_state()
    if state is None or state.succeeded_at is None:
        why = state.failure if state else ""
        return Progress(False, why or _("No verified backup yet: the next night makes one, or the command now."))
    day = format_long_date(state.succeeded_at, "j N Y H:i")
    if state.stale:
        return Progress(False, _("The last verified backup is too old: %(day)s.") % {"day": day})
    return Progress(True, _("Last backup made and restored for a trial: %(day)s.") % {"day": day})


def certificate() -> Progress:
    """The site is declared to be behind HTTPS, and a certificate that is trusted and lasts was seen there."""
    if not settings.HTTPS:
        return Progress(
            False,
            _("The site is not declared as served over HTTPS: put it behind a certificate, then set ARPENT_HTTPS=1."),
        )
    measure = latest(measures_since(SIZE_DAYS, CERTIFICATE), CERTIFICATE)
    if measure is None:
        return Progress(
            False,
            _("The certificate has not been seen yet: set ARPENT_SITE_URL=https://… and wait ten minutes."),
        )
    host, failure = measure.detail["host"], measure.detail["failure"]
    if failure:
        return Progress(False, _("The certificate of %(host)s is refused: %(why)s.") % {"host": host, "why": failure})
    end = datetime.fromtimestamp(measure.amount, UTC)
    text = _("The certificate of %(host)s ends on %(day)s.")
    if end <= clock.now():
        text = _("The certificate of %(host)s ended on %(day)s.")
    return Progress(end > clock.now(), text % {"host": host, "day": format_long_date(timezone.localtime(end).date())})


def names_of(members: QuerySet[Member]) -> str:
    """A few names, and how many others."""
    names = list(members.values_list("name", flat=True))
    more = len(names) - MOST_NAMES
    others = [ngettext("%(n)s other", "%(n)s others", more) % {"n": more}] if more > 0 else []
    return ", ".join(names[:MOST_NAMES] + others)


ADMINISTRATION = "admin:gis_core_member_changelist"
STEPS = (
    StartStep(
        slug="agency",
        label=gettext_lazy("The agency"),
        order=10,
        progress=agency,
        door=PageLink(ADMINISTRATION, gettext_lazy("Administration")),
        guide="how-to/mettre-en-route",
    ),
    StartStep(
        slug="communes",
        label=gettext_lazy("Communes and EPCI"),
        order=20,
        progress=communes,
        door=PageLink("imports", gettext_lazy("Import the communes")),
        query="?source=communes#reference",
        command="./arpent manage import_communes DOSSIER",
        guide="how-to/importer-le-cadastre",
    ),
    StartStep(
        slug="members",
        label=gettext_lazy("Members and their territories"),
        order=30,
        progress=members,
        door=PageLink(ADMINISTRATION, gettext_lazy("Members")),
        guide="how-to/mettre-en-route",
    ),
    StartStep(
        slug="people",
        label=gettext_lazy("People"),
        order=80,
        progress=people,
        door=PageLink("members", gettext_lazy("Invite people")),
        command="./arpent manage invite_people GENS.csv --member MEMBRE --site ADRESSE",
        guide="how-to/inviter-des-personnes",
    ),
    StartStep(
        slug="mail",
        label=gettext_lazy("Mail"),
        order=90,
        progress=mail,
        command="./arpent doctor --mail ADRESSE",
        guide="reference/reglages",
    ),
    StartStep(
        slug="backups",
        label=gettext_lazy("Backups"),
        order=100,
        progress=backups,
        door=PageLink("overview", gettext_lazy("Operation")),
        command="./arpent backup",
        guide="how-to/sauvegarder",
    ),
    StartStep(
        slug="certificate",
        label=gettext_lazy("Certificate (HTTPS)"),
        order=110,
        progress=certificate,
        command="./arpent doctor",
        guide="how-to/installer",
    ),
)
