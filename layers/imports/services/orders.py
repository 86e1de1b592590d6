"""Starting imports: keep what was sent, queue the job, as far as the asker's role allows."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from gis_core.errors import Forbidden, Invalid
from gis_core.models import Job, Member, User
from gis_core.rights import Rights
from gis_core.services.jobs import jobs_seen_by, start_job
from gis_core.services.members import administered_member
from layers.imports.services.inbox import Sent, kept_files
from layers.imports.sources import date_given, source_named

KIND = "import"
SHOWN_JOBS = 50


def member_for(slug: str, rights: Rights) -> Member | None:
    """The member that an import is for. Only the agency may import for nobody in particular.

    Raises Forbidden for whoever administers nothing, NotFound for a member that is not the asker's, Invalid when it has
    to be said which.
    """
    if not rights.administers:
        raise Forbidden(_("Only GIS administrators import data."))
    if slug:
        return administered_member(rights=rights, slug=slug)
    if rights.agency:
        return None
    members = list(Member.objects.administered_by(rights)[:2])
    if len(members) != 1:
        raise Invalid(_("“member” must say for which member the import is."), parameter="member")
    return members[0]


def start_import(
    *, source: str, member: str, files: Sequence[Sent], user: User, rights: Rights, source_date: str = ""
) -> Job:
    """Keep the files in the inbox and queue their import; the files go when the transaction does not hold.

    `source_date` is the date of the data (YYYY-MM-DD), empty for the one that the files say.
    Raises Invalid, Forbidden, NotFound, Unavailable (disk full).
    """
    owner, kind = member_for(member, rights), source_named(source)
    dated = date_given(source_date).isoformat() if source_date else None
    with kept_files(files) as (folder, names), transaction.atomic():
        parameters = {"source": source, "folder": folder, "files": names, "date": dated}
        title = f"{kind.label} · {', '.join(names)}"
        return start_job(kind=KIND, title=title, owner=owner, started_by=user, parameters=parameters, rights=rights)


def past_imports(rights: Rights) -> QuerySet[Job]:
    """The latest imports that the asker may see, newest first."""
    return jobs_seen_by(rights).filter(kind=KIND).select_related("owner", "started_by")[:SHOWN_JOBS]
